//! The tables of words and of tags that the search and the filter by tag read. They are written with each product.
//!
//! Under row-level security PostgreSQL uses an index only for leakproof operators. The words that begin with a prefix are
//! a range of a B-tree index; full-text search and array operators would read every row.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use uuid::Uuid;

use crate::schema::tenant::{product_tags, product_words};
use crate::tenancy::TenantConn;

use super::{ProductError, search_words};

/// What a product is found by: the words of its title, and its tags.
#[derive(Clone, Copy, Debug)]
pub(super) struct SearchEntry<'a> {
    pub product_id: Uuid,
    pub title: &'a str,
    pub tags: &'a [String],
}

/// Adds new products to the tables.
pub(super) fn insert(conn: &mut TenantConn<'_>, products: &[SearchEntry<'_>]) -> Result<(), ProductError> {
    insert_words(conn, products)?;
    insert_tags(conn, products)
}

/// Replaces what the tables have of products whose titles or tags changed.
pub(super) fn replace(conn: &mut TenantConn<'_>, products: &[SearchEntry<'_>]) -> Result<(), ProductError> {
    if products.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = products.iter().map(|entry| entry.product_id).collect();
    let words = diesel::delete(product_words::table.filter(product_words::product_id.eq_any(&ids)));
    conn.prepared_for_rows(ids.len(), words).execute(conn.pg())?;
    let tags = diesel::delete(product_tags::table.filter(product_tags::product_id.eq_any(&ids)));
    conn.prepared_for_rows(ids.len(), tags).execute(conn.pg())?;
    insert(conn, products)
}

fn insert_words(conn: &mut TenantConn<'_>, products: &[SearchEntry<'_>]) -> Result<(), ProductError> {
    let of_title = |entry: &SearchEntry<'_>| search_words::title_words(entry.title);
    insert_pairs(conn, "INSERT INTO product_words (word, product_id)", products, of_title)
}

fn insert_tags(conn: &mut TenantConn<'_>, products: &[SearchEntry<'_>]) -> Result<(), ProductError> {
    let of_tags = |entry: &SearchEntry<'_>| entry.tags.iter().map(|tag| search_words::tag_key(tag)).collect();
    insert_pairs(conn, "INSERT INTO product_tags (tag, product_id)", products, of_tags)
}

/// Inserts all rows in one statement, which binds two arrays. Citus takes no `INSERT … SELECT` under a policy.
fn insert_pairs(
    conn: &mut TenantConn<'_>,
    insert: &str,
    products: &[SearchEntry<'_>],
    keys_of: impl Fn(&SearchEntry<'_>) -> BTreeSet<String>,
) -> Result<(), ProductError> {
    let (mut keys, mut ids) = (Vec::new(), Vec::new());
    for entry in products {
        for key in keys_of(entry) {
            keys.push(key);
            ids.push(entry.product_id);
        }
    }
    if !keys.is_empty() {
        diesel::sql_query(format!("{insert} VALUES (unnest($1), unnest($2))"))
            .bind::<Array<Text>, _>(keys)
            .bind::<Array<SqlUuid>, _>(ids)
            .execute(conn.pg())?;
    }
    Ok(())
}
