from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.problem import Problem
from ...models.registration import Registration
from ...models.user import User
from typing import cast



def _get_kwargs(
    *,
    body: Registration,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}


    

    

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/auth/register",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | User | None:
    if response.status_code == 201:
        response_201 = User.from_dict(response.json())



        return response_201

    if response.status_code == 202:
        response_202 = cast(Any, None)
        return response_202

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())



        return response_400

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Any | Problem | User]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Registration,

) -> Response[Any | Problem | User]:
    """ Register

     Makes a user. With `shop`, the user also becomes a customer of that shop; with `invitation`, a
    member of the shop that invited whoever has this token. Where addresses have to be proved, the
    answer is 202 whoever has the address, and a message to it says how to go on: until it is proved,
    the user can sign in, shop and see what is theirs, but has no role above customer. Elsewhere the
    answer is 201 with the user. Who registers very many users from one address has to wait.

    For everybody.

    Args:
        body (Registration):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | User]
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
    body: Registration,

) -> Any | Problem | User | None:
    """ Register

     Makes a user. With `shop`, the user also becomes a customer of that shop; with `invitation`, a
    member of the shop that invited whoever has this token. Where addresses have to be proved, the
    answer is 202 whoever has the address, and a message to it says how to go on: until it is proved,
    the user can sign in, shop and see what is theirs, but has no role above customer. Elsewhere the
    answer is 201 with the user. Who registers very many users from one address has to wait.

    For everybody.

    Args:
        body (Registration):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | User
     """


    return sync_detailed(
        client=client,
body=body,

    ).parsed

async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Registration,

) -> Response[Any | Problem | User]:
    """ Register

     Makes a user. With `shop`, the user also becomes a customer of that shop; with `invitation`, a
    member of the shop that invited whoever has this token. Where addresses have to be proved, the
    answer is 202 whoever has the address, and a message to it says how to go on: until it is proved,
    the user can sign in, shop and see what is theirs, but has no role above customer. Elsewhere the
    answer is 201 with the user. Who registers very many users from one address has to wait.

    For everybody.

    Args:
        body (Registration):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | User]
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
    body: Registration,

) -> Any | Problem | User | None:
    """ Register

     Makes a user. With `shop`, the user also becomes a customer of that shop; with `invitation`, a
    member of the shop that invited whoever has this token. Where addresses have to be proved, the
    answer is 202 whoever has the address, and a message to it says how to go on: until it is proved,
    the user can sign in, shop and see what is theirs, but has no role above customer. Elsewhere the
    answer is 201 with the user. Who registers very many users from one address has to wait.

    For everybody.

    Args:
        body (Registration):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | User
     """


    return (await asyncio_detailed(
        client=client,
body=body,

    )).parsed
