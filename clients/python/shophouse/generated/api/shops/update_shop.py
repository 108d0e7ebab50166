from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.problem import Problem
from ...models.shop import Shop
from ...models.shop_patch import ShopPatch
from ...types import UNSET, Unset
from typing import cast



def _get_kwargs(
    id: str,
    *,
    body: ShopPatch,
    if_match: str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match



    

    

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/api/v1/shops/{id}".format(id=quote(str(id), safe=""),),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | Shop | None:
    if response.status_code == 200:
        response_200 = Shop.from_dict(response.json())



        return response_200

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

    if response.status_code == 412:
        response_412 = Problem.from_dict(response.json())



        return response_412

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | Shop]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    id: str,
    *,
    client: AuthenticatedClient,
    body: ShopPatch,
    if_match: str | Unset = UNSET,

) -> Response[Problem | Shop]:
    """ Change a shop

     Only by an owner of the shop. The currency stays: prices are amounts of it. `order_hold_minutes`
    holds for orders from then on; with 0 an order that is never paid holds its stock for ever. With
    `require_second_factor` the shop's staff and owners must have a second factor; whoever switches it
    on must have one.

    For whoever is signed in.

    Args:
        id (str): A shop, by its id or by its slug.
        if_match (str | Unset):
        body (ShopPatch): Part of a shop. The currency is not among it: prices are amounts of it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Shop]
     """


    kwargs = _get_kwargs(
        id=id,
body=body,
if_match=if_match,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    id: str,
    *,
    client: AuthenticatedClient,
    body: ShopPatch,
    if_match: str | Unset = UNSET,

) -> Problem | Shop | None:
    """ Change a shop

     Only by an owner of the shop. The currency stays: prices are amounts of it. `order_hold_minutes`
    holds for orders from then on; with 0 an order that is never paid holds its stock for ever. With
    `require_second_factor` the shop's staff and owners must have a second factor; whoever switches it
    on must have one.

    For whoever is signed in.

    Args:
        id (str): A shop, by its id or by its slug.
        if_match (str | Unset):
        body (ShopPatch): Part of a shop. The currency is not among it: prices are amounts of it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Shop
     """


    return sync_detailed(
        id=id,
client=client,
body=body,
if_match=if_match,

    ).parsed

async def asyncio_detailed(
    id: str,
    *,
    client: AuthenticatedClient,
    body: ShopPatch,
    if_match: str | Unset = UNSET,

) -> Response[Problem | Shop]:
    """ Change a shop

     Only by an owner of the shop. The currency stays: prices are amounts of it. `order_hold_minutes`
    holds for orders from then on; with 0 an order that is never paid holds its stock for ever. With
    `require_second_factor` the shop's staff and owners must have a second factor; whoever switches it
    on must have one.

    For whoever is signed in.

    Args:
        id (str): A shop, by its id or by its slug.
        if_match (str | Unset):
        body (ShopPatch): Part of a shop. The currency is not among it: prices are amounts of it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Shop]
     """


    kwargs = _get_kwargs(
        id=id,
body=body,
if_match=if_match,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    id: str,
    *,
    client: AuthenticatedClient,
    body: ShopPatch,
    if_match: str | Unset = UNSET,

) -> Problem | Shop | None:
    """ Change a shop

     Only by an owner of the shop. The currency stays: prices are amounts of it. `order_hold_minutes`
    holds for orders from then on; with 0 an order that is never paid holds its stock for ever. With
    `require_second_factor` the shop's staff and owners must have a second factor; whoever switches it
    on must have one.

    For whoever is signed in.

    Args:
        id (str): A shop, by its id or by its slug.
        if_match (str | Unset):
        body (ShopPatch): Part of a shop. The currency is not among it: prices are amounts of it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Shop
     """


    return (await asyncio_detailed(
        id=id,
client=client,
body=body,
if_match=if_match,

    )).parsed
