//! How many products and variants a shop has. Both are rows of `counters`: to count them for each new one would read all.

use std::ops::AddAssign;

use diesel::prelude::*;

use crate::limits::Limit;
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

fn add(conn: &mut TenantConn<'_>, limit: Limit, more: i64) -> Result<(), ProductError> {
    if more == 0 {
        return Ok(());
    }
    let name = if limit == Limit::Products { "products" } else { "variants" };
    let counter = counters::table.find(name);
    let counted: i64 = diesel::update(counter)
        .set(counters::value.eq(counters::value + more))
        .returning(counters::value)
        .get_result(conn.pg())?;
    if more < 0 || conn.check_limit(limit, counted).is_ok() {
        return Ok(());
    }
    // The counter may be too high: an older release, during an upgrade, deletes without counting.
    let there: i64 = if limit == Limit::Products {
        products::table.count().get_result(conn.pg())?
    } else {
        variants::table.count().get_result(conn.pg())?
    };
    conn.check_limit(limit, there)?;
    diesel::update(counter).set(counters::value.eq(there)).execute(conn.pg())?;
    Ok(())
}
