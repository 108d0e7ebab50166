//! What is noted of a request while it is served, for its line in the log: who asked, and what it cost.

use std::sync::OnceLock;

use rocket::Request;
use uuid::Uuid;

use crate::metrics::RequestCost;
use crate::tenancy::ShopId;

/// What is noted of one request.
#[derive(Default)]
pub(in crate::http) struct LogFields {
    /// What it spent on the database.
    pub spent: RequestCost,
    caller: OnceLock<(Uuid, Option<ShopId>)>,
    rows: OnceLock<usize>,
}

impl LogFields {
    pub(in crate::http) fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(Self::default)
    }

    /// Notes whose token or key it came with, and for which shop. It need not be let in.
    pub(in crate::http) fn asked_by(&self, user: Uuid, shop: Option<ShopId>) {
        let _ = self.caller.set((user, shop));
    }

    /// Notes how many rows the answer shows.
    pub(in crate::http) fn shows(&self, rows: usize) {
        let _ = self.rows.set(rows);
    }

    /// The user whose token or key it came with.
    pub(in crate::http) fn user(&self) -> Option<Uuid> {
        self.caller.get().map(|(user, _)| *user)
    }

    /// The shop that the token or key is for.
    pub(in crate::http) fn shop(&self) -> Option<ShopId> {
        self.caller.get().and_then(|(_, shop)| *shop)
    }

    /// How many rows the answer shows, when it is a list.
    pub(in crate::http) fn rows(&self) -> Option<usize> {
        self.rows.get().copied()
    }
}
