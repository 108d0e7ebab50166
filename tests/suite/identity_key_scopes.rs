//! The scopes of API keys: a key does what it is for, and nothing else.

use rocket::http::Method;
use serde_json::{Value, json};

use crate::routes::{Entry, Shelf, of_tenants};
use crate::support::world::text;
use crate::support::{Answer, Caller, Member, Tenants, World};

const SCOPES: [&str; 7] = [
    "products:read",
    "products:write",
    "stock:read",
    "stock:write",
    "orders:read",
    "orders:write",
    "customers:read",
];

/// The scope that a route needs, by its address: said here once more, and not read from the server.
fn needed(entry: &Entry) -> &'static str {
    let thing = ["/customers", "/orders", "/stock", "/products", "/variants", "/imports"]
        .into_iter()
        .find(|thing| entry.route.contains(thing))
        .unwrap();
    let thing = if ["/variants", "/imports"].contains(&thing) { "products" } else { &thing[1..] };
    let act = if entry.method == Method::Get { "read" } else { "write" };
    SCOPES.into_iter().find(|scope| *scope == format!("{thing}:{act}")).unwrap()
}

/// What a key with one scope may do: to write includes to read.
fn allows(scope: &str, needed: &str) -> bool {
    scope == needed || (scope.ends_with(":write") && scope.replace(":write", ":read") == needed)
}

fn make(member: &Member<'_>, role: &str, scopes: &Value) -> Answer {
    member.post("/me/keys", json!({ "name": "Script", "shop": member.shop, "role": role, "scopes": scopes }))
}

fn key<'w>(member: &Member<'w>, role: &str, scopes: &Value) -> Caller<'w> {
    member.with_token(text(&make(member, role, scopes).expect(201)["key"]))
}

fn challenge(answer: &Answer) -> String {
    answer.header("WWW-Authenticate").unwrap_or_default().to_owned()
}

#[test]
fn a_key_of_one_scope_is_refused_on_every_route_that_needs_another() {
    let tenants = Tenants::new();
    let shop = tenants.user("ada").opens_shop("books");
    let mut shelf = Shelf::of(&shop);
    for scope in SCOPES {
        let key = key(&shop, "owner", &json!([scope]));
        for entry in of_tenants() {
            let answer = entry.call(&key, &shelf);
            let needed = needed(entry);
            if allows(scope, needed) {
                let done =
                    (200..300).contains(&answer.status) || answer.json()["code"] == "invalid_transition";
                assert!(done, "{scope}: {answer}");
                shelf = Shelf::of(&shop);
            } else {
                let header = format!("Bearer error=\"insufficient_scope\", scope=\"{needed}\"");
                assert_eq!(challenge(&answer), header, "{scope}: {answer}");
                answer.expect_problem(403, "insufficient_scope");
            }
        }
    }
}

#[test]
fn the_document_says_which_scope_each_route_needs() {
    let tenants = Tenants::new();
    let document = tenants.nobody().raw(Method::Get, "/openapi.json", &[], None).expect(200);
    for entry in of_tenants() {
        let path = entry.route.replace('<', "{").replace('>', "}");
        let operation = &document["paths"][&path][entry.method.as_str().to_lowercase()];
        assert_eq!(operation["x-scope"], needed(entry), "{path}");
    }
}

#[test]
fn a_key_is_not_for_more_than_its_role_may_do() {
    let tenants = Tenants::new();
    let shop = tenants.user("ada").opens_shop("books");
    for scope in ["products:write", "stock:read", "stock:write", "customers:read"] {
        let refused =
            make(&shop, "customer", &json!(["orders:read", scope])).expect_problem(422, "invalid_field");
        assert_eq!(refused["errors"][0]["pointer"], "/scopes/1");
        make(&shop, "staff", &json!([scope])).expect(201);
    }
    for wrong in
        [json!([]), json!(["products"]), json!(["products:*"]), json!("products:read"), json!([null])]
    {
        make(&shop, "owner", &wrong).expect_problem(422, "invalid_field");
    }
    // A scope does not raise the role.
    let customer = key(&shop, "customer", &json!(["orders:write"]));
    let order = Shelf::of(&shop).fill("/orders/{order}/pay");
    customer.post(&order, json!({})).expect_problem(403, "forbidden");
}

#[test]
fn scopes_are_shown_with_what_they_include_and_none_are_all() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let made = make(&shop, "owner", &json!(["orders:write", "products:read", "orders:write"])).expect(201);
    assert_eq!(made["scopes"], json!(["products:read", "orders:read", "orders:write"]));
    assert_eq!(make(&shop, "owner", &Value::Null).expect(201)["scopes"], Value::Null);
    let all = json!({ "name": "Script", "shop": "books", "role": "owner" });
    let all = shop.post("/me/keys", all).expect(201);
    assert_eq!(all["scopes"], Value::Null);
    shop.with_token(text(&all["key"])).get("/customers").expect(200);
}

#[test]
fn a_binary_of_the_former_release_lets_no_key_in_that_has_scopes() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    // What it sends, which knows no scope.
    let enters = |made: &Value| {
        let (schema, user) = (shop.schema(), &shop.user);
        let hash = format!("sha256('{}'::bytea)", text(&made["key"]));
        let entered = world.sql().try_column(format!(
            "SELECT enter_with_key({hash}, '{user}', '{schema}', 'customer', (SELECT schema_version FROM shops))"
        ));
        entered.err().map(|error| error.to_string())
    };
    assert_eq!(enters(&make(&shop, "owner", &Value::Null).expect(201)), None);
    let narrow = make(&shop, "owner", &json!(["products:read"])).expect(201);
    assert_eq!(enters(&narrow).as_deref(), Some("door:forbidden"));
    world.sql().run("UPDATE api_keys SET expires_at = now(), scopes = NULL");
    assert_eq!(enters(&narrow).as_deref(), Some("door:key_revoked"));
}
