//! The routes for looking at imports, and for cancelling one.

use rocket::{get, post};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::http::openapi::{Endpoint, endpoint};
use crate::http::request::scopes::{ProductsRead, ProductsWrite};
use crate::http::{Answered, Fetched, Id, NoBody, Once, Page, Paging, Problem, Resource, Staff, Tenant};
use crate::tenancy::TenantConn;

use super::table::{self, ImportView};

pub(in crate::commerce::import) fn endpoints() -> [Endpoint; 3] {
    [
        endpoint!(list, "listImports", "List imports")
            .about("Those of the last week, newest first, at most 100; without those of one transaction that a client waited for.")
            .answers(import("products")),
        endpoint!(read_one, "getImport", "Get an import")
            .about("How far it is, and when it has ended, what it did. It is kept for a week.")
            .answers(import("products")),
        endpoint!(cancel, "cancelImport", "Cancel an import")
            .about(
                "It ends soon, and is `cancelled` then: of an import that is all or nothing, nothing is left; of one with `partial`, \
                 what was written stays, and `report` counts it. One that has ended stays as it is.",
            )
            .answers(import("products")),
    ]
}

/// One that goes on.
pub(in crate::commerce::import) fn import(kind: &str) -> Value {
    json!({
        "id": "01a2059f-d013-7a2e-9f55-3f1d6a0c4b21", "kind": kind, "state": "running",
        "user_id": "01a2059f-ce42-74f0-a976-558e1fd0b4e3", "rows_total": 53_280, "rows_done": 12_000,
        "report": null, "problem": null, "created_at": "2026-11-29T03:40:00.000000Z", "ended_at": null,
    })
}

#[get("/imports")]
async fn list(tenant: Tenant<Staff, ProductsRead>, paging: Paging) -> Result<Page<ImportView>, Problem> {
    let (before, limit) = (paging.after::<Uuid>()?, paging.fetch());
    let imports = tenant.run(move |conn| table::list(conn, before, limit)).await?;
    paging.page(imports, |import| import.id)
}

#[get("/imports/<id>")]
async fn read_one(
    tenant: Tenant<Staff, ProductsRead>,
    id: Id,
) -> Result<Resource<Fetched<ImportView>>, Problem> {
    Ok(Resource(Fetched(tenant.run(move |conn| table::find(conn, id.0)).await?)))
}

#[post("/imports/<id>/cancel", data = "<_nothing>")]
async fn cancel(
    tenant: Tenant<Staff, ProductsWrite>,
    once: Once,
    id: Id,
    _nothing: NoBody,
) -> Result<Answered<Fetched<ImportView>>, Problem> {
    let cancel = move |conn: &mut TenantConn<'_>| {
        once.run(conn.user(), conn, |conn| table::cancel(conn, id.0).map(Fetched))
    };
    Ok(tenant.run(cancel).await?)
}
