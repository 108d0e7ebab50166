from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.invitation import Invitation
from ...models.problem import Problem
from typing import cast
from uuid import UUID



def _get_kwargs(
    id: str,
    invitation: UUID,

) -> dict[str, Any]:
    

    

    

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/shops/{id}/invitations/{invitation}".format(id=quote(str(id), safe=""),invitation=quote(str(invitation), safe=""),),
    }


    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Invitation | Problem | None:
    if response.status_code == 200:
        response_200 = Invitation.from_dict(response.json())



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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Invitation | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    id: str,
    invitation: UUID,
    *,
    client: AuthenticatedClient,

) -> Response[Invitation | Problem]:
    """ Get an invitation

     While it is open.

    For whoever is signed in.

    Args:
        id (str): A shop, by its id or by its slug.
        invitation (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Invitation | Problem]
     """


    kwargs = _get_kwargs(
        id=id,
invitation=invitation,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    id: str,
    invitation: UUID,
    *,
    client: AuthenticatedClient,

) -> Invitation | Problem | None:
    """ Get an invitation

     While it is open.

    For whoever is signed in.

    Args:
        id (str): A shop, by its id or by its slug.
        invitation (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Invitation | Problem
     """


    return sync_detailed(
        id=id,
invitation=invitation,
client=client,

    ).parsed

async def asyncio_detailed(
    id: str,
    invitation: UUID,
    *,
    client: AuthenticatedClient,

) -> Response[Invitation | Problem]:
    """ Get an invitation

     While it is open.

    For whoever is signed in.

    Args:
        id (str): A shop, by its id or by its slug.
        invitation (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Invitation | Problem]
     """


    kwargs = _get_kwargs(
        id=id,
invitation=invitation,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    id: str,
    invitation: UUID,
    *,
    client: AuthenticatedClient,

) -> Invitation | Problem | None:
    """ Get an invitation

     While it is open.

    For whoever is signed in.

    Args:
        id (str): A shop, by its id or by its slug.
        invitation (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Invitation | Problem
     """


    return (await asyncio_detailed(
        id=id,
invitation=invitation,
client=client,

    )).parsed
