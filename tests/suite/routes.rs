//! The table of all routes: who may call each, and with what it may be called. `isolation` holds it against
//! the routes that are mounted.

use rocket::http::{ContentType, Method};
use serde_json::json;

use crate::support::world::text;
use crate::support::{Answer, Caller, Member};

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Who {
    /// Everybody.
    Anyone,
    /// Whoever has a token.
    SignedIn,
    /// Members of the token's shop, with this role at least.
    AtLeast(&'static str),
}
use Who::{Anyone, AtLeast, SignedIn};

/// A route, and a request to it that is valid but for who sends it.
pub struct Entry {
    pub method: Method,
    /// As it is mounted.
    pub route: &'static str,
    pub who: Who,
    /// The same with places for ids, as in [`Shelf::fill`].
    pub path: &'static str,
    /// JSON, or CSV when it does not begin with a brace.
    pub body: &'static str,
}

const fn entry(
    method: Method,
    route: &'static str,
    who: Who,
    path: &'static str,
    body: &'static str,
) -> Entry {
    Entry { method, route, who, path, body }
}

const PRODUCT: &str = r#"{"title": "Hat", "price": {"amount": 1}}"#;
const VARIANT: &str = r#"{"options": {"Size": "L"}, "price": {"amount": 1}}"#;
const ORDER: &str = r#"{"lines": [{"variant_id": "{variant}", "quantity": 1}]}"#;
const PERSON: &str = r#"{"email": "new@example.com", "password": "correct horse"}"#;
const SHOP: &str = r#"{"name": "New", "slug": "new"}"#;
const PASSWORDS: &str = r#"{"current_password": "correct horse", "password": "correct horse"}"#;
const KEY: &str = r#"{"name": "Script", "shop": "{shop}", "role": "customer"}"#;
const TOKEN: &str = r#"{"token": "token-{offer}"}"#;
const MEMBER: &str = r#"{"email": "clerk@example.com", "role": "staff"}"#;

use Method::{Delete, Get, Patch, Post, Put};

/// Add a line for every new route.
#[rustfmt::skip]
pub const ROUTES: &[Entry] = &[
    entry(Get, "/health/live", Anyone, "/health/live", ""),
    entry(Get, "/health/ready", Anyone, "/health/ready", ""),
    entry(Get, "/metrics", Anyone, "/metrics", ""),
    entry(Get, "/openapi.json", Anyone, "/openapi.json", ""),
    entry(Get, "/docs", Anyone, "/docs", ""),
    entry(Get, "/", Anyone, "/", ""),
    entry(Get, "/docs/problems", Anyone, "/docs/problems", ""),
    entry(Get, "/docs/first-calls", Anyone, "/docs/first-calls", ""),
    entry(Get, "/docs/<file>", Anyone, "/docs/docs.js", ""),
    entry(Get, "/api/v1", Anyone, "/api/v1/", ""),
    entry(Post, "/api/v1/auth/register", Anyone, "/api/v1/auth/register", PERSON),
    entry(Post, "/api/v1/auth/login", Anyone, "/api/v1/auth/login", PERSON),
    entry(Post, "/api/v1/auth/refresh", Anyone, "/api/v1/auth/refresh", r#"{"refresh_token": ""}"#),
    entry(Post, "/api/v1/auth/switch", SignedIn, "/api/v1/auth/switch", r#"{"shop": null}"#),
    entry(Post, "/api/v1/auth/logout", SignedIn, "/api/v1/auth/logout", "{}"),
    entry(Post, "/api/v1/auth/forgot", Anyone, "/api/v1/auth/forgot", r#"{"email": "nobody@example.com"}"#),
    entry(Post, "/api/v1/auth/reset", Anyone, "/api/v1/auth/reset", r#"{"token": "", "password": "correct horse"}"#),
    entry(Post, "/api/v1/auth/verify", Anyone, "/api/v1/auth/verify", r#"{"token": ""}"#),
    entry(Post, "/api/v1/auth/verify/resend", SignedIn, "/api/v1/auth/verify/resend", ""),
    entry(Get, "/api/v1/me", SignedIn, "/api/v1/me", ""),
    entry(Patch, "/api/v1/me", SignedIn, "/api/v1/me", r#"{"name": "New"}"#),
    entry(Delete, "/api/v1/me", SignedIn, "/api/v1/me", r#"{"password": "correct horse"}"#),
    entry(Put, "/api/v1/me/password", SignedIn, "/api/v1/me/password", PASSWORDS),
    entry(Get, "/api/v1/me/sessions", SignedIn, "/api/v1/me/sessions", ""),
    entry(Delete, "/api/v1/me/sessions/<id>", SignedIn, "/api/v1/me/sessions/{session}", ""),
    entry(Get, "/api/v1/me/factors", SignedIn, "/api/v1/me/factors", ""),
    entry(Post, "/api/v1/me/factors/totp", SignedIn, "/api/v1/me/factors/totp", r#"{"password": "correct horse"}"#),
    entry(Post, "/api/v1/me/factors/totp/confirm", SignedIn, "/api/v1/me/factors/totp/confirm", r#"{"code": "000000"}"#),
    entry(Put, "/api/v1/me/factors/totp/recovery-codes", SignedIn, "/api/v1/me/factors/totp/recovery-codes", r#"{"password": "correct horse"}"#),
    entry(Delete, "/api/v1/me/factors/totp", SignedIn, "/api/v1/me/factors/totp", r#"{"password": "correct horse"}"#),
    entry(Get, "/api/v1/me/activity", SignedIn, "/api/v1/me/activity", ""),
    entry(Get, "/api/v1/me/keys", SignedIn, "/api/v1/me/keys", ""),
    entry(Post, "/api/v1/me/keys", SignedIn, "/api/v1/me/keys", KEY),
    entry(Get, "/api/v1/me/keys/<id>", SignedIn, "/api/v1/me/keys/{key}", ""),
    entry(Post, "/api/v1/me/keys/<id>/rotate", SignedIn, "/api/v1/me/keys/{key}/rotate", "{}"),
    entry(Delete, "/api/v1/me/keys/<id>", SignedIn, "/api/v1/me/keys/{key}", ""),
    entry(Get, "/api/v1/me/invitations", SignedIn, "/api/v1/me/invitations", ""),
    entry(Post, "/api/v1/me/invitations/accept", SignedIn, "/api/v1/me/invitations/accept", TOKEN),
    entry(Post, "/api/v1/me/invitations/decline", SignedIn, "/api/v1/me/invitations/decline", TOKEN),
    entry(Post, "/api/v1/me/invitations/<id>/accept", SignedIn, "/api/v1/me/invitations/{offer}/accept", ""),
    entry(Post, "/api/v1/me/invitations/<id>/decline", SignedIn, "/api/v1/me/invitations/{offer}/decline", ""),
    entry(Get, "/api/v1/shops", SignedIn, "/api/v1/shops", ""),
    entry(Post, "/api/v1/shops", SignedIn, "/api/v1/shops", SHOP),
    entry(Get, "/api/v1/shops/<id>", SignedIn, "/api/v1/shops/{shop}", ""),
    entry(Patch, "/api/v1/shops/<id>", SignedIn, "/api/v1/shops/{shop}", r#"{"name": "New"}"#),
    entry(Delete, "/api/v1/shops/<id>", SignedIn, "/api/v1/shops/{shop}", r#"{"slug": "{slug}"}"#),
    entry(Post, "/api/v1/shops/<id>/restore", SignedIn, "/api/v1/shops/{shop}/restore", ""),
    entry(Get, "/api/v1/shops/<id>/audit", SignedIn, "/api/v1/shops/{shop}/audit", ""),
    entry(Get, "/api/v1/shops/<id>/members", SignedIn, "/api/v1/shops/{shop}/members", ""),
    entry(Post, "/api/v1/shops/<id>/members", SignedIn, "/api/v1/shops/{shop}/members", MEMBER),
    entry(Patch, "/api/v1/shops/<id>/members/<user>", SignedIn, "/api/v1/shops/{shop}/members/{member}", r#"{"role": "staff"}"#),
    entry(Delete, "/api/v1/shops/<id>/members/<user>", SignedIn, "/api/v1/shops/{shop}/members/{member}", ""),
    entry(Get, "/api/v1/shops/<id>/invitations", SignedIn, "/api/v1/shops/{shop}/invitations", ""),
    entry(Get, "/api/v1/shops/<id>/invitations/<invitation>", SignedIn, "/api/v1/shops/{shop}/invitations/{invited}", ""),
    entry(Post, "/api/v1/shops/<id>/invitations/<invitation>/resend", SignedIn, "/api/v1/shops/{shop}/invitations/{invited}/resend", ""),
    entry(Delete, "/api/v1/shops/<id>/invitations/<invitation>", SignedIn, "/api/v1/shops/{shop}/invitations/{invited}", ""),
    entry(Get, "/api/v1/products", AtLeast("customer"), "/api/v1/products", ""),
    entry(Post, "/api/v1/products", AtLeast("staff"), "/api/v1/products", PRODUCT),
    entry(Post, "/api/v1/products/import", AtLeast("staff"), "/api/v1/products/import", "Handle,Title,Variant Price\nhat,Hat,1.00\n"),
    entry(Get, "/api/v1/products/export", AtLeast("staff"), "/api/v1/products/export", ""),
    entry(Get, "/api/v1/products/<id>", AtLeast("customer"), "/api/v1/products/{product}", ""),
    entry(Put, "/api/v1/products/<id>", AtLeast("staff"), "/api/v1/products/{product}", PRODUCT),
    entry(Patch, "/api/v1/products/<id>", AtLeast("staff"), "/api/v1/products/{product}", r#"{"title": "Hat"}"#),
    entry(Delete, "/api/v1/products/<id>", AtLeast("staff"), "/api/v1/products/{product}", ""),
    entry(Get, "/api/v1/products/<id>/variants", AtLeast("customer"), "/api/v1/products/{product}/variants", ""),
    entry(Get, "/api/v1/products/<id>/variants/<variant>", AtLeast("customer"), "/api/v1/products/{product}/variants/{variant}", ""),
    entry(Get, "/api/v1/variants/<id>", AtLeast("customer"), "/api/v1/variants/{variant}", ""),
    entry(Post, "/api/v1/products/<id>/variants", AtLeast("staff"), "/api/v1/products/{product}/variants", VARIANT),
    entry(Patch, "/api/v1/products/<id>/variants/<variant>", AtLeast("staff"), "/api/v1/products/{product}/variants/{variant}", r#"{"grams": 5}"#),
    entry(Delete, "/api/v1/products/<id>/variants/<variant>", AtLeast("staff"), "/api/v1/products/{product}/variants/{variant}", ""),
    entry(Post, "/api/v1/stock/import", AtLeast("staff"), "/api/v1/stock/import", "Handle,Title,SKU,On hand\n"),
    entry(Get, "/api/v1/imports", AtLeast("staff"), "/api/v1/imports", ""),
    entry(Get, "/api/v1/imports/<id>", AtLeast("staff"), "/api/v1/imports/{import}", ""),
    entry(Post, "/api/v1/imports/<id>/cancel", AtLeast("staff"), "/api/v1/imports/{import}/cancel", ""),
    entry(Get, "/api/v1/variants/<id>/stock", AtLeast("staff"), "/api/v1/variants/{variant}/stock", ""),
    entry(Post, "/api/v1/variants/<id>/stock", AtLeast("staff"), "/api/v1/variants/{variant}/stock", r#"{"delta": 1, "reason": "found"}"#),
    entry(Get, "/api/v1/orders", AtLeast("customer"), "/api/v1/orders", ""),
    entry(Post, "/api/v1/orders", AtLeast("customer"), "/api/v1/orders", ORDER),
    entry(Get, "/api/v1/orders/<id>", AtLeast("customer"), "/api/v1/orders/{order}", ""),
    entry(Post, "/api/v1/orders/<id>/pay", AtLeast("staff"), "/api/v1/orders/{order}/pay", ""),
    entry(Post, "/api/v1/orders/<id>/fulfil", AtLeast("staff"), "/api/v1/orders/{order}/fulfil", ""),
    entry(Post, "/api/v1/orders/<id>/fulfill", AtLeast("staff"), "/api/v1/orders/{order}/fulfill", ""),
    entry(Post, "/api/v1/orders/<id>/cancel", AtLeast("customer"), "/api/v1/orders/{order}/cancel", ""),
    entry(Post, "/api/v1/orders/<id>/refund", AtLeast("staff"), "/api/v1/orders/{order}/refund", ""),
    entry(Post, "/api/v1/orders/<id>/hold", AtLeast("staff"), "/api/v1/orders/{order}/hold", r#"{"until": null}"#),
    entry(Get, "/api/v1/customers", AtLeast("staff"), "/api/v1/customers", ""),
    entry(Get, "/api/v1/customers/<id>", AtLeast("staff"), "/api/v1/customers/{user}", ""),
    entry(Get, "/api/v1/storefront/<slug>/products", Anyone, "/api/v1/storefront/{slug}/products", ""),
    entry(Get, "/api/v1/storefront/<slug>/products/<handle>", Anyone, "/api/v1/storefront/{slug}/products/{handle}", ""),
    entry(Post, "/api/v1/storefront/<slug>/join", SignedIn, "/api/v1/storefront/{slug}/join", ""),
];

/// One thing of each kind that a shop has, by id.
pub struct Shelf {
    shop: String,
    product: String,
    variant: String,
    order: String,
    /// One that has ended.
    import: String,
    user: String,
    slug: String,
    handle: String,
    /// Of the shop, beside whoever filled the shelf.
    member: String,
    /// Of whoever filled the shelf.
    session: String,
    key: String,
    /// To the shop.
    invitation: String,
    /// A higher role for the shelf's customer.
    offer: String,
}

/// The places of ids, each of which belongs to one shop; slugs and handles are everybody's.
pub const IDS: [&str; 11] = [
    "{shop}",
    "{product}",
    "{variant}",
    "{order}",
    "{import}",
    "{user}",
    "{member}",
    "{session}",
    "{key}",
    "{invited}",
    "{offer}",
];

impl Shelf {
    /// Puts new things on the shelf of a shop, by somebody of its staff.
    pub fn of(staff: &Member<'_>) -> Self {
        Self::of_customer(staff, staff)
    }

    /// The same, and the order is a customer's.
    pub fn of_customer(staff: &Member<'_>, customer: &Member<'_>) -> Self {
        let size =
            |size: &str| json!({ "options": { "Size": size }, "price": { "amount": 100 }, "stock": 9 });
        let shirt = json!({ "title": "Shirt", "options": ["Size"], "variants": [size("S"), size("M")] });
        let product = staff.post("/products", shirt).expect(201);
        let variant = text(&product["variants"][0]["id"]);
        let order = json!({ "lines": [{ "variant_id": variant, "quantity": 1 }] });
        let order = customer.post("/orders", order).expect(201);
        staff.imports("?partial=true", "Handle,Title\n").expect(200);
        let import = text(&staff.get("/imports").expect(200)["data"][0]["id"]);
        let slug = text(&staff.get(&format!("/shops/{}", staff.shop)).expect(200)["slug"]);
        let [member, session, key] = staff.has_belongings();
        let [invitation, offer] = staff.has_invited(&customer.user);
        Self {
            shop: staff.shop.clone(),
            product: text(&product["id"]),
            variant,
            order: text(&order["id"]),
            import,
            user: staff.user.clone(),
            slug,
            handle: text(&product["handle"]),
            member,
            session,
            key,
            invitation,
            offer,
        }
    }

    /// Nothing at all, for routes that take no ids.
    pub fn none() -> Self {
        let [
            shop,
            product,
            variant,
            order,
            import,
            user,
            slug,
            handle,
            member,
            session,
            key,
            invitation,
            offer,
        ] = [const { String::new() }; 13];
        Self {
            shop,
            product,
            variant,
            order,
            import,
            user,
            slug,
            handle,
            member,
            session,
            key,
            invitation,
            offer,
        }
    }

    /// Puts the ids into their places.
    pub fn fill(&self, template: &str) -> String {
        let Self {
            shop,
            product,
            variant,
            order,
            import,
            user,
            slug,
            handle,
            member,
            session,
            key,
            invitation,
            offer,
        } = self;
        let ids = [shop, product, variant, order, import, user, member, session, key, invitation, offer];
        IDS.into_iter()
            .zip(ids)
            .chain([("{slug}", slug), ("{handle}", handle)])
            .fold(template.to_owned(), |text, (place, id)| text.replace(place, id))
    }
}

impl Entry {
    /// Calls the route with the ids of a shelf.
    pub fn call(&self, caller: &Caller<'_>, shelf: &Shelf) -> Answer {
        self.call_with(caller, shelf, &[])
    }

    /// The same, with headers.
    pub fn call_with(&self, caller: &Caller<'_>, shelf: &Shelf, headers: &[(&str, &str)]) -> Answer {
        let content_type = if self.body.starts_with('{') { ContentType::JSON } else { ContentType::CSV };
        let body = (!self.body.is_empty()).then(|| (content_type, shelf.fill(self.body).into_bytes()));
        caller.raw(self.method, &shelf.fill(self.path), headers, body)
    }

    /// Whether it is for whoever is invited: the customer of a shelf.
    pub fn is_for_the_invited(&self) -> bool {
        self.route.starts_with("/api/v1/me/invitations/")
    }

    /// Whether a request to it names something that belongs to one shop.
    pub fn takes_ids(&self) -> bool {
        IDS.iter().any(|place| self.path.contains(place))
    }
}

/// The routes that ask for a token.
pub fn guarded() -> impl Iterator<Item = &'static Entry> {
    ROUTES.iter().filter(|entry| entry.who != Anyone)
}

/// The routes that work inside a shop.
pub fn of_tenants() -> impl Iterator<Item = &'static Entry> {
    ROUTES.iter().filter(|entry| matches!(entry.who, AtLeast(_)))
}
