from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.problem import Problem
from ...models.profile import Profile
from ...models.profile_patch import ProfilePatch
from ...types import UNSET, Unset
from typing import cast



def _get_kwargs(
    *,
    body: ProfilePatch,
    if_match: str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match



    

    

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/api/v1/me",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | Profile | None:
    if response.status_code == 200:
        response_200 = Profile.from_dict(response.json())



        return response_200

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | Profile]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: ProfilePatch,
    if_match: str | Unset = UNSET,

) -> Response[Problem | Profile]:
    """ Change my profile

     What changes is carried to the shops that I belong to; past orders keep what they have. Another
    email address asks for the password, if it was not given in the last ten minutes, and the former
    address gets a message. Where addresses have to be proved, it is `pending_email` until it is proved,
    whoever has it; my own one takes that back.

    For whoever is signed in.

    Args:
        if_match (str | Unset):
        body (ProfilePatch): Part of a profile.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Profile]
     """


    kwargs = _get_kwargs(
        body=body,
if_match=if_match,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    *,
    client: AuthenticatedClient,
    body: ProfilePatch,
    if_match: str | Unset = UNSET,

) -> Problem | Profile | None:
    """ Change my profile

     What changes is carried to the shops that I belong to; past orders keep what they have. Another
    email address asks for the password, if it was not given in the last ten minutes, and the former
    address gets a message. Where addresses have to be proved, it is `pending_email` until it is proved,
    whoever has it; my own one takes that back.

    For whoever is signed in.

    Args:
        if_match (str | Unset):
        body (ProfilePatch): Part of a profile.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Profile
     """


    return sync_detailed(
        client=client,
body=body,
if_match=if_match,

    ).parsed

async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: ProfilePatch,
    if_match: str | Unset = UNSET,

) -> Response[Problem | Profile]:
    """ Change my profile

     What changes is carried to the shops that I belong to; past orders keep what they have. Another
    email address asks for the password, if it was not given in the last ten minutes, and the former
    address gets a message. Where addresses have to be proved, it is `pending_email` until it is proved,
    whoever has it; my own one takes that back.

    For whoever is signed in.

    Args:
        if_match (str | Unset):
        body (ProfilePatch): Part of a profile.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Profile]
     """


    kwargs = _get_kwargs(
        body=body,
if_match=if_match,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    *,
    client: AuthenticatedClient,
    body: ProfilePatch,
    if_match: str | Unset = UNSET,

) -> Problem | Profile | None:
    """ Change my profile

     What changes is carried to the shops that I belong to; past orders keep what they have. Another
    email address asks for the password, if it was not given in the last ten minutes, and the former
    address gets a message. Where addresses have to be proved, it is `pending_email` until it is proved,
    whoever has it; my own one takes that back.

    For whoever is signed in.

    Args:
        if_match (str | Unset):
        body (ProfilePatch): Part of a profile.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Profile
     """


    return (await asyncio_detailed(
        client=client,
body=body,
if_match=if_match,

    )).parsed
