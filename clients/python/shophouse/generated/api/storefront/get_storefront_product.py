from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.problem import Problem
from ...models.storefront_product import StorefrontProduct
from ...types import UNSET, Unset
from typing import cast



def _get_kwargs(
    slug: str,
    handle: str,
    *,
    if_none_match: str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match



    

    

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/storefront/{slug}/products/{handle}".format(slug=quote(str(slug), safe=""),handle=quote(str(handle), safe=""),),
    }


    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | StorefrontProduct | None:
    if response.status_code == 200:
        response_200 = StorefrontProduct.from_dict(response.json())



        return response_200

    if response.status_code == 304:
        response_304 = cast(Any, None)
        return response_304

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())



        return response_400

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())



        return response_404

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Any | Problem | StorefrontProduct]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    slug: str,
    handle: str,
    *,
    client: AuthenticatedClient | Client,
    if_none_match: str | Unset = UNSET,

) -> Response[Any | Problem | StorefrontProduct]:
    """ Get a storefront's product

     By its handle, if it is active. Caches may keep the answer for a minute.

    For everybody.

    Args:
        slug (str): The human handle of a shop. An id is none.
        handle (str): The part of an address that names the product: lower-case letters and digits
            of any script, '-' and '_'.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | StorefrontProduct]
     """


    kwargs = _get_kwargs(
        slug=slug,
handle=handle,
if_none_match=if_none_match,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    slug: str,
    handle: str,
    *,
    client: AuthenticatedClient | Client,
    if_none_match: str | Unset = UNSET,

) -> Any | Problem | StorefrontProduct | None:
    """ Get a storefront's product

     By its handle, if it is active. Caches may keep the answer for a minute.

    For everybody.

    Args:
        slug (str): The human handle of a shop. An id is none.
        handle (str): The part of an address that names the product: lower-case letters and digits
            of any script, '-' and '_'.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | StorefrontProduct
     """


    return sync_detailed(
        slug=slug,
handle=handle,
client=client,
if_none_match=if_none_match,

    ).parsed

async def asyncio_detailed(
    slug: str,
    handle: str,
    *,
    client: AuthenticatedClient | Client,
    if_none_match: str | Unset = UNSET,

) -> Response[Any | Problem | StorefrontProduct]:
    """ Get a storefront's product

     By its handle, if it is active. Caches may keep the answer for a minute.

    For everybody.

    Args:
        slug (str): The human handle of a shop. An id is none.
        handle (str): The part of an address that names the product: lower-case letters and digits
            of any script, '-' and '_'.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | StorefrontProduct]
     """


    kwargs = _get_kwargs(
        slug=slug,
handle=handle,
if_none_match=if_none_match,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    slug: str,
    handle: str,
    *,
    client: AuthenticatedClient | Client,
    if_none_match: str | Unset = UNSET,

) -> Any | Problem | StorefrontProduct | None:
    """ Get a storefront's product

     By its handle, if it is active. Caches may keep the answer for a minute.

    For everybody.

    Args:
        slug (str): The human handle of a shop. An id is none.
        handle (str): The part of an address that names the product: lower-case letters and digits
            of any script, '-' and '_'.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | StorefrontProduct
     """


    return (await asyncio_detailed(
        slug=slug,
handle=handle,
client=client,
if_none_match=if_none_match,

    )).parsed
