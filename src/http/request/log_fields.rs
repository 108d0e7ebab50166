//! The fields of a request's line in the log: who sent it, and what it cost.

use std::sync::OnceLock;

use rocket::Request;
use uuid::Uuid;

use crate::metrics::RequestCost;
use crate::tenancy::ShopId;

/// The log fields of one request.
#[derive(Default)]
pub(in crate::http) struct LogFields {
    /// The time it spent on the database.
    pub spent: RequestCost,
    caller: OnceLock<(Uuid, Option<ShopId>)>,
    rows: OnceLock<usize>,
}

impl LogFields {
    pub(in crate::http) fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(Self::default)
    }

    /// Records the user and the shop of the token or key. The request may still be refused.
    pub(in crate::http) fn asked_by(&self, user: Uuid, shop: Option<ShopId>) {
        let _ = self.caller.set((user, shop));
    }

    /// Records the number of rows in the response.
    pub(in crate::http) fn shows(&self, rows: usize) {
        let _ = self.rows.set(rows);
    }

    /// The user of the token or key.
    pub(in crate::http) fn user(&self) -> Option<Uuid> {
        self.caller.get().map(|(user, _)| *user)
    }

    /// The shop of the token or key.
    pub(in crate::http) fn shop(&self) -> Option<ShopId> {
        self.caller.get().and_then(|(_, shop)| *shop)
    }

    /// The number of rows in the response, if it is a list.
    pub(in crate::http) fn rows(&self) -> Option<usize> {
        self.rows.get().copied()
    }
}
