//! Where a request comes from: for the audit log, for the throttle, and for telling sessions apart.

use std::convert::Infallible;
use std::net::IpAddr;

use rocket::Request;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use uuid::Uuid;

use crate::http::request_id::RequestId;
use crate::tenancy::ShopId;

/// Characters that are kept of what a client calls itself.
const AGENT_MAX: usize = 255;

/// Where a request comes from.
pub struct Origin {
    /// Names the request in the log.
    pub request_id: String,
    /// The client's address: the socket's, or what the configured proxy header says.
    pub address: Option<IpAddr>,
    /// The client's `User-Agent`, as far as it is text; empty when it sends none.
    pub agent: String,
}

impl Origin {
    pub(in crate::http) fn of(request: &Request<'_>) -> Self {
        let agent = request.headers().get_one("User-Agent").unwrap_or_default();
        Self {
            request_id: RequestId::of(request).0.clone(),
            address: request.client_ip(),
            agent: agent.chars().filter(|char| !char.is_control()).take(AGENT_MAX).collect(),
        }
    }

    /// Writes an event to the audit log. Nobody's secret is ever among its fields.
    pub fn audit(&self, event: &'static str, user: Option<Uuid>, shop: Option<ShopId>) {
        self.audit_act(event, user, None, shop);
    }

    /// The same for what one user, `by`, does to another.
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
