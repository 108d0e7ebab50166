from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.credentials import Credentials
from ...models.problem import Problem
from ...models.sign_in_tokens import SignInTokens
from typing import cast



def _get_kwargs(
    *,
    body: Credentials,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}


    

    

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/auth/login",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | SignInTokens | None:
    if response.status_code == 200:
        response_200 = SignInTokens.from_dict(response.json())



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

    if response.status_code == 408:
        response_408 = Problem.from_dict(response.json())



        return response_408

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | SignInTokens]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Credentials,

) -> Response[Problem | SignInTokens]:
    """ Sign in

     With `shop`, an id or a slug, the access token is one to work in that shop. After some wrong
    passwords each further attempt has to wait, for half a minute at most in the same account. Keep the
    `device_token` of the answer, and send it with the next sign-in: others' wrong passwords then do not
    delay it. One that is not valid any more, or another account's, is ignored. An account with a second
    factor gets 401 `second_factor_required` after the right password: send the same with `code`. Who
    has as many sessions as one may have loses the one that was not used for the longest time.

    For everybody.

    Args:
        body (Credentials):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | SignInTokens]
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
    body: Credentials,

) -> Problem | SignInTokens | None:
    """ Sign in

     With `shop`, an id or a slug, the access token is one to work in that shop. After some wrong
    passwords each further attempt has to wait, for half a minute at most in the same account. Keep the
    `device_token` of the answer, and send it with the next sign-in: others' wrong passwords then do not
    delay it. One that is not valid any more, or another account's, is ignored. An account with a second
    factor gets 401 `second_factor_required` after the right password: send the same with `code`. Who
    has as many sessions as one may have loses the one that was not used for the longest time.

    For everybody.

    Args:
        body (Credentials):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | SignInTokens
     """


    return sync_detailed(
        client=client,
body=body,

    ).parsed

async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Credentials,

) -> Response[Problem | SignInTokens]:
    """ Sign in

     With `shop`, an id or a slug, the access token is one to work in that shop. After some wrong
    passwords each further attempt has to wait, for half a minute at most in the same account. Keep the
    `device_token` of the answer, and send it with the next sign-in: others' wrong passwords then do not
    delay it. One that is not valid any more, or another account's, is ignored. An account with a second
    factor gets 401 `second_factor_required` after the right password: send the same with `code`. Who
    has as many sessions as one may have loses the one that was not used for the longest time.

    For everybody.

    Args:
        body (Credentials):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | SignInTokens]
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
    body: Credentials,

) -> Problem | SignInTokens | None:
    """ Sign in

     With `shop`, an id or a slug, the access token is one to work in that shop. After some wrong
    passwords each further attempt has to wait, for half a minute at most in the same account. Keep the
    `device_token` of the answer, and send it with the next sign-in: others' wrong passwords then do not
    delay it. One that is not valid any more, or another account's, is ignored. An account with a second
    factor gets 401 `second_factor_required` after the right password: send the same with `code`. Who
    has as many sessions as one may have loses the one that was not used for the longest time.

    For everybody.

    Args:
        body (Credentials):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | SignInTokens
     """


    return (await asyncio_detailed(
        client=client,
body=body,

    )).parsed
