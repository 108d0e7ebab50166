from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.erasure import Erasure
from ...models.problem import Problem
from ...types import UNSET, Unset
from typing import cast



def _get_kwargs(
    *,
    body: Erasure | Unset = UNSET,
    if_match: str | Unset = UNSET,
    x_confirm_password: str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    if not isinstance(x_confirm_password, Unset):
        headers["X-Confirm-Password"] = x_confirm_password



    

    

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/api/v1/me",
    }

    
    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | None:
    if response.status_code == 204:
        response_204 = cast(Any, None)
        return response_204

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())



        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())



        return response_401

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Any | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: Erasure | Unset = UNSET,
    if_match: str | Unset = UNSET,
    x_confirm_password: str | Unset = UNSET,

) -> Response[Any | Problem]:
    """ Erase me

     Confirmed with my password: in the body or, for clients that send none with DELETE, in a header.
    Takes my name and my address out of this server and out of every shop that knows me, also out of my
    orders, and ends all my sessions and keys. The orders stay; what was written for an order alone
    stays with it, if the operator has set it so. Not while a shop that is not being deleted has no
    owner but me.

    For whoever is signed in.

    Args:
        if_match (str | Unset):
        x_confirm_password (str | Unset):
        body (Erasure | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
     """


    kwargs = _get_kwargs(
        body=body,
if_match=if_match,
x_confirm_password=x_confirm_password,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    *,
    client: AuthenticatedClient,
    body: Erasure | Unset = UNSET,
    if_match: str | Unset = UNSET,
    x_confirm_password: str | Unset = UNSET,

) -> Any | Problem | None:
    """ Erase me

     Confirmed with my password: in the body or, for clients that send none with DELETE, in a header.
    Takes my name and my address out of this server and out of every shop that knows me, also out of my
    orders, and ends all my sessions and keys. The orders stay; what was written for an order alone
    stays with it, if the operator has set it so. Not while a shop that is not being deleted has no
    owner but me.

    For whoever is signed in.

    Args:
        if_match (str | Unset):
        x_confirm_password (str | Unset):
        body (Erasure | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
     """


    return sync_detailed(
        client=client,
body=body,
if_match=if_match,
x_confirm_password=x_confirm_password,

    ).parsed

async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: Erasure | Unset = UNSET,
    if_match: str | Unset = UNSET,
    x_confirm_password: str | Unset = UNSET,

) -> Response[Any | Problem]:
    """ Erase me

     Confirmed with my password: in the body or, for clients that send none with DELETE, in a header.
    Takes my name and my address out of this server and out of every shop that knows me, also out of my
    orders, and ends all my sessions and keys. The orders stay; what was written for an order alone
    stays with it, if the operator has set it so. Not while a shop that is not being deleted has no
    owner but me.

    For whoever is signed in.

    Args:
        if_match (str | Unset):
        x_confirm_password (str | Unset):
        body (Erasure | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
     """


    kwargs = _get_kwargs(
        body=body,
if_match=if_match,
x_confirm_password=x_confirm_password,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    *,
    client: AuthenticatedClient,
    body: Erasure | Unset = UNSET,
    if_match: str | Unset = UNSET,
    x_confirm_password: str | Unset = UNSET,

) -> Any | Problem | None:
    """ Erase me

     Confirmed with my password: in the body or, for clients that send none with DELETE, in a header.
    Takes my name and my address out of this server and out of every shop that knows me, also out of my
    orders, and ends all my sessions and keys. The orders stay; what was written for an order alone
    stays with it, if the operator has set it so. Not while a shop that is not being deleted has no
    owner but me.

    For whoever is signed in.

    Args:
        if_match (str | Unset):
        x_confirm_password (str | Unset):
        body (Erasure | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
     """


    return (await asyncio_detailed(
        client=client,
body=body,
if_match=if_match,
x_confirm_password=x_confirm_password,

    )).parsed
