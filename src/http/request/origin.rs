//! Where a request comes from: for the audit log, for the throttle, and for the list of sessions.

use std::convert::Infallible;
use std::net::IpAddr;

use rocket::Request;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use uuid::Uuid;

use crate::audit::{Entry, Event, Place};
use crate::http::request_id::RequestId;
use crate::tenancy::ShopId;

use super::{client, headers};

/// The most characters that are stored of a `User-Agent`.
const AGENT_MAX: usize = 255;

/// Where a request comes from.
#[derive(Clone)]
pub struct Origin {
    /// The id of the request, as in the log.
    pub request_id: String,
    /// The client's address: of the socket, or what a trusted proxy says.
    pub address: Option<IpAddr>,
    /// The client's `User-Agent` without control characters; empty when it sends none.
    pub agent: String,
}

impl Origin {
    pub(in crate::http) fn of(request: &Request<'_>) -> Self {
        let agent = headers::hint(request, "User-Agent").unwrap_or_default();
        Self {
            request_id: RequestId::of(request).0.clone(),
            address: client::address(request),
            agent: agent.chars().filter(|char| !char.is_control()).take(AGENT_MAX).collect(),
        }
    }

    fn place(&self) -> Place {
        let (request_id, agent) = (Some(self.request_id.clone()), self.agent.clone());
        Place { request_id, address: self.address, agent }
    }

    /// An entry of the audit trail: what a user does, from here.
    pub fn entry(&self, event: Event, user: Uuid) -> Entry {
        Entry::by_user(event, user, self.place())
    }

    /// An entry for what somebody tried with a user's account, or with none.
    pub fn failure(&self, event: Event, account: Option<Uuid>) -> Entry {
        Entry::by_unknown(event, self.place()).to(account)
    }

    /// Writes an event only to the audit log, and not to the trail. Its fields never contain a secret.
    pub fn audit(&self, event: &'static str, user: Option<Uuid>, shop: Option<ShopId>) {
        self.audit_act(event, user, None, shop);
    }

    /// The same for an action of one user, `by`, on another.
    pub fn audit_act(&self, event: &'static str, user: Option<Uuid>, by: Option<Uuid>, shop: Option<ShopId>) {
        tracing::info!(
            audit = event,
            request_id = self.request_id,
            user = user.map(tracing::field::display),
            by = by.map(tracing::field::display),
            shop = shop.map(tracing::field::display),
            address = self.address.map(tracing::field::display),
            "audit"
        );
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Origin {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, Infallible> {
        Outcome::Success(Self::of(request))
    }
}
