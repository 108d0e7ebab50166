//! The table of all bodies: each field, the values it accepts, and what happens when it is left out.
//! `bad_input` compares the table with the fields that the routes know.

use rocket::http::Method::{self, Delete, Patch, Post, Put};

/// The values that a field accepts.
#[derive(Clone, Copy)]
pub enum Kind {
    /// Text of this many characters.
    Text(usize, usize),
    /// Any text; its meaning is checked later.
    Token,
    /// One of some words.
    Status,
    Email,
    Password,
    Slug,
    ShopName,
    Handle,
    Currency,
    Url,
    Uuid,
    /// A time in RFC 3339.
    Time,
    /// An integer of a range.
    Whole(i64, i64),
    Flag,
    /// A list of this many entries.
    List(usize, usize),
    /// An object with fields of its own.
    Object,
    /// An object whose fields the client names.
    Map,
}
use Kind::{
    Currency, Email, Flag, Handle, List, Map, Object, Password, ShopName, Slug, Status, Text, Time, Token,
    Url, Uuid, Whole,
};

const LINE: Kind = Text(1, 255);
const WORD: Kind = Text(0, 255);
const PROSE: Kind = Text(0, 100_000);
const DESCRIPTION: Kind = Text(0, 512_000);
const ALT: Kind = Text(0, 512);
const AMOUNT: Kind = Whole(0, (1 << 53) - 1);
const STOCK: Kind = Whole(-1_000_000_000, 1_000_000_000);
const HOLD_MINUTES: Kind = Whole(0, 43_200);
const GRAMS: Kind = Whole(0, 1_000_000_000);

/// The result when a field is left out, or null.
pub enum Then {
    Fine,
    /// `missing_field`, at the field.
    Missing,
    /// `invalid_field`, at the pointer.
    Wrong(String),
    /// It depends on another field.
    Unasked,
}
use Then::{Fine, Missing, Unasked, Wrong};

pub struct Field {
    pub pointer: String,
    pub kind: Kind,
    pub absent: Then,
    pub null: Then,
}

/// A valid body, and its fields. If a route has two bodies, they cover all its fields together.
pub struct Case {
    pub method: Method,
    /// The route, as it is mounted.
    pub route: &'static str,
    /// With placeholders for ids; `{n}` is a new number each time, `{refresh}`, `{reset}`, `{proof}` and `{invitation}` are tokens;
    /// `{code}` is the first code of a second factor, `{used}` and `{recovery}` are codes of one.
    pub body: &'static str,
    pub fields: Vec<Field>,
}

impl Case {
    /// Whether filling the placeholders creates rows.
    pub fn makes_rows(&self) -> bool {
        let places = ["{refresh}", "{reset}", "{proof}", "{invitation}", "{code}", "{recovery}"];
        places.iter().any(|place| self.body.contains(place))
    }
}

fn field(pointer: &str, kind: Kind, absent: Then, null: Then) -> Field {
    Field { pointer: pointer.to_owned(), kind, absent, null }
}

/// A required field.
fn must(pointer: &str, kind: Kind) -> Field {
    field(pointer, kind, Missing, wrong(pointer))
}

/// An optional field that must not be null.
fn may(pointer: &str, kind: Kind) -> Field {
    field(pointer, kind, Fine, wrong(pointer))
}

/// An optional field; null means left out.
fn nullable(pointer: &str, kind: Kind) -> Field {
    field(pointer, kind, Fine, Fine)
}

/// A field that another field requires; it must not be null.
fn needed(pointer: &str, kind: Kind, by: &str) -> Field {
    field(pointer, kind, wrong(by), wrong(pointer))
}

/// An entry of a list.
fn entry(pointer: &str, kind: Kind) -> Field {
    field(pointer, kind, Unasked, wrong(pointer))
}

fn wrong(pointer: &str) -> Then {
    Wrong(pointer.to_owned())
}

/// The fields of a price.
fn price(at: &str) -> Vec<Field> {
    vec![must(&format!("{at}/amount"), AMOUNT), nullable(&format!("{at}/currency"), Currency)]
}

/// The fields of a variant, which has a value for the option `Size`.
fn variant(at: &str) -> Vec<Field> {
    let own = |name: &str| format!("{at}/{name}");
    let options = own("options");
    let mut fields = vec![
        nullable(&own("id"), Uuid),
        nullable(&own("sku"), LINE),
        needed(&options, Map, &options),
        needed(&format!("{options}/Size"), LINE, &options),
        must(&own("price"), Object),
        nullable(&own("compare_at_price"), Object),
        nullable(&own("track_stock"), Flag),
        may(&own("allow_oversell"), Flag),
        nullable(&own("stock"), STOCK),
        nullable(&own("barcode"), LINE),
        may(&own("grams"), GRAMS),
    ];
    fields.extend(price(&own("price")));
    fields.extend(price(&own("compare_at_price")));
    fields
}

/// The fields that a product shares with a change of one.
fn product(rest: Vec<Field>) -> Vec<Field> {
    let mut fields = vec![
        may("/description", DESCRIPTION),
        may("/vendor", WORD),
        may("/product_type", WORD),
        may("/tags", List(0, 250)),
        entry("/tags/0", LINE),
        may("/status", Status),
        entry("/options/0", LINE),
        entry("/variants/0", Object),
        may("/images", List(0, 250)),
        entry("/images/0", Object),
        must("/images/0/url", Url),
        may("/images/0/alt", ALT),
    ];
    fields.extend(variant("/variants/0"));
    fields.extend(rest);
    fields
}

fn whole_product() -> Vec<Field> {
    product(vec![
        must("/title", LINE),
        nullable("/handle", Handle),
        needed("/options", List(0, 3), "/variants/0/options"),
        field("/variants", List(1, 2048), Unasked, Unasked),
    ])
}

/// A product whose only variant is given by the fields of the product.
fn short_product() -> Vec<Field> {
    let mut fields = price("/price");
    fields.extend([
        must("/title", LINE),
        field("/price", Object, Unasked, Unasked),
        nullable("/sku", LINE),
        nullable("/stock", STOCK),
    ]);
    fields
}

fn product_patch() -> Vec<Field> {
    product(vec![
        may("/title", LINE),
        may("/handle", Handle),
        may("/options", List(0, 3)),
        may("/variants", List(1, 2048)),
    ])
}

fn variant_patch() -> Vec<Field> {
    let mut fields = vec![
        nullable("/sku", LINE),
        may("/options", Map),
        needed("/options/Size", LINE, "/options"),
        may("/price", Object),
        nullable("/compare_at_price", Object),
        may("/track_stock", Flag),
        may("/allow_oversell", Flag),
        nullable("/barcode", LINE),
        may("/grams", GRAMS),
    ];
    fields.extend(price("/price"));
    fields.extend(price("/compare_at_price"));
    fields
}

fn order() -> Vec<Field> {
    let address = ["name", "company", "address1", "address2", "city", "province", "zip", "country", "phone"];
    let mut fields = vec![
        must("/lines", List(1, 200)),
        entry("/lines/0", Object),
        must("/lines/0/variant_id", Uuid),
        must("/lines/0/quantity", Whole(1, 1_000_000)),
        nullable("/shipping_address", Object),
        nullable("/customer_id", Uuid),
        nullable("/email", Email),
        may("/note", PROSE),
    ];
    fields.extend(address.iter().map(|name| may(&format!("/shipping_address/{name}"), WORD)));
    fields
}

const PRODUCT: &str = r#"{"title": "T", "handle": "h-{n}", "description": "d", "vendor": "v", "product_type": "t",
    "tags": ["a"], "status": "active", "options": ["Size"], "variants": [{"sku": "s-{n}", "options": {"Size": "S"},
    "price": {"amount": 1, "currency": "USD"}, "compare_at_price": {"amount": 2, "currency": "USD"},
    "track_stock": true, "allow_oversell": false, "stock": 3, "barcode": "b", "grams": 1}],
    "images": [{"url": "https://i.example/1", "alt": "a"}]}"#;
const SHORT: &str =
    r#"{"title": "T", "price": {"amount": 1, "currency": "USD"}, "sku": "s-{n}", "stock": 3}"#;
const VARIANT: &str = r#"{"sku": "s-{n}", "options": {"Size": "L{n}"}, "price": {"amount": 1, "currency": "USD"},
    "compare_at_price": {"amount": 2, "currency": "USD"}, "track_stock": true, "allow_oversell": false,
    "stock": 3, "barcode": "b", "grams": 1}"#;
const VARIANT_PATCH: &str = r#"{"sku": "s-{n}", "options": {"Size": "S"}, "price": {"amount": 1, "currency": "USD"},
    "compare_at_price": {"amount": 2, "currency": "USD"}, "track_stock": false, "allow_oversell": false,
    "barcode": "b", "grams": 1}"#;
const ORDER: &str = r#"{"lines": [{"variant_id": "{variant}", "quantity": 1}], "customer_id": "{user}", "email": "a@b.example", "note": "n",
    "shipping_address": {"name": "n", "company": "c", "address1": "1", "address2": "2", "city": "c",
    "province": "p", "zip": "z", "country": "c", "phone": "p"}}"#;
const REGISTRATION: &str =
    r#"{"email": "new-{n}@example.com", "password": "correct horse", "name": "N", "shop": "books"}"#;
const INVITED: &str =
    r#"{"email": "guest-{n}@example.com", "password": "correct horse", "invitation": "{invitation}"}"#;
const LOGIN: &str = r#"{"email": "ada@example.com", "password": "correct horse", "shop": "{shop}", "device_token": "t",
    "code": "c", "recovery_code": "c"}"#;
const REFRESH: &str = r#"{"refresh_token": "{refresh}", "shop": "{shop}"}"#;
const SHOP: &str =
    r#"{"name": "N", "slug": "new-{n}", "description": "d", "currency": "EUR", "order_hold_minutes": 5}"#;

const BOTH_FACTORS: &str =
    r#"{"password": "correct horse", "code": "{used}", "recovery_code": "{recovery}"}"#;

fn both_factors() -> Vec<Field> {
    vec![must("/password", Token), nullable("/code", Token), nullable("/recovery_code", Token)]
}

fn case(method: Method, route: &'static str, body: &'static str, fields: Vec<Field>) -> Case {
    Case { method, route, body, fields }
}

/// Add the body of every new route.
#[expect(clippy::too_many_lines, reason = "it is a table")]
pub fn cases() -> Vec<Case> {
    let person = |rest: Vec<Field>| {
        let mut fields = vec![must("/email", Email), must("/password", Password)];
        fields.extend(rest);
        fields
    };
    let moved = |amount| vec![must("/reason", LINE), field(amount, STOCK, wrong(""), wrong(""))];
    let registration = person(vec![may("/name", WORD), nullable("/shop", Slug)]);
    let invited = person(vec![nullable("/invitation", Token)]);
    let login = vec![
        must("/email", Email),
        must("/password", Token),
        nullable("/shop", ShopName),
        nullable("/device_token", Token),
        nullable("/code", Token),
        nullable("/recovery_code", Token),
    ];
    let refresh = vec![must("/refresh_token", Token), nullable("/shop", ShopName)];
    let shop = vec![
        must("/name", LINE),
        must("/slug", Slug),
        may("/description", PROSE),
        nullable("/currency", Currency),
        nullable("/order_hold_minutes", HOLD_MINUTES),
    ];
    let shop_patch = vec![
        may("/name", LINE),
        may("/slug", Slug),
        may("/description", PROSE),
        may("/order_hold_minutes", HOLD_MINUTES),
        may("/require_second_factor", Flag),
    ];
    let cases = vec![
        case(Post, "/api/v1/auth/register", REGISTRATION, registration),
        case(Post, "/api/v1/auth/register", INVITED, invited),
        case(Post, "/api/v1/auth/login", LOGIN, login),
        case(Post, "/api/v1/auth/refresh", REFRESH, refresh),
        case(
            Post,
            "/api/v1/auth/switch",
            r#"{"shop": "{shop}"}"#,
            vec![field("/shop", ShopName, Missing, Fine)],
        ),
        case(Post, "/api/v1/auth/forgot", r#"{"email": "ada@example.com"}"#, vec![must("/email", Email)]),
        case(
            Post,
            "/api/v1/auth/reset",
            r#"{"token": "{reset}", "password": "correct horse"}"#,
            vec![must("/token", Token), must("/password", Password), may("/keep_keys", Flag)],
        ),
        case(Post, "/api/v1/auth/verify", r#"{"token": "{proof}"}"#, vec![must("/token", Token)]),
        // Last of its group: without the field, the caller's own session ends.
        case(
            Post,
            "/api/v1/auth/logout",
            r#"{"scope": "others"}"#,
            vec![may("/keep_keys", Flag), may("/scope", Status)],
        ),
        case(
            Patch,
            "/api/v1/me",
            r#"{"email": "ada-{n}@example.com", "name": "N"}"#,
            vec![may("/email", Email), may("/name", WORD), may("/password", Token)],
        ),
        case(
            Put,
            "/api/v1/me/password",
            r#"{"current_password": "correct horse", "password": "correct horse"}"#,
            vec![must("/current_password", Token), must("/password", Password), may("/keep_keys", Flag)],
        ),
        case(
            Post,
            "/api/v1/me/factors/totp",
            r#"{"password": "correct horse"}"#,
            vec![must("/password", Token)],
        ),
        case(Post, "/api/v1/me/factors/totp/confirm", r#"{"code": "{code}"}"#, vec![must("/code", Token)]),
        case(Put, "/api/v1/me/factors/totp/recovery-codes", BOTH_FACTORS, both_factors()),
        case(Delete, "/api/v1/me/factors/totp", BOTH_FACTORS, both_factors()),
        case(Delete, "/api/v1/me", r#"{"password": "correct horse"}"#, vec![must("/password", Token)]),
        case(
            Post,
            "/api/v1/me/invitations/accept",
            r#"{"token": "{invitation}"}"#,
            vec![must("/token", Token)],
        ),
        case(
            Post,
            "/api/v1/me/invitations/decline",
            r#"{"token": "{invitation}"}"#,
            vec![must("/token", Token)],
        ),
        case(
            Post,
            "/api/v1/shops/<id>/members",
            r#"{"email": "m-{n}@example.com", "role": "staff"}"#,
            vec![must("/email", Email), must("/role", Status)],
        ),
        case(Patch, "/api/v1/shops/<id>/members/<user>", r#"{"role": "staff"}"#, vec![must("/role", Status)]),
        case(Post, "/api/v1/shops", SHOP, shop),
        case(
            Patch,
            "/api/v1/shops/<id>",
            r#"{"name": "N", "slug": "p-{n}", "description": "d", "order_hold_minutes": 5,
                "require_second_factor": false}"#,
            shop_patch,
        ),
        case(Delete, "/api/v1/shops/<id>", r#"{"slug": "books"}"#, vec![must("/slug", Slug)]),
        case(Post, "/api/v1/products", PRODUCT, whole_product()),
        case(Post, "/api/v1/products", SHORT, short_product()),
        case(Put, "/api/v1/products/<id>", PRODUCT, whole_product()),
        case(Put, "/api/v1/products/<id>", SHORT, short_product()),
        case(Patch, "/api/v1/products/<id>", PRODUCT, product_patch()),
        case(Post, "/api/v1/products/<id>/variants", VARIANT, variant("")),
        case(Patch, "/api/v1/products/<id>/variants/<variant>", VARIANT_PATCH, variant_patch()),
        case(Post, "/api/v1/variants/<id>/stock", r#"{"delta": 1, "reason": "r"}"#, moved("/delta")),
        case(Post, "/api/v1/variants/<id>/stock", r#"{"set": 1, "reason": "r"}"#, moved("/set")),
        case(Post, "/api/v1/orders", ORDER, order()),
        case(
            Post,
            "/api/v1/orders/<id>/hold",
            r#"{"until": "2999-12-31T23:59:59Z"}"#,
            vec![field("/until", Time, Missing, Fine)],
        ),
    ];
    cases.into_iter().chain(of_keys()).collect()
}

/// The bodies about API keys.
fn of_keys() -> Vec<Case> {
    vec![
        case(
            Post,
            "/api/v1/me/keys",
            r#"{"name": "N", "shop": "{shop}", "role": "customer", "scopes": ["orders:read"]}"#,
            vec![
                must("/name", LINE),
                must("/shop", ShopName),
                must("/role", Status),
                nullable("/scopes", List(1, 16)),
                entry("/scopes/0", Status),
                nullable("/expires_in_days", Whole(1, 3_650)),
                nullable("/password", Token),
            ],
        ),
        case(
            Post,
            "/api/v1/me/keys/<id>/rotate",
            r#"{"overlap_minutes": 0, "password": "correct horse"}"#,
            vec![may("/overlap_minutes", Whole(0, 10_080)), nullable("/password", Token)],
        ),
    ]
}
