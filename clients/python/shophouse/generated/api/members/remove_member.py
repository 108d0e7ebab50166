from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.problem import Problem
from typing import cast
from uuid import UUID



def _get_kwargs(
    id: str,
    user: UUID,

) -> dict[str, Any]:
    

    

    

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/api/v1/shops/{id}/members/{user}".format(id=quote(str(id), safe=""),user=quote(str(user), safe=""),),
    }


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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Any | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    id: str,
    user: UUID,
    *,
    client: AuthenticatedClient,

) -> Response[Any | Problem]:
    """ Remove a member

     The member is out at once, and the member's API keys for the shop are gone. Anybody may leave a shop
    this way, and join it again; but whoever was removed by an owner cannot join again, except by an
    invitation from after that. The last owner hands the shop over first, or deletes it.

    For whoever is signed in.

    Args:
        id (str): A shop, by its id or by its slug.
        user (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
     """


    kwargs = _get_kwargs(
        id=id,
user=user,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    id: str,
    user: UUID,
    *,
    client: AuthenticatedClient,

) -> Any | Problem | None:
    """ Remove a member

     The member is out at once, and the member's API keys for the shop are gone. Anybody may leave a shop
    this way, and join it again; but whoever was removed by an owner cannot join again, except by an
    invitation from after that. The last owner hands the shop over first, or deletes it.

    For whoever is signed in.

    Args:
        id (str): A shop, by its id or by its slug.
        user (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
     """


    return sync_detailed(
        id=id,
user=user,
client=client,

    ).parsed

async def asyncio_detailed(
    id: str,
    user: UUID,
    *,
    client: AuthenticatedClient,

) -> Response[Any | Problem]:
    """ Remove a member

     The member is out at once, and the member's API keys for the shop are gone. Anybody may leave a shop
    this way, and join it again; but whoever was removed by an owner cannot join again, except by an
    invitation from after that. The last owner hands the shop over first, or deletes it.

    For whoever is signed in.

    Args:
        id (str): A shop, by its id or by its slug.
        user (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
     """


    kwargs = _get_kwargs(
        id=id,
user=user,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    id: str,
    user: UUID,
    *,
    client: AuthenticatedClient,

) -> Any | Problem | None:
    """ Remove a member

     The member is out at once, and the member's API keys for the shop are gone. Anybody may leave a shop
    this way, and join it again; but whoever was removed by an owner cannot join again, except by an
    invitation from after that. The last owner hands the shop over first, or deletes it.

    For whoever is signed in.

    Args:
        id (str): A shop, by its id or by its slug.
        user (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
     """


    return (await asyncio_detailed(
        id=id,
user=user,
client=client,

    )).parsed
