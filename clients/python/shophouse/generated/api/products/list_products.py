from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.list_products_sort import ListProductsSort
from ...models.list_products_status import ListProductsStatus
from ...models.problem import Problem
from ...models.product_page import ProductPage
from ...types import UNSET, Unset
from typing import cast



def _get_kwargs(
    *,
    status: ListProductsStatus | Unset = UNSET,
    vendor: str | Unset = UNSET,
    product_type: str | Unset = UNSET,
    tag: str | Unset = UNSET,
    q: str | Unset = UNSET,
    sort: ListProductsSort | Unset = ListProductsSort.VALUE_0,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,

) -> dict[str, Any]:
    

    

    params: dict[str, Any] = {}

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status.value

    params["status"] = json_status

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
        "url": "/api/v1/products",
        "params": params,
    }


    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | ProductPage | None:
    if response.status_code == 200:
        response_200 = ProductPage.from_dict(response.json())



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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | ProductPage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    status: ListProductsStatus | Unset = UNSET,
    vendor: str | Unset = UNSET,
    product_type: str | Unset = UNSET,
    tag: str | Unset = UNSET,
    q: str | Unset = UNSET,
    sort: ListProductsSort | Unset = ListProductsSort.VALUE_0,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,

) -> Response[Problem | ProductPage]:
    """ List products

     Customers see active products only.

    For members of the token's shop, from the role `customer` up. An API key needs the scope
    `products:read`.

    Args:
        status (ListProductsStatus | Unset): Who sees a product: everybody, or only the shop's
            staff.
        vendor (str | Unset):
        product_type (str | Unset):
        tag (str | Unset):
        q (str | Unset):
        sort (ListProductsSort | Unset):  Default: ListProductsSort.VALUE_0.
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ProductPage]
     """


    kwargs = _get_kwargs(
        status=status,
vendor=vendor,
product_type=product_type,
tag=tag,
q=q,
sort=sort,
limit=limit,
cursor=cursor,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    *,
    client: AuthenticatedClient,
    status: ListProductsStatus | Unset = UNSET,
    vendor: str | Unset = UNSET,
    product_type: str | Unset = UNSET,
    tag: str | Unset = UNSET,
    q: str | Unset = UNSET,
    sort: ListProductsSort | Unset = ListProductsSort.VALUE_0,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,

) -> Problem | ProductPage | None:
    """ List products

     Customers see active products only.

    For members of the token's shop, from the role `customer` up. An API key needs the scope
    `products:read`.

    Args:
        status (ListProductsStatus | Unset): Who sees a product: everybody, or only the shop's
            staff.
        vendor (str | Unset):
        product_type (str | Unset):
        tag (str | Unset):
        q (str | Unset):
        sort (ListProductsSort | Unset):  Default: ListProductsSort.VALUE_0.
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ProductPage
     """


    return sync_detailed(
        client=client,
status=status,
vendor=vendor,
product_type=product_type,
tag=tag,
q=q,
sort=sort,
limit=limit,
cursor=cursor,

    ).parsed

async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    status: ListProductsStatus | Unset = UNSET,
    vendor: str | Unset = UNSET,
    product_type: str | Unset = UNSET,
    tag: str | Unset = UNSET,
    q: str | Unset = UNSET,
    sort: ListProductsSort | Unset = ListProductsSort.VALUE_0,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,

) -> Response[Problem | ProductPage]:
    """ List products

     Customers see active products only.

    For members of the token's shop, from the role `customer` up. An API key needs the scope
    `products:read`.

    Args:
        status (ListProductsStatus | Unset): Who sees a product: everybody, or only the shop's
            staff.
        vendor (str | Unset):
        product_type (str | Unset):
        tag (str | Unset):
        q (str | Unset):
        sort (ListProductsSort | Unset):  Default: ListProductsSort.VALUE_0.
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ProductPage]
     """


    kwargs = _get_kwargs(
        status=status,
vendor=vendor,
product_type=product_type,
tag=tag,
q=q,
sort=sort,
limit=limit,
cursor=cursor,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    *,
    client: AuthenticatedClient,
    status: ListProductsStatus | Unset = UNSET,
    vendor: str | Unset = UNSET,
    product_type: str | Unset = UNSET,
    tag: str | Unset = UNSET,
    q: str | Unset = UNSET,
    sort: ListProductsSort | Unset = ListProductsSort.VALUE_0,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,

) -> Problem | ProductPage | None:
    """ List products

     Customers see active products only.

    For members of the token's shop, from the role `customer` up. An API key needs the scope
    `products:read`.

    Args:
        status (ListProductsStatus | Unset): Who sees a product: everybody, or only the shop's
            staff.
        vendor (str | Unset):
        product_type (str | Unset):
        tag (str | Unset):
        q (str | Unset):
        sort (ListProductsSort | Unset):  Default: ListProductsSort.VALUE_0.
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ProductPage
     """


    return (await asyncio_detailed(
        client=client,
status=status,
vendor=vendor,
product_type=product_type,
tag=tag,
q=q,
sort=sort,
limit=limit,
cursor=cursor,

    )).parsed
