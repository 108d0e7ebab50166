from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.new_movement_by import NewMovementBy
from ...models.new_movement_to import NewMovementTo
from ...models.new_stock import NewStock
from ...models.problem import Problem
from ...types import UNSET, Unset
from typing import cast
from uuid import UUID



def _get_kwargs(
    id: UUID,
    *,
    body: NewMovementBy | NewMovementTo,
    idempotency_key: str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key



    

    

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/variants/{id}/stock".format(id=quote(str(id), safe=""),),
    }

    
    if isinstance(body, NewMovementBy):
        _kwargs["json"] = body.to_dict()
    else:
        _kwargs["json"] = body.to_dict()


    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> NewStock | Problem | None:
    if response.status_code == 201:
        response_201 = NewStock.from_dict(response.json())



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

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())



        return response_404

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[NewStock | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewMovementBy | NewMovementTo,
    idempotency_key: str | Unset = UNSET,

) -> Response[NewStock | Problem]:
    """ Move stock

     Give either `delta`, pieces more or less, or `set`, the pieces that were counted. The answer has the
    new `stock` too. It may be below zero, when more was sold than there is.

    For members of the token's shop, from the role `staff` up. An API key needs the scope `stock:write`.

    Args:
        id (UUID):
        idempotency_key (str | Unset):
        body (NewMovementBy | NewMovementTo): Either `delta` or `set`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[NewStock | Problem]
     """


    kwargs = _get_kwargs(
        id=id,
body=body,
idempotency_key=idempotency_key,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewMovementBy | NewMovementTo,
    idempotency_key: str | Unset = UNSET,

) -> NewStock | Problem | None:
    """ Move stock

     Give either `delta`, pieces more or less, or `set`, the pieces that were counted. The answer has the
    new `stock` too. It may be below zero, when more was sold than there is.

    For members of the token's shop, from the role `staff` up. An API key needs the scope `stock:write`.

    Args:
        id (UUID):
        idempotency_key (str | Unset):
        body (NewMovementBy | NewMovementTo): Either `delta` or `set`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        NewStock | Problem
     """


    return sync_detailed(
        id=id,
client=client,
body=body,
idempotency_key=idempotency_key,

    ).parsed

async def asyncio_detailed(
    id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewMovementBy | NewMovementTo,
    idempotency_key: str | Unset = UNSET,

) -> Response[NewStock | Problem]:
    """ Move stock

     Give either `delta`, pieces more or less, or `set`, the pieces that were counted. The answer has the
    new `stock` too. It may be below zero, when more was sold than there is.

    For members of the token's shop, from the role `staff` up. An API key needs the scope `stock:write`.

    Args:
        id (UUID):
        idempotency_key (str | Unset):
        body (NewMovementBy | NewMovementTo): Either `delta` or `set`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[NewStock | Problem]
     """


    kwargs = _get_kwargs(
        id=id,
body=body,
idempotency_key=idempotency_key,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewMovementBy | NewMovementTo,
    idempotency_key: str | Unset = UNSET,

) -> NewStock | Problem | None:
    """ Move stock

     Give either `delta`, pieces more or less, or `set`, the pieces that were counted. The answer has the
    new `stock` too. It may be below zero, when more was sold than there is.

    For members of the token's shop, from the role `staff` up. An API key needs the scope `stock:write`.

    Args:
        id (UUID):
        idempotency_key (str | Unset):
        body (NewMovementBy | NewMovementTo): Either `delta` or `set`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        NewStock | Problem
     """


    return (await asyncio_detailed(
        id=id,
client=client,
body=body,
idempotency_key=idempotency_key,

    )).parsed
