from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.import_ import Import
from ...models.import_report import ImportReport
from ...models.problem import Problem
from ...types import File, FileTypes
from ...types import UNSET, Unset
from io import BytesIO
from typing import cast



def _get_kwargs(
    *,
    body: File,
    dry_run: bool | Unset = UNSET,
    partial: bool | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
    prefer: str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    if not isinstance(prefer, Unset):
        headers["Prefer"] = prefer



    

    params: dict[str, Any] = {}

    params["dry_run"] = dry_run

    params["partial"] = partial


    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}


    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/stock/import",
        "params": params,
    }

    _kwargs["content"] = body.payload
    headers["Content-Type"] = "text/csv"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Import | ImportReport | Problem | None:
    if response.status_code == 200:
        response_200 = ImportReport.from_dict(response.json())



        return response_200

    if response.status_code == 202:
        response_202 = Import.from_dict(response.json())



        return response_202

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Import | ImportReport | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: File,
    dry_run: bool | Unset = UNSET,
    partial: bool | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
    prefer: str | Unset = UNSET,

) -> Response[Import | ImportReport | Problem]:
    """ Import stock

     Takes Shopify's export of stock, and sets the stock of each variant to the sum of `On hand` of its
    locations. A row means the variant with its option values, or else the one with its SKU, if only one
    of the product has it. Nothing else changes, and what the file does not name stays. Products and
    variants that the shop does not have are errors. Otherwise as an import of products.

    For members of the token's shop, from the role `staff` up. An API key needs the scope `stock:write`.

    Args:
        dry_run (bool | Unset):
        partial (bool | Unset):
        idempotency_key (str | Unset):
        prefer (str | Unset):
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Import | ImportReport | Problem]
     """


    kwargs = _get_kwargs(
        body=body,
dry_run=dry_run,
partial=partial,
idempotency_key=idempotency_key,
prefer=prefer,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    *,
    client: AuthenticatedClient,
    body: File,
    dry_run: bool | Unset = UNSET,
    partial: bool | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
    prefer: str | Unset = UNSET,

) -> Import | ImportReport | Problem | None:
    """ Import stock

     Takes Shopify's export of stock, and sets the stock of each variant to the sum of `On hand` of its
    locations. A row means the variant with its option values, or else the one with its SKU, if only one
    of the product has it. Nothing else changes, and what the file does not name stays. Products and
    variants that the shop does not have are errors. Otherwise as an import of products.

    For members of the token's shop, from the role `staff` up. An API key needs the scope `stock:write`.

    Args:
        dry_run (bool | Unset):
        partial (bool | Unset):
        idempotency_key (str | Unset):
        prefer (str | Unset):
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Import | ImportReport | Problem
     """


    return sync_detailed(
        client=client,
body=body,
dry_run=dry_run,
partial=partial,
idempotency_key=idempotency_key,
prefer=prefer,

    ).parsed

async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: File,
    dry_run: bool | Unset = UNSET,
    partial: bool | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
    prefer: str | Unset = UNSET,

) -> Response[Import | ImportReport | Problem]:
    """ Import stock

     Takes Shopify's export of stock, and sets the stock of each variant to the sum of `On hand` of its
    locations. A row means the variant with its option values, or else the one with its SKU, if only one
    of the product has it. Nothing else changes, and what the file does not name stays. Products and
    variants that the shop does not have are errors. Otherwise as an import of products.

    For members of the token's shop, from the role `staff` up. An API key needs the scope `stock:write`.

    Args:
        dry_run (bool | Unset):
        partial (bool | Unset):
        idempotency_key (str | Unset):
        prefer (str | Unset):
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Import | ImportReport | Problem]
     """


    kwargs = _get_kwargs(
        body=body,
dry_run=dry_run,
partial=partial,
idempotency_key=idempotency_key,
prefer=prefer,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    *,
    client: AuthenticatedClient,
    body: File,
    dry_run: bool | Unset = UNSET,
    partial: bool | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
    prefer: str | Unset = UNSET,

) -> Import | ImportReport | Problem | None:
    """ Import stock

     Takes Shopify's export of stock, and sets the stock of each variant to the sum of `On hand` of its
    locations. A row means the variant with its option values, or else the one with its SKU, if only one
    of the product has it. Nothing else changes, and what the file does not name stays. Products and
    variants that the shop does not have are errors. Otherwise as an import of products.

    For members of the token's shop, from the role `staff` up. An API key needs the scope `stock:write`.

    Args:
        dry_run (bool | Unset):
        partial (bool | Unset):
        idempotency_key (str | Unset):
        prefer (str | Unset):
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Import | ImportReport | Problem
     """


    return (await asyncio_detailed(
        client=client,
body=body,
dry_run=dry_run,
partial=partial,
idempotency_key=idempotency_key,
prefer=prefer,

    )).parsed
