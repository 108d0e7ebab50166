from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.forgotten import Forgotten
from ...models.problem import Problem
from typing import cast



def _get_kwargs(
    *,
    body: Forgotten,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}


    

    

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/auth/forgot",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | None:
    if response.status_code == 202:
        response_202 = cast(Any, None)
        return response_202

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())



        return response_400

    if response.status_code == 408:
        response_408 = Problem.from_dict(response.json())



        return response_408

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Any | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Forgotten,

) -> Response[Any | Problem]:
    """ Ask for a new password

     If there is an account with this address, a message goes there with a one-time token for `POST
    /auth/reset`, good for an hour. The answer and its time are the same whether there is an account or
    not. An address gets one message in five minutes at the most; asking more often changes nothing.
    Nobody is locked out by it. Who asks very often from one network has to wait.

    For everybody.

    Args:
        body (Forgotten):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
     """


    kwargs = _get_kwargs(
        body=body,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    *,
    client: AuthenticatedClient | Client,
    body: Forgotten,

) -> Any | Problem | None:
    """ Ask for a new password

     If there is an account with this address, a message goes there with a one-time token for `POST
    /auth/reset`, good for an hour. The answer and its time are the same whether there is an account or
    not. An address gets one message in five minutes at the most; asking more often changes nothing.
    Nobody is locked out by it. Who asks very often from one network has to wait.

    For everybody.

    Args:
        body (Forgotten):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
     """


    return sync_detailed(
        client=client,
body=body,

    ).parsed

async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Forgotten,

) -> Response[Any | Problem]:
    """ Ask for a new password

     If there is an account with this address, a message goes there with a one-time token for `POST
    /auth/reset`, good for an hour. The answer and its time are the same whether there is an account or
    not. An address gets one message in five minutes at the most; asking more often changes nothing.
    Nobody is locked out by it. Who asks very often from one network has to wait.

    For everybody.

    Args:
        body (Forgotten):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
     """


    kwargs = _get_kwargs(
        body=body,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: Forgotten,

) -> Any | Problem | None:
    """ Ask for a new password

     If there is an account with this address, a message goes there with a one-time token for `POST
    /auth/reset`, good for an hour. The answer and its time are the same whether there is an account or
    not. An address gets one message in five minutes at the most; asking more often changes nothing.
    Nobody is locked out by it. Who asks very often from one network has to wait.

    For everybody.

    Args:
        body (Forgotten):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
     """


    return (await asyncio_detailed(
        client=client,
body=body,

    )).parsed
