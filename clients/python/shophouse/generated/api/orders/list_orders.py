from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.list_orders_sort import ListOrdersSort
from ...models.list_orders_status import ListOrdersStatus
from ...models.order_page import OrderPage
from ...models.problem import Problem
from ...types import UNSET, Unset
from typing import cast
from uuid import UUID
import datetime



def _get_kwargs(
    *,
    status: ListOrdersStatus | Unset = UNSET,
    customer_id: UUID | Unset = UNSET,
    created_from: datetime.datetime | Unset = UNSET,
    created_to: datetime.datetime | Unset = UNSET,
    sort: ListOrdersSort | Unset = ListOrdersSort.VALUE_0,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,

) -> dict[str, Any]:
    

    

    params: dict[str, Any] = {}

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status.value

    params["status"] = json_status

    json_customer_id: str | Unset = UNSET
    if not isinstance(customer_id, Unset):
        json_customer_id = str(customer_id)
    params["customer_id"] = json_customer_id

    json_created_from: str | Unset = UNSET
    if not isinstance(created_from, Unset):
        json_created_from = created_from.isoformat()
    params["created_from"] = json_created_from

    json_created_to: str | Unset = UNSET
    if not isinstance(created_to, Unset):
        json_created_to = created_to.isoformat()
    params["created_to"] = json_created_to

    json_sort: str | Unset = UNSET
    if not isinstance(sort, Unset):
        json_sort = sort.value

    params["sort"] = json_sort

    params["limit"] = limit

    params["cursor"] = cursor


    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}


    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/orders",
        "params": params,
    }


    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> OrderPage | Problem | None:
    if response.status_code == 200:
        response_200 = OrderPage.from_dict(response.json())



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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[OrderPage | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    status: ListOrdersStatus | Unset = UNSET,
    customer_id: UUID | Unset = UNSET,
    created_from: datetime.datetime | Unset = UNSET,
    created_to: datetime.datetime | Unset = UNSET,
    sort: ListOrdersSort | Unset = ListOrdersSort.VALUE_0,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,

) -> Response[OrderPage | Problem]:
    """ List orders

     Newest first. Customers see their own, staff all.

    For members of the token's shop, from the role `customer` up. An API key needs the scope
    `orders:read`.

    Args:
        status (ListOrdersStatus | Unset): The state of an order.
        customer_id (UUID | Unset):
        created_from (datetime.datetime | Unset):
        created_to (datetime.datetime | Unset):
        sort (ListOrdersSort | Unset):  Default: ListOrdersSort.VALUE_0.
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OrderPage | Problem]
     """


    kwargs = _get_kwargs(
        status=status,
customer_id=customer_id,
created_from=created_from,
created_to=created_to,
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
    status: ListOrdersStatus | Unset = UNSET,
    customer_id: UUID | Unset = UNSET,
    created_from: datetime.datetime | Unset = UNSET,
    created_to: datetime.datetime | Unset = UNSET,
    sort: ListOrdersSort | Unset = ListOrdersSort.VALUE_0,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,

) -> OrderPage | Problem | None:
    """ List orders

     Newest first. Customers see their own, staff all.

    For members of the token's shop, from the role `customer` up. An API key needs the scope
    `orders:read`.

    Args:
        status (ListOrdersStatus | Unset): The state of an order.
        customer_id (UUID | Unset):
        created_from (datetime.datetime | Unset):
        created_to (datetime.datetime | Unset):
        sort (ListOrdersSort | Unset):  Default: ListOrdersSort.VALUE_0.
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OrderPage | Problem
     """


    return sync_detailed(
        client=client,
status=status,
customer_id=customer_id,
created_from=created_from,
created_to=created_to,
sort=sort,
limit=limit,
cursor=cursor,

    ).parsed

async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    status: ListOrdersStatus | Unset = UNSET,
    customer_id: UUID | Unset = UNSET,
    created_from: datetime.datetime | Unset = UNSET,
    created_to: datetime.datetime | Unset = UNSET,
    sort: ListOrdersSort | Unset = ListOrdersSort.VALUE_0,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,

) -> Response[OrderPage | Problem]:
    """ List orders

     Newest first. Customers see their own, staff all.

    For members of the token's shop, from the role `customer` up. An API key needs the scope
    `orders:read`.

    Args:
        status (ListOrdersStatus | Unset): The state of an order.
        customer_id (UUID | Unset):
        created_from (datetime.datetime | Unset):
        created_to (datetime.datetime | Unset):
        sort (ListOrdersSort | Unset):  Default: ListOrdersSort.VALUE_0.
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OrderPage | Problem]
     """


    kwargs = _get_kwargs(
        status=status,
customer_id=customer_id,
created_from=created_from,
created_to=created_to,
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
    status: ListOrdersStatus | Unset = UNSET,
    customer_id: UUID | Unset = UNSET,
    created_from: datetime.datetime | Unset = UNSET,
    created_to: datetime.datetime | Unset = UNSET,
    sort: ListOrdersSort | Unset = ListOrdersSort.VALUE_0,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,

) -> OrderPage | Problem | None:
    """ List orders

     Newest first. Customers see their own, staff all.

    For members of the token's shop, from the role `customer` up. An API key needs the scope
    `orders:read`.

    Args:
        status (ListOrdersStatus | Unset): The state of an order.
        customer_id (UUID | Unset):
        created_from (datetime.datetime | Unset):
        created_to (datetime.datetime | Unset):
        sort (ListOrdersSort | Unset):  Default: ListOrdersSort.VALUE_0.
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OrderPage | Problem
     """


    return (await asyncio_detailed(
        client=client,
status=status,
customer_id=customer_id,
created_from=created_from,
created_to=created_to,
sort=sort,
limit=limit,
cursor=cursor,

    )).parsed
