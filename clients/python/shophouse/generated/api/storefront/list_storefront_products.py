from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.list_storefront_products_sort import ListStorefrontProductsSort
from ...models.problem import Problem
from ...models.storefront_product_page import StorefrontProductPage
from ...types import UNSET, Unset
from typing import cast



def _get_kwargs(
    slug: str,
    *,
    vendor: str | Unset = UNSET,
    product_type: str | Unset = UNSET,
    tag: str | Unset = UNSET,
    q: str | Unset = UNSET,
    sort: ListStorefrontProductsSort | Unset = ListStorefrontProductsSort.VALUE_0,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match



    

    params: dict[str, Any] = {}

    params["vendor"] = vendor

    params["product_type"] = product_type

    params["tag"] = tag

    params["q"] = q

    json_sort: str | Unset = UNSET
    if not isinstance(sort, Unset):
        json_sort = sort.value

    params["sort"] = json_sort

    params["limit"] = limit

    params["cursor"] = cursor


    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}


    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/storefront/{slug}/products".format(slug=quote(str(slug), safe=""),),
        "params": params,
    }


    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | StorefrontProductPage | None:
    if response.status_code == 200:
        response_200 = StorefrontProductPage.from_dict(response.json())



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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Any | Problem | StorefrontProductPage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    vendor: str | Unset = UNSET,
    product_type: str | Unset = UNSET,
    tag: str | Unset = UNSET,
    q: str | Unset = UNSET,
    sort: ListStorefrontProductsSort | Unset = ListStorefrontProductsSort.VALUE_0,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,

) -> Response[Any | Problem | StorefrontProductPage]:
    """ List a storefront's products

     Active products only. Caches may keep the answer for a minute.

    For everybody.

    Args:
        slug (str): The human handle of a shop. An id is none.
        vendor (str | Unset):
        product_type (str | Unset):
        tag (str | Unset):
        q (str | Unset):
        sort (ListStorefrontProductsSort | Unset):  Default: ListStorefrontProductsSort.VALUE_0.
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | StorefrontProductPage]
     """


    kwargs = _get_kwargs(
        slug=slug,
vendor=vendor,
product_type=product_type,
tag=tag,
q=q,
sort=sort,
limit=limit,
cursor=cursor,
if_none_match=if_none_match,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    vendor: str | Unset = UNSET,
    product_type: str | Unset = UNSET,
    tag: str | Unset = UNSET,
    q: str | Unset = UNSET,
    sort: ListStorefrontProductsSort | Unset = ListStorefrontProductsSort.VALUE_0,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,

) -> Any | Problem | StorefrontProductPage | None:
    """ List a storefront's products

     Active products only. Caches may keep the answer for a minute.

    For everybody.

    Args:
        slug (str): The human handle of a shop. An id is none.
        vendor (str | Unset):
        product_type (str | Unset):
        tag (str | Unset):
        q (str | Unset):
        sort (ListStorefrontProductsSort | Unset):  Default: ListStorefrontProductsSort.VALUE_0.
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | StorefrontProductPage
     """


    return sync_detailed(
        slug=slug,
client=client,
vendor=vendor,
product_type=product_type,
tag=tag,
q=q,
sort=sort,
limit=limit,
cursor=cursor,
if_none_match=if_none_match,

    ).parsed

async def asyncio_detailed(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    vendor: str | Unset = UNSET,
    product_type: str | Unset = UNSET,
    tag: str | Unset = UNSET,
    q: str | Unset = UNSET,
    sort: ListStorefrontProductsSort | Unset = ListStorefrontProductsSort.VALUE_0,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,

) -> Response[Any | Problem | StorefrontProductPage]:
    """ List a storefront's products

     Active products only. Caches may keep the answer for a minute.

    For everybody.

    Args:
        slug (str): The human handle of a shop. An id is none.
        vendor (str | Unset):
        product_type (str | Unset):
        tag (str | Unset):
        q (str | Unset):
        sort (ListStorefrontProductsSort | Unset):  Default: ListStorefrontProductsSort.VALUE_0.
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | StorefrontProductPage]
     """


    kwargs = _get_kwargs(
        slug=slug,
vendor=vendor,
product_type=product_type,
tag=tag,
q=q,
sort=sort,
limit=limit,
cursor=cursor,
if_none_match=if_none_match,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    vendor: str | Unset = UNSET,
    product_type: str | Unset = UNSET,
    tag: str | Unset = UNSET,
    q: str | Unset = UNSET,
    sort: ListStorefrontProductsSort | Unset = ListStorefrontProductsSort.VALUE_0,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,

) -> Any | Problem | StorefrontProductPage | None:
    """ List a storefront's products

     Active products only. Caches may keep the answer for a minute.

    For everybody.

    Args:
        slug (str): The human handle of a shop. An id is none.
        vendor (str | Unset):
        product_type (str | Unset):
        tag (str | Unset):
        q (str | Unset):
        sort (ListStorefrontProductsSort | Unset):  Default: ListStorefrontProductsSort.VALUE_0.
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | StorefrontProductPage
     """


    return (await asyncio_detailed(
        slug=slug,
client=client,
vendor=vendor,
product_type=product_type,
tag=tag,
q=q,
sort=sort,
limit=limit,
cursor=cursor,
if_none_match=if_none_match,

    )).parsed
