//! How many products and variants a shop has. Both are rows of `counters`: to count them for each new one would read all.

use std::ops::AddAssign;

use diesel::prelude::*;

use crate::limits::{Limit, Reached};
use crate::schema::tenant::{counters, products, variants};
use crate::tenancy::TenantConn;

use super::ProductError;

/// How many more products and variants there are after a change.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Growth {
    /// More products.
    pub products: i64,
    /// More variants.
    pub variants: i64,
}

impl Growth {
    /// So many more products, and this many variants where there were that many before.
    pub fn new(products: i64, before: usize, after: usize) -> Self {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        Self { products, variants: number(after) - number(before) }
    }
}

impl AddAssign for Growth {
    fn add_assign(&mut self, other: Self) {
        self.products += other.products;
        self.variants += other.variants;
    }
}

/// Counts a change, unless the shop would have more than it may have. This comes last in a transaction: the counters are
/// locked after everything else, products before variants, and from then on others wait for this transaction.
///
/// # Errors
/// [`ProductError::Limit`].
pub fn record(conn: &mut TenantConn<'_>, growth: Growth) -> Result<(), ProductError> {
    add(conn, Limit::Products, growth.products)?;
    add(conn, Limit::Variants, growth.variants)
}

/// Checks that a change would be counted, without counting it.
///
/// # Errors
/// [`ProductError::Limit`].
pub fn check(conn: &mut TenantConn<'_>, growth: Growth) -> Result<(), ProductError> {
    for (limit, more) in [(Limit::Products, growth.products), (Limit::Variants, growth.variants)] {
        if more <= 0 {
            continue;
        }
        let counted = counted(conn, limit)?;
        if conn.check_limit(limit, counted + more).is_err() {
            let there = there(conn, limit)?;
            conn.check_limit(limit, there + more)?;
        }
    }
    Ok(())
}

/// The most products that the shop can have, whatever is added: those that it may have, or those that it has if these are more.
#[derive(Clone, Copy, Debug)]
pub struct Ceiling {
    most: i64,
    reached: Reached,
}

impl Ceiling {
    /// Of this shop; none without a limit.
    pub fn of_products(conn: &mut TenantConn<'_>) -> Result<Option<Self>, ProductError> {
        let Some(value) = conn.limit(Limit::Products) else { return Ok(None) };
        let most = counted(conn, Limit::Products)?.max(value.get().into());
        Ok(Some(Self { most, reached: Reached { limit: Limit::Products, value: value.get() } }))
    }

    /// Checks that there can be so many.
    ///
    /// # Errors
    /// [`ProductError::Limit`].
    pub fn check(&self, products: i64) -> Result<(), ProductError> {
        if products > self.most { Err(self.reached.into()) } else { Ok(()) }
    }
}

fn name(limit: Limit) -> &'static str {
    if limit == Limit::Products { "products" } else { "variants" }
}

fn counted(conn: &mut TenantConn<'_>, limit: Limit) -> Result<i64, ProductError> {
    Ok(counters::table.find(name(limit)).select(counters::value).first(conn.pg())?)
}

/// How many there are. It reads all.
fn there(conn: &mut TenantConn<'_>, limit: Limit) -> Result<i64, ProductError> {
    Ok(if limit == Limit::Products {
        products::table.count().get_result(conn.pg())?
    } else {
        variants::table.count().get_result(conn.pg())?
    })
}

fn add(conn: &mut TenantConn<'_>, limit: Limit, more: i64) -> Result<(), ProductError> {
    if more == 0 {
        return Ok(());
    }
    let counter = counters::table.find(name(limit));
    let counted: i64 = diesel::update(counter)
        .set(counters::value.eq(counters::value + more))
        .returning(counters::value)
        .get_result(conn.pg())?;
    if more < 0 || conn.check_limit(limit, counted).is_ok() {
        return Ok(());
    }
    // The counter may be too high: an older release, during an upgrade, deletes without counting.
    let there = there(conn, limit)?;
    conn.check_limit(limit, there)?;
    diesel::update(counter).set(counters::value.eq(there)).execute(conn.pg())?;
    Ok(())
}
