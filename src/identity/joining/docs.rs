//! What the API says of joining a shop.

use serde_json::{Value, json};

use crate::http::openapi::{Operation, post, tagged};
use crate::identity::shops::docs;
use crate::identity::shops::routes::ShopView;
use crate::tenancy::Slug;

pub(in crate::identity) fn operations() -> Vec<Operation> {
    let about = "The catalogue of a shop, for everybody, and becoming one of its customers.";
    tagged("Storefront", about, [join()])
}

fn join() -> Operation {
    post("/storefront/{slug}/join", "Join a shop")
        .about(
            "The caller becomes a customer of the shop. For whoever belongs to it already, nothing changes.",
        )
        .in_path::<Slug>("slug", "The shop's slug.")
        .signed_in()
        .creates::<ShopView>("/api/v1/shops/01a2059f-cec2-731f-9720-9e3861d41121", shop())
        .with_etag()
        .also_answers(200, "The shop; the caller belonged to it already.")
}

fn shop() -> Value {
    let mut shop = docs::shop();
    shop["role"] = json!("customer");
    shop
}
