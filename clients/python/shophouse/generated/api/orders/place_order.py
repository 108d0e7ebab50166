from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.new_order import NewOrder
from ...models.order import Order
from ...models.problem import Problem
from ...types import UNSET, Unset
from typing import cast



def _get_kwargs(
    *,
    body: NewOrder,
    idempotency_key: str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key



    

    

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/orders",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Order | Problem | None:
    if response.status_code == 201:
        response_201 = Order.from_dict(response.json())



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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Order | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: NewOrder,
    idempotency_key: str | Unset = UNSET,

) -> Response[Order | Problem]:
    """ Place an order

     Prices are the shop's. Stock that is tracked is reserved: no order takes more than there is, however
    many order at once, unless the variant has `allow_oversell`. The order of a customer expires at
    `expires_at` if it is still pending then, and its stock goes back; the shop sets
    `order_hold_minutes`. An order that staff place waits for ever. Staff may order for one of the
    shop's customers with `customer_id`. How many orders may be pending is limited for those that a
    customer places.

    For members of the token's shop, from the role `customer` up. An API key needs the scope
    `orders:write`.

    Args:
        idempotency_key (str | Unset):
        body (NewOrder): An order to be placed.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Order | Problem]
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
    body: NewOrder,
    idempotency_key: str | Unset = UNSET,

) -> Order | Problem | None:
    """ Place an order

     Prices are the shop's. Stock that is tracked is reserved: no order takes more than there is, however
    many order at once, unless the variant has `allow_oversell`. The order of a customer expires at
    `expires_at` if it is still pending then, and its stock goes back; the shop sets
    `order_hold_minutes`. An order that staff place waits for ever. Staff may order for one of the
    shop's customers with `customer_id`. How many orders may be pending is limited for those that a
    customer places.

    For members of the token's shop, from the role `customer` up. An API key needs the scope
    `orders:write`.

    Args:
        idempotency_key (str | Unset):
        body (NewOrder): An order to be placed.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Order | Problem
     """


    return sync_detailed(
        client=client,
body=body,
idempotency_key=idempotency_key,

    ).parsed

async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: NewOrder,
    idempotency_key: str | Unset = UNSET,

) -> Response[Order | Problem]:
    """ Place an order

     Prices are the shop's. Stock that is tracked is reserved: no order takes more than there is, however
    many order at once, unless the variant has `allow_oversell`. The order of a customer expires at
    `expires_at` if it is still pending then, and its stock goes back; the shop sets
    `order_hold_minutes`. An order that staff place waits for ever. Staff may order for one of the
    shop's customers with `customer_id`. How many orders may be pending is limited for those that a
    customer places.

    For members of the token's shop, from the role `customer` up. An API key needs the scope
    `orders:write`.

    Args:
        idempotency_key (str | Unset):
        body (NewOrder): An order to be placed.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Order | Problem]
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
    body: NewOrder,
    idempotency_key: str | Unset = UNSET,

) -> Order | Problem | None:
    """ Place an order

     Prices are the shop's. Stock that is tracked is reserved: no order takes more than there is, however
    many order at once, unless the variant has `allow_oversell`. The order of a customer expires at
    `expires_at` if it is still pending then, and its stock goes back; the shop sets
    `order_hold_minutes`. An order that staff place waits for ever. Staff may order for one of the
    shop's customers with `customer_id`. How many orders may be pending is limited for those that a
    customer places.

    For members of the token's shop, from the role `customer` up. An API key needs the scope
    `orders:write`.

    Args:
        idempotency_key (str | Unset):
        body (NewOrder): An order to be placed.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Order | Problem
     """


    return (await asyncio_detailed(
        client=client,
body=body,
idempotency_key=idempotency_key,

    )).parsed
