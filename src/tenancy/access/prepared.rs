//! Statements that a connection keeps prepared, for each shop.
//!
//! PostgreSQL analyses a prepared statement anew whenever the search path is another than the last time. So each shop has a
//! statement of its own: its schema stands in a comment at the end, and Diesel tells statements apart by their text. The connection is
//! replaced after a number of shops, which bounds how many statements it keeps.

use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

use crate::tenancy::shop::ShopId;

/// A statement of one shop, or of `public`.
#[derive(Clone, Copy, Debug)]
pub struct Prepared<Q> {
    statement: Q,
    shop: Option<ShopId>,
    is_kept: bool,
}

impl<Q> Prepared<Q> {
    pub(super) fn new(statement: Q, shop: Option<ShopId>, is_kept: bool) -> Self {
        Self { statement, shop, is_kept }
    }
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Prepared<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.statement.walk_ast(out.reborrow())?;
        if let Some(shop) = self.shop.filter(|_| self.is_kept) {
            out.push_sql(" /* ");
            out.push_sql(&shop.schema());
            out.push_sql(" */");
        }
        Ok(())
    }

    /// Diesel takes text of ours for text that differs each time. The caller knows. It asks this only where rows are loaded: for a
    /// statement that is executed alone it looks at the text itself.
    fn is_safe_to_cache_prepared(&self, _: &Pg) -> QueryResult<bool> {
        Ok(self.is_kept)
    }
}

/// Its text tells it apart, not its type.
impl<Q> QueryId for Prepared<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Prepared<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> RunQueryDsl<PgConnection> for Prepared<Q> {}
