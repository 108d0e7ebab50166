//! What the API says of who belongs to a shop.

use serde_json::{Value, json};

use crate::http::openapi::{Operation, delete, get, patch, post, tagged};
use crate::http::problem::{FORBIDDEN, SHOP_DELETING};
use crate::identity::error::{ALREADY_MEMBER, LAST_OWNER};

use super::queries::Member;
use super::routes::{AddedMember, MemberPatch, NewMember};

pub(in crate::identity) fn operations() -> Vec<Operation> {
    let about = "Who belongs to a shop, and with what role. Only its owners may look at that or change it.";
    tagged("Members", about, [list(), add(), change(), remove()])
}

fn list() -> Operation {
    get("/shops/{id}/members", "List the members")
        .about("In the order in which they registered.")
        .signed_in()
        .lists::<Member>(member())
        .may_fail(&[&FORBIDDEN])
}

fn add() -> Operation {
    post("/shops/{id}/members", "Add a member")
        .about(
            "The user with this email address is a member at once. When nobody has the address, the answer holds a \
             token, this one time: whoever registers with the address and the token becomes a member. It is good for \
             seven days; adding the address again makes a new one. An address alone proves nothing: give the token \
             only to the person.",
        )
        .signed_in()
        .takes::<NewMember>(json!({ "email": "new-clerk@example.com", "role": "staff" }))
        .creates::<AddedMember>(&format!("/api/v1/shops/{SHOP}/members"), added())
        .may_fail(&[&FORBIDDEN, &SHOP_DELETING, &ALREADY_MEMBER])
}

fn change() -> Operation {
    patch("/shops/{id}/members/{user}", "Change a member's role")
        .about("It holds from the member's next request on. A shop always keeps an owner.")
        .signed_in()
        .takes::<MemberPatch>(json!({ "role": "staff" }))
        .fetches::<Member>(member())
        .may_fail(&[&FORBIDDEN, &SHOP_DELETING, &LAST_OWNER])
}

fn remove() -> Operation {
    delete("/shops/{id}/members/{user}", "Remove a member")
        .about(
            "The member is out at once, and the member's API keys for the shop are gone. Anybody may leave a shop this \
             way; but a shop always keeps an owner.",
        )
        .signed_in()
        .may_fail(&[&FORBIDDEN, &SHOP_DELETING, &LAST_OWNER])
}

const SHOP: &str = "01a2059f-cec2-731f-9720-9e3861d41121";

fn member() -> Value {
    json!({
        "user_id": "01a2059f-ce42-74f0-a976-558e1fd0b4e3",
        "email": "bob@example.com",
        "name": "Bob",
        "role": "staff",
        "created_at": "2026-11-22T23:38:08.962953Z",
    })
}

fn added() -> Value {
    json!({
        "user_id": null,
        "email": "new-clerk@example.com",
        "name": "",
        "role": "staff",
        "created_at": "2026-11-22T23:38:08.962953Z",
        "invitation": {
            "token": "b0a1lTFf5mZJt9cWmT3kq0cV0aWQ2w8o8m2m0d1yq1E",
            "expires_at": "2026-11-29T23:38:08.962953Z",
        },
    })
}
