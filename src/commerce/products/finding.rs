//! What the search and the filter by tag read: side tables of words and of tags, kept in step with the products.
//!
//! Under the wall only leakproof operators use an index: a word is a range of a B-tree there, and full-text search or
//! arrays would be read from end to end.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use uuid::Uuid;

use crate::schema::tenant::{product_tags, product_words};
use crate::tenancy::TenantConn;

use super::{ProductError, words};

/// What a product is found by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'a> {
    pub product: Uuid,
    pub title: &'a str,
    pub tags: &'a [String],
}

/// Lets products be found.
pub(super) fn insert(conn: &mut TenantConn<'_>, products: &[Found<'_>]) -> Result<(), ProductError> {
    insert_words(conn, products)?;
    insert_tags(conn, products)
}

/// Lets products be found by what they are now.
pub(super) fn replace(conn: &mut TenantConn<'_>, products: &[Found<'_>]) -> Result<(), ProductError> {
    if products.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = products.iter().map(|found| found.product).collect();
    diesel::delete(product_words::table.filter(product_words::product_id.eq_any(&ids))).execute(conn.pg())?;
    diesel::delete(product_tags::table.filter(product_tags::product_id.eq_any(&ids))).execute(conn.pg())?;
    insert(conn, products)
}

fn insert_words(conn: &mut TenantConn<'_>, products: &[Found<'_>]) -> Result<(), ProductError> {
    let of_title = |found: &Found<'_>| words::of_title(found.title);
    insert_pairs(conn, "INSERT INTO product_words (word, product_id)", products, of_title)
}

fn insert_tags(conn: &mut TenantConn<'_>, products: &[Found<'_>]) -> Result<(), ProductError> {
    let of_tags = |found: &Found<'_>| found.tags.iter().map(|tag| words::of_tag(tag)).collect();
    insert_pairs(conn, "INSERT INTO product_tags (tag, product_id)", products, of_tags)
}

/// One statement with two arrays, however many rows.
fn insert_pairs(
    conn: &mut TenantConn<'_>,
    insert: &str,
    products: &[Found<'_>],
    keys_of: impl Fn(&Found<'_>) -> BTreeSet<String>,
) -> Result<(), ProductError> {
    let (mut keys, mut ids) = (Vec::new(), Vec::new());
    for found in products {
        for key in keys_of(found) {
            keys.push(key);
            ids.push(found.product);
        }
    }
    if !keys.is_empty() {
        diesel::sql_query(format!("{insert} SELECT * FROM unnest($1, $2)"))
            .bind::<Array<Text>, _>(keys)
            .bind::<Array<SqlUuid>, _>(ids)
            .execute(conn.pg())?;
    }
    Ok(())
}
