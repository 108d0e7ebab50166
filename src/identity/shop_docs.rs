//! What the API says of the caller's shops.

use serde_json::{Value, json};

use crate::http::openapi::{Operation, get, patch, post, tagged};
use crate::http::problem::FORBIDDEN;

use super::error::SLUG_TAKEN;
use super::shop_routes::{NewShopBody, ShopPatch, ShopView};

pub(super) fn operations() -> Vec<Operation> {
    tagged("Shops", "The shops that the caller belongs to.", [create(), list(), read(), update()])
}

fn create() -> Operation {
    post("/shops", "Open a shop")
        .about(
            "The caller becomes its owner. When this answers, the shop's tables are there; `POST /auth/switch` gives a \
             token to work in it.",
        )
        .signed_in()
        .takes::<NewShopBody>(json!({
            "name": "The Attic",
            "slug": "the-attic",
            "description": "Things that deserve a second home.",
            "currency": "EUR",
        }))
        .creates::<ShopView>("/api/v1/shops/01a2059f-cec2-731f-9720-9e3861d41121", shop())
        .with_etag()
        .may_fail(&[&SLUG_TAKEN])
}

fn list() -> Operation {
    get("/shops", "List my shops")
        .about("Newest first, each with the caller's role in it.")
        .signed_in()
        .lists::<ShopView>(shop())
}

fn read() -> Operation {
    get("/shops/{id}", "Get a shop").about("One of mine.").signed_in().fetches::<ShopView>(shop()).with_etag()
}

fn update() -> Operation {
    patch("/shops/{id}", "Change a shop")
        .about("Only by an owner of the shop. The currency stays: prices are amounts of it.")
        .signed_in()
        .takes::<ShopPatch>(json!({ "description": "Open on Saturdays." }))
        .fetches::<ShopView>(shop())
        .with_etag()
        .if_match()
        .may_fail(&[&FORBIDDEN, &SLUG_TAKEN])
}

/// The shop of the examples.
pub(super) fn shop() -> Value {
    json!({
        "id": "01a2059f-cec2-731f-9720-9e3861d41121",
        "slug": "the-attic",
        "name": "The Attic",
        "description": "Things that deserve a second home.",
        "currency": "EUR",
        "state": "active",
        "role": "owner",
        "created_at": "2026-11-22T23:38:08.962953Z",
        "updated_at": "2026-11-22T23:38:08.962953Z",
    })
}
