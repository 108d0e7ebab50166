//! How often a client may ask. A request is counted before its body is read, and before the database is asked.

use std::marker::PhantomData;
use std::sync::Once;

use rocket::Request;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};

use crate::http::problem::reject;
use crate::limits::{Limit, Quotas, TooOften};
use crate::tenancy::{Caller, Credential, ShopId, Tenancy};

use super::client;

/// Counts a request without a token, by the client's address.
pub(super) fn count_address(request: &Request<'_>, quotas: &Quotas) -> Result<(), TooOften> {
    let Some(address) = client::address(request) else { return Ok(()) };
    quotas.count(Limit::AddressRequests, client::network(address)).inspect_err(|_| warn_of_proxy(request))
}

/// Counts a request with an access token that may name no shop.
pub(super) fn count_user(quotas: &Quotas, caller: Caller) -> Result<(), TooOften> {
    quotas.count(Limit::UserRequests, caller.user.as_u128())
}

/// Counts a request in a shop: for the caller, then for the shop. The shop's staff are counted apart, so that its customers
/// do not keep them out.
pub(super) fn count_in_shop(
    request: &Request<'_>,
    quotas: &Quotas,
    credential: Credential,
    shop: ShopId,
) -> Result<(), TooOften> {
    let caller = credential.caller_in(shop);
    match credential {
        Credential::Session(caller) => count_user(quotas, caller)?,
        // Anybody can write something that looks like a key for the shop.
        Credential::Key { .. } if !quotas.has_admitted(caller) => return count_address(request, quotas),
        Credential::Key { .. } => quotas.count_in(shop.0, Limit::KeyRequests, caller)?,
    }
    request.local_cache(|| CountedFor(Some((shop, caller))));
    let number = shop.0.as_u128();
    let sender = if quotas.has_admitted(credential.staff_in(shop)) { !number } else { number };
    quotas.count_in(shop.0, Limit::ShopRequests, sender)
}

/// All clients of a proxy that is not trusted have one address. The operator is told once.
fn warn_of_proxy(request: &Request<'_>) {
    static TOLD: Once = Once::new();
    if client::seems_forwarded(request) {
        TOLD.call_once(|| {
            tracing::warn!(
                peer = request.remote().map(|socket| tracing::field::display(socket.ip())),
                "a request was refused by the limit of its address and names another one: if a proxy sent it, list that in \
                 SHOPHOUSE_TRUSTED_PROXIES"
            );
        });
    }
}

/// The shop and the caller that a request was counted for; none if it was counted for its address.
struct CountedFor(Option<(ShopId, u128)>);

/// A kind of request in a shop that has a limit of its own.
pub trait CountedBy: Send + Sync {
    /// The limit of the shop that it counts for too.
    const LIMIT: Limit;
}

/// A request that is counted by one more limit, for its caller in the shop. Stands after the guard that verifies the caller.
pub struct Counted<L>(PhantomData<L>);

#[rocket::async_trait]
impl<'r, L: CountedBy> FromRequest<'r> for Counted<L> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        match count_by(request, L::LIMIT) {
            Ok(()) => Outcome::Success(Self(PhantomData)),
            // Forwarded to the fallback, which has the body to drain.
            Err(too_often) => Outcome::Forward(reject(request, too_often.into())),
        }
    }
}

fn count_by(request: &Request<'_>, limit: Limit) -> Result<(), TooOften> {
    let counted = request.local_cache(|| CountedFor(None)).0;
    match (request.rocket().state::<Tenancy>(), counted) {
        (Some(tenancy), Some((shop, caller))) => tenancy.quotas().count_in(shop.0, limit, caller),
        _ => Ok(()),
    }
}
