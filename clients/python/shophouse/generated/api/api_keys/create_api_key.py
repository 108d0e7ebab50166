from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.issued_api_key import IssuedApiKey
from ...models.new_api_key import NewApiKey
from ...models.problem import Problem
from ...types import UNSET, Unset
from typing import cast



def _get_kwargs(
    *,
    body: NewApiKey,
    idempotency_key: str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key



    

    

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/me/keys",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> IssuedApiKey | Problem | None:
    if response.status_code == 201:
        response_201 = IssuedApiKey.from_dict(response.json())



        return response_201

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())



        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())



        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())



        return response_403

    if response.status_code == 408:
        response_408 = Problem.from_dict(response.json())



        return response_408

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())



        return response_409

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())



        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())



        return response_415

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())



        return response_422

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())



        return response_429

    if response.status_code == 500:
        response_500 = Problem.from_dict(response.json())



        return response_500

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())



        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[IssuedApiKey | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: NewApiKey,
    idempotency_key: str | Unset = UNSET,

) -> Response[IssuedApiKey | Problem]:
    """ Make an API key

     Its role may not be above mine, and when mine is lowered later, the key's is too. Its scopes say
    what it is for. It ends after 90 days unless the body says otherwise; a key without an end is best
    for nothing but what cannot be given a new one. The key is shown this once; the server keeps a hash
    of it.

    For whoever is signed in.

    Args:
        idempotency_key (str | Unset):
        body (NewApiKey):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[IssuedApiKey | Problem]
     """


    kwargs = _get_kwargs(
        body=body,
idempotency_key=idempotency_key,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    *,
    client: AuthenticatedClient,
    body: NewApiKey,
    idempotency_key: str | Unset = UNSET,

) -> IssuedApiKey | Problem | None:
    """ Make an API key

     Its role may not be above mine, and when mine is lowered later, the key's is too. Its scopes say
    what it is for. It ends after 90 days unless the body says otherwise; a key without an end is best
    for nothing but what cannot be given a new one. The key is shown this once; the server keeps a hash
    of it.

    For whoever is signed in.

    Args:
        idempotency_key (str | Unset):
        body (NewApiKey):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        IssuedApiKey | Problem
     """


    return sync_detailed(
        client=client,
body=body,
idempotency_key=idempotency_key,

    ).parsed

async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: NewApiKey,
    idempotency_key: str | Unset = UNSET,

) -> Response[IssuedApiKey | Problem]:
    """ Make an API key

     Its role may not be above mine, and when mine is lowered later, the key's is too. Its scopes say
    what it is for. It ends after 90 days unless the body says otherwise; a key without an end is best
    for nothing but what cannot be given a new one. The key is shown this once; the server keeps a hash
    of it.

    For whoever is signed in.

    Args:
        idempotency_key (str | Unset):
        body (NewApiKey):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[IssuedApiKey | Problem]
     """


    kwargs = _get_kwargs(
        body=body,
idempotency_key=idempotency_key,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    *,
    client: AuthenticatedClient,
    body: NewApiKey,
    idempotency_key: str | Unset = UNSET,

) -> IssuedApiKey | Problem | None:
    """ Make an API key

     Its role may not be above mine, and when mine is lowered later, the key's is too. Its scopes say
    what it is for. It ends after 90 days unless the body says otherwise; a key without an end is best
    for nothing but what cannot be given a new one. The key is shown this once; the server keeps a hash
    of it.

    For whoever is signed in.

    Args:
        idempotency_key (str | Unset):
        body (NewApiKey):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        IssuedApiKey | Problem
     """


    return (await asyncio_detailed(
        client=client,
body=body,
idempotency_key=idempotency_key,

    )).parsed
