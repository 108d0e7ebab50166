from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.import_ import Import
from ...models.import_products_on_conflict import ImportProductsOnConflict
from ...models.import_products_stock import ImportProductsStock
from ...models.import_products_variants import ImportProductsVariants
from ...models.import_report import ImportReport
from ...models.problem import Problem
from ...types import File, FileTypes
from ...types import UNSET, Unset
from io import BytesIO
from typing import cast



def _get_kwargs(
    *,
    body: File,
    on_conflict: ImportProductsOnConflict | Unset = ImportProductsOnConflict.SKIP,
    dry_run: bool | Unset = UNSET,
    partial: bool | Unset = UNSET,
    variants: ImportProductsVariants | Unset = ImportProductsVariants.KEEP,
    stock: ImportProductsStock | Unset = ImportProductsStock.SET,
    idempotency_key: str | Unset = UNSET,
    prefer: str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    if not isinstance(prefer, Unset):
        headers["Prefer"] = prefer



    

    params: dict[str, Any] = {}

    json_on_conflict: str | Unset = UNSET
    if not isinstance(on_conflict, Unset):
        json_on_conflict = on_conflict.value

    params["on_conflict"] = json_on_conflict

    params["dry_run"] = dry_run

    params["partial"] = partial

    json_variants: str | Unset = UNSET
    if not isinstance(variants, Unset):
        json_variants = variants.value

    params["variants"] = json_variants

    json_stock: str | Unset = UNSET
    if not isinstance(stock, Unset):
        json_stock = stock.value

    params["stock"] = json_stock


    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}


    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/products/import",
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
    on_conflict: ImportProductsOnConflict | Unset = ImportProductsOnConflict.SKIP,
    dry_run: bool | Unset = UNSET,
    partial: bool | Unset = UNSET,
    variants: ImportProductsVariants | Unset = ImportProductsVariants.KEEP,
    stock: ImportProductsStock | Unset = ImportProductsStock.SET,
    idempotency_key: str | Unset = UNSET,
    prefer: str | Unset = UNSET,

) -> Response[Import | ImportReport | Problem]:
    """ Import products

     Takes the product CSV of Shopify or of WooCommerce. The whole file is checked first. It is all or
    nothing unless `partial` is true; then a product with an error is left alone as a whole. New
    products need the column `Title`, updates `Handle` and `Title`. An update changes what the file has:
    a missing column leaves the value, and a blank cell overwrites it. Variants that the file does not
    name stay, unless `variants` is `replace`. What is not taken as it stands is told in `warnings`. A
    partial import is written in several transactions, and when it ends in the middle, the products that
    were written stay; `detail` says how many. Sent again, they are skipped or updated. A shop has one
    import at a time. A file with more products or variants than the shop may have is not imported at
    all, also with `partial`. A dry run only reads, and has the status that the import would have. When
    a file is refused, `report` of the problem has the counts and the warnings.

    For members of the token's shop, from the role `staff` up. An API key needs the scope
    `products:write`.

    Args:
        on_conflict (ImportProductsOnConflict | Unset):  Default: ImportProductsOnConflict.SKIP.
        dry_run (bool | Unset):
        partial (bool | Unset):
        variants (ImportProductsVariants | Unset):  Default: ImportProductsVariants.KEEP.
        stock (ImportProductsStock | Unset):  Default: ImportProductsStock.SET.
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
on_conflict=on_conflict,
dry_run=dry_run,
partial=partial,
variants=variants,
stock=stock,
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
    on_conflict: ImportProductsOnConflict | Unset = ImportProductsOnConflict.SKIP,
    dry_run: bool | Unset = UNSET,
    partial: bool | Unset = UNSET,
    variants: ImportProductsVariants | Unset = ImportProductsVariants.KEEP,
    stock: ImportProductsStock | Unset = ImportProductsStock.SET,
    idempotency_key: str | Unset = UNSET,
    prefer: str | Unset = UNSET,

) -> Import | ImportReport | Problem | None:
    """ Import products

     Takes the product CSV of Shopify or of WooCommerce. The whole file is checked first. It is all or
    nothing unless `partial` is true; then a product with an error is left alone as a whole. New
    products need the column `Title`, updates `Handle` and `Title`. An update changes what the file has:
    a missing column leaves the value, and a blank cell overwrites it. Variants that the file does not
    name stay, unless `variants` is `replace`. What is not taken as it stands is told in `warnings`. A
    partial import is written in several transactions, and when it ends in the middle, the products that
    were written stay; `detail` says how many. Sent again, they are skipped or updated. A shop has one
    import at a time. A file with more products or variants than the shop may have is not imported at
    all, also with `partial`. A dry run only reads, and has the status that the import would have. When
    a file is refused, `report` of the problem has the counts and the warnings.

    For members of the token's shop, from the role `staff` up. An API key needs the scope
    `products:write`.

    Args:
        on_conflict (ImportProductsOnConflict | Unset):  Default: ImportProductsOnConflict.SKIP.
        dry_run (bool | Unset):
        partial (bool | Unset):
        variants (ImportProductsVariants | Unset):  Default: ImportProductsVariants.KEEP.
        stock (ImportProductsStock | Unset):  Default: ImportProductsStock.SET.
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
on_conflict=on_conflict,
dry_run=dry_run,
partial=partial,
variants=variants,
stock=stock,
idempotency_key=idempotency_key,
prefer=prefer,

    ).parsed

async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: File,
    on_conflict: ImportProductsOnConflict | Unset = ImportProductsOnConflict.SKIP,
    dry_run: bool | Unset = UNSET,
    partial: bool | Unset = UNSET,
    variants: ImportProductsVariants | Unset = ImportProductsVariants.KEEP,
    stock: ImportProductsStock | Unset = ImportProductsStock.SET,
    idempotency_key: str | Unset = UNSET,
    prefer: str | Unset = UNSET,

) -> Response[Import | ImportReport | Problem]:
    """ Import products

     Takes the product CSV of Shopify or of WooCommerce. The whole file is checked first. It is all or
    nothing unless `partial` is true; then a product with an error is left alone as a whole. New
    products need the column `Title`, updates `Handle` and `Title`. An update changes what the file has:
    a missing column leaves the value, and a blank cell overwrites it. Variants that the file does not
    name stay, unless `variants` is `replace`. What is not taken as it stands is told in `warnings`. A
    partial import is written in several transactions, and when it ends in the middle, the products that
    were written stay; `detail` says how many. Sent again, they are skipped or updated. A shop has one
    import at a time. A file with more products or variants than the shop may have is not imported at
    all, also with `partial`. A dry run only reads, and has the status that the import would have. When
    a file is refused, `report` of the problem has the counts and the warnings.

    For members of the token's shop, from the role `staff` up. An API key needs the scope
    `products:write`.

    Args:
        on_conflict (ImportProductsOnConflict | Unset):  Default: ImportProductsOnConflict.SKIP.
        dry_run (bool | Unset):
        partial (bool | Unset):
        variants (ImportProductsVariants | Unset):  Default: ImportProductsVariants.KEEP.
        stock (ImportProductsStock | Unset):  Default: ImportProductsStock.SET.
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
on_conflict=on_conflict,
dry_run=dry_run,
partial=partial,
variants=variants,
stock=stock,
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
    on_conflict: ImportProductsOnConflict | Unset = ImportProductsOnConflict.SKIP,
    dry_run: bool | Unset = UNSET,
    partial: bool | Unset = UNSET,
    variants: ImportProductsVariants | Unset = ImportProductsVariants.KEEP,
    stock: ImportProductsStock | Unset = ImportProductsStock.SET,
    idempotency_key: str | Unset = UNSET,
    prefer: str | Unset = UNSET,

) -> Import | ImportReport | Problem | None:
    """ Import products

     Takes the product CSV of Shopify or of WooCommerce. The whole file is checked first. It is all or
    nothing unless `partial` is true; then a product with an error is left alone as a whole. New
    products need the column `Title`, updates `Handle` and `Title`. An update changes what the file has:
    a missing column leaves the value, and a blank cell overwrites it. Variants that the file does not
    name stay, unless `variants` is `replace`. What is not taken as it stands is told in `warnings`. A
    partial import is written in several transactions, and when it ends in the middle, the products that
    were written stay; `detail` says how many. Sent again, they are skipped or updated. A shop has one
    import at a time. A file with more products or variants than the shop may have is not imported at
    all, also with `partial`. A dry run only reads, and has the status that the import would have. When
    a file is refused, `report` of the problem has the counts and the warnings.

    For members of the token's shop, from the role `staff` up. An API key needs the scope
    `products:write`.

    Args:
        on_conflict (ImportProductsOnConflict | Unset):  Default: ImportProductsOnConflict.SKIP.
        dry_run (bool | Unset):
        partial (bool | Unset):
        variants (ImportProductsVariants | Unset):  Default: ImportProductsVariants.KEEP.
        stock (ImportProductsStock | Unset):  Default: ImportProductsStock.SET.
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
on_conflict=on_conflict,
dry_run=dry_run,
partial=partial,
variants=variants,
stock=stock,
idempotency_key=idempotency_key,
prefer=prefer,

    )).parsed
