//! What the API says of the caller's shops.

use serde_json::{Value, json};

use crate::http::openapi::{Operation, delete, get, patch, post, tagged};
use crate::http::problem::FORBIDDEN;
use crate::identity::error::{NOT_RESTORABLE, SLUG_TAKEN};

use super::routes::{NewShopBody, ShopConfirmation, ShopPatch, ShopView};

pub(in crate::identity) fn operations() -> Vec<Operation> {
    let operations = [create(), list(), read(), update(), close(), restore()];
    tagged("Shops", "The shops that the caller belongs to.", operations)
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

fn close() -> Operation {
    delete("/shops/{id}", "Delete a shop")
        .about(
            "Only by an owner, who confirms it with the shop's slug. The shop is closed at once, and erased with all that is \
             in it at `erase_after`; until then it can be restored, and its slug stays taken. Deleting it again changes nothing.",
        )
        .signed_in()
        .takes::<ShopConfirmation>(json!({ "slug": "the-attic" }))
        .fetches::<ShopView>(deleted())
        .with_etag()
        .if_match()
        .may_fail(&[&FORBIDDEN])
}

fn restore() -> Operation {
    post("/shops/{id}/restore", "Restore a deleted shop")
        .about("Only by an owner, and only until it is erased. The shop returns to the state it had.")
        .signed_in()
        .fetches::<ShopView>(shop())
        .may_fail(&[&FORBIDDEN, &NOT_RESTORABLE])
}

fn deleted() -> Value {
    let mut shop = shop();
    shop["state"] = json!("deleting");
    shop["erase_after"] = json!("2026-12-23T09:30:00Z");
    shop
}

/// The shop of the examples.
pub(in crate::identity) fn shop() -> Value {
    json!({
        "id": "01a2059f-cec2-731f-9720-9e3861d41121",
        "slug": "the-attic",
        "name": "The Attic",
        "description": "Things that deserve a second home.",
        "currency": "EUR",
        "state": "active",
        "role": "owner",
        "erase_after": null,
        "created_at": "2026-11-22T23:38:08.962953Z",
        "updated_at": "2026-11-22T23:38:08.962953Z",
    })
}
