//! Finding and listing products.

use std::str::FromStr;

use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text, Timestamptz, Uuid as SqlUuid};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::commerce::rows::group_by;
use crate::http::time::Time;
use crate::schema::tenant::{images, products, variants};
use crate::tenancy::{Role, TenantConn};

use super::view::{ImageRow, ProductRow, ProductView, VariantRow};
use super::{ProductError, Status};

/// What a list is to hold, and in which order.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only of this status. Customers see active ones, whatever they ask for.
    pub status: Option<Status>,
    /// Only of this vendor.
    pub vendor: Option<String>,
    /// Only of this type.
    pub product_type: Option<String>,
    /// The order.
    pub sort: Sort,
    /// The key of the product before the first.
    pub after: Option<Key>,
    /// How many at the most.
    pub limit: i64,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Oldest first.
    Oldest,
    /// Newest first.
    #[default]
    Newest,
    /// By title.
    Title,
    /// By title, backwards.
    TitleBackwards,
}

impl FromStr for Sort {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "created_at" => Ok(Self::Oldest),
            "-created_at" => Ok(Self::Newest),
            "title" => Ok(Self::Title),
            "-title" => Ok(Self::TitleBackwards),
            _ => Err(()),
        }
    }
}

/// Where a product stands in a list: all that any order needs.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Key {
    /// The order in which it was listed; a cursor of one order means nothing in another.
    pub sort: Sort,
    created_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    id: Uuid,
}

impl Key {
    /// The key of a product in an order.
    pub fn new(product: &ProductRow, sort: Sort) -> Self {
        let by_title = matches!(sort, Sort::Title | Sort::TitleBackwards);
        Self {
            sort,
            created_at: Time(product.created_at),
            title: by_title.then(|| product.title.clone()),
            id: product.id,
        }
    }
}

/// A product. Customers see active ones only.
pub fn find(conn: &mut TenantConn<'_>, id: Uuid) -> Result<ProductView, ProductError> {
    let row: Option<ProductRow> =
        products::table.find(id).select(ProductRow::as_select()).first(conn.pg()).optional()?;
    let row = row.ok_or(ProductError::NotFound)?;
    // The role is asked for only where it decides: most products that are read are active.
    if row.status != Status::Active.as_str() && conn.entrance()?.role == Role::Customer {
        return Err(ProductError::NotFound);
    }
    let mut views = assemble(conn, vec![row])?;
    views.pop().ok_or(ProductError::NotFound)
}

/// A page of products.
pub fn list(conn: &mut TenantConn<'_>, mut selection: Selection) -> Result<Vec<ProductView>, ProductError> {
    if conn.entrance()?.role == Role::Customer {
        match selection.status {
            None | Some(Status::Active) => selection.status = Some(Status::Active),
            Some(_) => return Ok(Vec::new()),
        }
    }
    let rows: Vec<ProductRow> = page(selection).load(conn.pg())?;
    assemble(conn, rows)
}

type Boxed = products::BoxedQuery<'static, Pg, diesel::dsl::SqlTypeOf<diesel::dsl::AsSelect<ProductRow, Pg>>>;

/// Row comparisons such as `(title, id) > ($1, $2)` are walked in the index, also under a policy.
fn page(selection: Selection) -> Boxed {
    let Selection { status, vendor, product_type, sort, after, limit } = selection;
    let mut query = products::table.select(ProductRow::as_select()).limit(limit).into_boxed();
    if let Some(status) = status {
        query = query.filter(products::status.eq(status.as_str()));
    }
    if let Some(vendor) = vendor {
        query = query.filter(products::vendor.eq(vendor));
    }
    if let Some(product_type) = product_type {
        query = query.filter(products::product_type.eq(product_type));
    }
    query = match sort {
        Sort::Oldest => query.order((products::created_at, products::id)),
        Sort::Newest => query.order((products::created_at.desc(), products::id.desc())),
        Sort::Title => query.order((products::title, products::id)),
        Sort::TitleBackwards => query.order((products::title.desc(), products::id.desc())),
    };
    let Some(Key { created_at, title, id, .. }) = after else { return query };
    let by_time = |comparison: &str| {
        sql::<Bool>(comparison).bind::<Timestamptz, _>(created_at.0).sql(", ").bind::<SqlUuid, _>(id).sql(")")
    };
    let by_title = |comparison: &str| {
        sql::<Bool>(comparison)
            .bind::<Text, _>(title.unwrap_or_default())
            .sql(", ")
            .bind::<SqlUuid, _>(id)
            .sql(")")
    };
    match sort {
        Sort::Oldest => query.filter(by_time("(created_at, id) > (")),
        Sort::Newest => query.filter(by_time("(created_at, id) < (")),
        Sort::Title => query.filter(by_title("(title, id) > (")),
        Sort::TitleBackwards => query.filter(by_title("(title, id) < (")),
    }
}

/// Adds the variants and images: two statements, however many products.
pub fn assemble(conn: &mut TenantConn<'_>, rows: Vec<ProductRow>) -> Result<Vec<ProductView>, ProductError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let variant_rows: Vec<VariantRow> = variants::table
        .filter(variants::product_id.eq_any(&ids))
        .order((variants::product_id, variants::position, variants::id))
        .select(VariantRow::as_select())
        .load(conn.pg())?;
    let image_rows: Vec<ImageRow> = images::table
        .filter(images::product_id.eq_any(&ids))
        .order((images::product_id, images::position, images::id))
        .select(ImageRow::as_select())
        .load(conn.pg())?;
    let mut variants_of = group_by(variant_rows, |row| row.product_id);
    let mut images_of = group_by(image_rows, |row| row.product_id);
    let whole = |row: ProductRow| {
        let variants = variants_of.remove(&row.id).unwrap_or_default();
        let images = images_of.remove(&row.id).unwrap_or_default();
        ProductView::new(row, variants, images)
    };
    Ok(rows.into_iter().map(whole).collect())
}
