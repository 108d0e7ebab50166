//! Clients that ask as fast as they are answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use uuid::Uuid;

use super::{Abuse, slow};
use crate::client::Request;
use crate::setup::small_catalogue;
use crate::world::{PASSWORD, address};

const CLIENTS: usize = 64;
/// Of the connections of one shop, those that ask, and those that hold.
const ASKING: usize = 700;
const SILENT: usize = 150;
const HALF_SENT: usize = 150;

/// A thousand connections of one shop.
pub fn connections(abuse: &Arc<Abuse>) {
    let path = format!("/products/{}", abuse.world.sold.id);
    for client in 0..ASKING {
        let token = &abuse.crowd[client % abuse.crowd.len()];
        let request = Request::get(&path).by(token).from(address(3, client));
        abuse.flood(move || request.clone());
    }
    for _ in 0..SILENT {
        slow::hold(abuse, String::new());
    }
    for client in 0..HALF_SENT {
        let head = Request::get(&path).from(address(3, ASKING + client)).head();
        slow::hold(abuse, head.trim_end().to_owned());
    }
}

/// Imports in all shops at once.
pub fn imports(abuse: &Arc<Abuse>) {
    let file = small_catalogue();
    for (client, token) in abuse.owners.iter().enumerate() {
        let request = Request::post_csv("/products/import?on_conflict=update", Arc::clone(&file));
        let request = request.by(token).from(address(4, client));
        abuse.flood(move || request.clone());
    }
}

/// Orders of one variant by many customers.
pub fn orders(abuse: &Arc<Abuse>) {
    let lines = json!([{ "variant_id": abuse.world.sold.variant, "quantity": 1 }]);
    for client in 0..CLIENTS {
        let order = Request::post("/orders", &json!({ "lines": lines }));
        let request = order.by(&abuse.crowd[client % abuse.crowd.len()]).from(address(7, client));
        abuse.flood(move || request.clone());
    }
}

/// Wrong passwords for the accounts of the honest owners.
pub fn guesses(abuse: &Arc<Abuse>) {
    let owners: Vec<String> = abuse.world.honest.iter().map(|shop| shop.owner.clone()).collect();
    from_everywhere(abuse, 5, move |number| {
        let owner = &owners[number % owners.len()];
        let guess = json!({ "email": owner, "password": format!("correct horse {number}") });
        Request::post("/auth/login", &guess)
    });
}

/// Right passwords of other accounts.
pub fn sign_ins(abuse: &Arc<Abuse>) {
    let signers = abuse.world.signers.clone();
    from_everywhere(abuse, 6, move |number| {
        let who = json!({ "email": signers[number % signers.len()], "password": PASSWORD });
        Request::post("/auth/login", &who)
    });
}

/// New users without end.
pub fn registrations(abuse: &Arc<Abuse>) {
    from_everywhere(abuse, 8, |_| {
        let email = format!("{}@example.com", Uuid::now_v7());
        Request::post("/auth/register", &json!({ "email": email, "password": PASSWORD }))
    });
}

/// Starts clients that send requests, counted from 0, each from another of many addresses.
fn from_everywhere(
    abuse: &Arc<Abuse>,
    group: u8,
    request: impl Fn(usize) -> Request + Clone + Send + 'static,
) {
    let next = Arc::new(AtomicUsize::new(0));
    for _ in 0..CLIENTS {
        let (next, request) = (Arc::clone(&next), request.clone());
        abuse.flood(move || {
            let number = next.fetch_add(1, Ordering::Relaxed);
            request(number).from(address(group, number))
        });
    }
}
