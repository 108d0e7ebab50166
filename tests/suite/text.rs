//! Text that identifies has one form, in which it is stored and compared, and no hidden characters. Shown text keeps its own.

use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use crate::support::goods::{each, pointer};
use crate::support::world::{PASSWORD, text};
use crate::support::{Answer, Tenants, World};

/// Characters that identifying text must not have.
const HIDDEN: [char; 44] = [
    '\0',
    '\u{7}',
    '\u{1b}',
    '\u{7f}',
    '\u{9f}',
    '\u{ad}',
    '\u{34f}',
    '\u{61c}',
    '\u{115f}',
    '\u{1160}',
    '\u{17b4}',
    '\u{180b}',
    '\u{180e}',
    '\u{200b}',
    '\u{200c}',
    '\u{200d}',
    '\u{200e}',
    '\u{200f}',
    '\u{2028}',
    '\u{202a}',
    '\u{202d}',
    '\u{202e}',
    '\u{2060}',
    '\u{2064}',
    '\u{2066}',
    '\u{2069}',
    '\u{206f}',
    '\u{2800}',
    '\u{3164}',
    '\u{e000}',
    '\u{f8ff}',
    '\u{fdd0}',
    '\u{fe00}',
    '\u{fe0f}',
    '\u{feff}',
    '\u{ffa0}',
    '\u{fff9}',
    '\u{fffc}',
    '\u{fffd}',
    '\u{ffff}',
    '\u{e0001}',
    '\u{e0100}',
    '\u{f0000}',
    '\u{10ffff}',
];

/// Texts in NFC that are another text in NFD.
const COMPOSED: [&str; 6] = ["jürgen", "čapek", "nguyễn", "한국", "ガラス", "ὀδυσσεύς"];

fn decomposed(text: &str) -> String {
    let decomposed: String = text.nfd().collect();
    assert_ne!(decomposed, text);
    decomposed
}

pub fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn wrong_at(answer: &Answer, at: &str) {
    assert_eq!(pointer(&answer.expect_problem(422, "invalid_field")), at, "{answer}");
}

fn taken(answer: &Answer) -> Value {
    assert!((200..300).contains(&answer.status), "{answer}");
    answer.json()
}

pub fn register(tenants: &Tenants, email: &str) -> Answer {
    let body = json!({ "email": email, "password": PASSWORD, "name": "New" });
    tenants.nobody().post("/auth/register", body)
}

pub fn sign_in(tenants: &Tenants, email: &str) -> Answer {
    tenants.nobody().post("/auth/login", json!({ "email": email, "password": PASSWORD }))
}

#[test]
fn an_address_is_the_same_in_every_form_of_unicode() {
    let world = World::new();
    let ada = world.user("ada").opens_shop("loft");
    let cup = ada.post("/products", json!({ "title": "Cup", "price": { "amount": 1 } })).expect(201);
    let variant = text(&cup["variants"][0]["id"]);
    for name in COMPOSED {
        let email = format!("{name}@example.com");
        let other = format!("\u{a0}{}@EXAMPLE.com\u{3000}", decomposed(name).to_uppercase());
        let user = register(&world, &other).expect(201);
        assert_eq!(user["email"], email);
        register(&world, &email).expect_problem(409, "email_taken");
        sign_in(&world, &email).expect(200);
        sign_in(&world, &other).expect(200);
        world.reset_token(&decomposed(&email));

        let invitation = ada.invites(&decomposed(&email), "customer");
        assert_eq!(invitation["email"], email);
        world.signs_in(&email).accepts(&invitation).expect(200);
        let order =
            json!({ "lines": [{ "variant_id": variant, "quantity": 1 }], "email": decomposed(&email) });
        assert_eq!(ada.post("/orders", order).expect(201)["email"], email);

        let changed = format!("new-{email}");
        let me = world.signs_in(&email).patch("/me", json!({ "email": decomposed(&changed) })).expect(200);
        assert_eq!(me["email"], changed);
        assert_eq!(world.sql().count(format!("{}.people WHERE email = '{changed}'", ada.schema())), 1);
    }
    let invitation = ada.invites("ru\u{308}de@a.b", "staff");
    assert_eq!(invitation["email"], "r\u{fc}de@a.b");
    let body = json!({ "email": "r\u{fc}de@a.b", "password": PASSWORD, "name": "R",
                       "invitation": invitation["token"] });
    world.nobody().post("/auth/register", body).expect(201);
}

#[test]
fn an_address_has_no_hidden_characters() {
    let world = World::new();
    let ada = world.user("ada").opens_shop("loft");
    let cup = ada.post("/products", json!({ "title": "Cup", "price": { "amount": 1 } })).expect(201);
    let variant = text(&cup["variants"][0]["id"]);
    let order = |email: &str| json!({ "lines": [{ "variant_id": variant, "quantity": 1 }], "email": email });
    let users = world.sql().count("users");
    for char in HIDDEN {
        for email in [
            format!("a{char}da@example.com"),
            format!("ada@exam{char}ple.com"),
            format!("{char}ada@a.b"),
            format!("ada@a.b{char}"),
        ] {
            if email.trim() != email {
                continue;
            }
            wrong_at(&register(&world, &email), "/email");
            wrong_at(&sign_in(&world, &email), "/email");
            let invitation = json!({ "email": email, "role": "staff" });
            wrong_at(&ada.post(&format!("/shops/{}/members", ada.shop), invitation), "/email");
            wrong_at(&ada.patch("/me", json!({ "email": email })), "/email");
            wrong_at(&ada.post("/orders", order(&email)), "/email");
        }
    }
    assert_eq!(world.sql().count("users"), users);
    assert_eq!(world.sql().count("invitations"), 0);
}

/// A product in which `name` is everything that identifies.
pub fn product(name: &str) -> Value {
    json!({ "title": "Cup", "handle": name, "vendor": name, "product_type": name, "tags": [name], "options": [name],
            "variants": [{ "options": { name: name }, "sku": name, "barcode": name, "price": { "amount": 1 } }] })
}

#[test]
fn what_identifies_a_product_is_the_same_in_every_form_of_unicode() {
    let world = World::new();
    let ada = world.user("ada").opens_shop("loft");
    for name in COMPOSED {
        let other = decomposed(name);
        let padded = format!("\u{a0} {other}\u{3000}");
        let made = ada.post("/products", product(&padded)).expect(201);
        for field in [
            "/handle",
            "/vendor",
            "/product_type",
            "/tags/0",
            "/options/0",
            "/variants/0/sku",
            "/variants/0/barcode",
        ] {
            assert_eq!(made.pointer(field).unwrap(), name, "{field}");
        }
        assert_eq!(made["variants"][0]["options"], json!({ name: name }));
        ada.post("/products", json!({ "title": "C", "handle": other, "price": { "amount": 1 } }))
            .expect_problem(409, "handle_taken");
        let path = format!("/products/{}", text(&made["id"]));
        let changed = json!({ "variants": [{ "options": { (&other): other }, "price": { "amount": 2 } }] });
        assert_eq!(ada.patch(&path, changed).expect(200)["variants"][0]["id"], made["variants"][0]["id"]);
        let twice = json!({ "options": { (name): "a", (&other): "b" } });
        let variant = format!("{path}/variants/{}", text(&made["variants"][0]["id"]));
        wrong_at(&ada.patch(&variant, twice), "/options");
        wrong_at(&ada.patch(&path, json!({ "options": [name, other] })), "/options/1");
        let tags = ada.patch(&path, json!({ "tags": [name, other] })).expect(200);
        assert_eq!(tags["tags"], json!([name]));

        for form in [name, &other, &padded] {
            for filter in ["vendor", "product_type", "tag"] {
                let found = ada.all(&format!("/products?{filter}={}", encoded(form)));
                assert_eq!(each(&found, "id"), [text(&made["id"])], "{filter}={form:?}");
            }
            let place = format!("/storefront/loft/products/{}", encoded(form));
            assert_eq!(world.nobody().get(&place).expect(200)["id"], made["id"], "{form:?}");
        }
        let csv = format!(
            "Handle,Title,Vendor,Type,Tags,Option1 Name,Option1 Value,Variant SKU,Variant Barcode,Variant Price\n\
             {other},Cup,{other},{other},\"{name},{other}\",{other},{other},{other},{other},3\n\
             {name},Cup,,,,{name},second,,,3\n"
        );
        assert_eq!(ada.imports("?on_conflict=update", csv).expect(200)["updated"], 1);
        let again = ada.again("products", &made);
        assert_eq!(again["variants"][0]["id"], made["variants"][0]["id"]);
        assert_eq!((&again["options"], &again["tags"]), (&json!([name]), &json!([name])));
        assert_eq!(again["variants"][0]["sku"], name);
    }
}

#[test]
fn what_identifies_a_product_has_no_hidden_characters() {
    let tenants = Tenants::new();
    let ada = tenants.user("ada").opens_shop("loft");
    let good = ada.sells("Cup");
    let path = format!("/products/{}", text(&good["id"]));
    for char in HIDDEN {
        for bad in [format!("a{char}b"), format!("{char}"), format!("é{char}")] {
            if bad.trim() != bad {
                continue;
            }
            for (field, value) in [
                ("/handle", json!({ "handle": bad })),
                ("/vendor", json!({ "vendor": bad })),
                ("/product_type", json!({ "product_type": bad })),
                ("/tags/1", json!({ "tags": ["a", bad] })),
                ("/options/0", json!({ "options": [bad] })),
                ("/variants/0/sku", json!({ "variants": [{ "sku": bad, "price": { "amount": 1 } }] })),
                (
                    "/variants/0/barcode",
                    json!({ "variants": [{ "barcode": bad, "price": { "amount": 1 } }] }),
                ),
                (
                    "/variants/0/options/Size",
                    json!({ "options": ["Size"], "variants": [{ "options": { "Size": bad }, "price": { "amount": 1 } }] }),
                ),
            ] {
                wrong_at(&ada.patch(&path, value.clone()), field);
                let mut whole = json!({ "title": "T" });
                whole.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
                wrong_at(&ada.post("/products", whole), field);
            }
            for filter in ["vendor", "product_type", "tag"] {
                let answer = ada.get(&format!("/products?{filter}={}", encoded(&bad)));
                if char == '\0' {
                    answer.expect_problem(422, "invalid_parameter");
                } else {
                    assert_eq!(answer.expect(200)["data"], json!([]), "{filter}={bad:?}");
                }
            }
            if char == '\0' {
                continue;
            }
            for (column, place) in [
                ("Vendor", 2),
                ("Type", 3),
                ("Tags", 4),
                ("Option1 Name", 5),
                ("Option1 Value", 6),
                ("Variant SKU", 7),
                ("Variant Barcode", 8),
            ] {
                let mut cells = ["h", "T", "v", "t", "g", "n", "o", "s", "b", "1"].map(str::to_owned);
                cells[place] = format!("\"{bad}\"");
                let header = "Handle,Title,Vendor,Type,Tags,Option1 Name,Option1 Value,Variant SKU,Variant Barcode,Variant Price";
                let problem = ada
                    .imports("", format!("{header}\n{}\n", cells.join(",")))
                    .expect_problem(422, "import_failed");
                let error = &problem["errors"][0];
                let code = "invalid_character";
                assert_eq!(
                    (&error["line"], &error["column"], &error["code"]),
                    (&json!(2), &json!(column), &json!(code)),
                    "{bad:?}"
                );
            }
        }
    }
    assert_eq!(ada.again("products", &good), good);
}

#[test]
fn an_emoji_may_be_a_tag_in_colour_or_not() {
    let tenants = Tenants::new();
    let ada = tenants.user("ada").opens_shop("loft");
    let made = ada
        .post("/products", json!({ "title": "❤\u{fe0f} Cup", "tags": ["❤\u{fe0f}", "❤", "🎉 new"], "price": { "amount": 1 } }))
        .expect(201);
    assert_eq!((&made["tags"], &made["handle"]), (&json!(["❤", "🎉 new"]), &json!("cup")));
    for tag in ["❤", "❤\u{fe0f}"] {
        assert_eq!(ada.all(&format!("/products?tag={}", encoded(tag))).len(), 1, "{tag}");
    }
}

#[test]
fn shown_text_keeps_what_it_shows_and_has_nothing_that_disturbs_what_is_around_it() {
    let tenants = Tenants::new();
    let ada = tenants.user("ada").opens_shop("loft");
    let cup = ada.post("/products", json!({ "title": "Cup", "price": { "amount": 1 } })).expect(201);
    let variant = text(&cup["variants"][0]["id"]);
    let order = |field: &str, value: &str| {
        let mut body = json!({ "lines": [{ "variant_id": variant, "quantity": 1 }], "shipping_address": {} });
        match field {
            "/note" => body["note"] = json!(value),
            _ => body["shipping_address"]["phone"] = json!(value),
        }
        ada.post("/orders", body)
    };
    let send = |field: &str, value: &str| match field {
        "/title" | "/description" => {
            ada.post("/products", json!({ "title": "T", "price": { "amount": 1 }, (&field[1..]): value }))
        }
        "/name" => ada.patch("/me", json!({ "name": value })),
        _ => order(field, value),
    };
    let fields = ["/title", "/description", "/name", "/note", "/shipping_address/phone"];
    for field in fields {
        for bad in [
            '\0',
            '\u{1}',
            '\u{1b}',
            '\u{7f}',
            '\u{202d}',
            '\u{202e}',
            '\u{fff9}',
            '\u{fffd}',
            '\u{fdd0}',
            '\u{1fffe}',
        ] {
            wrong_at(&send(field, &format!("a{bad}b")), field);
        }
        for shown in [
            "می\u{200c}خواهم",
            "👩\u{200d}🚒 ❤\u{fe0f}",
            "co\u{ad}operate",
            "\u{200f}שלום",
            "u\u{308}",
            "क्\u{200d}ष",
        ] {
            assert_eq!(taken(&send(field, shown)).pointer(field).unwrap(), shown, "{field}");
        }
        for residue in ["\u{feff}+1 23", "\u{202a}+1 23\u{202c}", "\u{2068}+1\u{2069} 23\u{fffc}"] {
            assert_eq!(taken(&send(field, residue)).pointer(field).unwrap(), "+1 23", "{field}");
        }
        let lines = taken(&send(field, "a\tb\nc"));
        let is_prose = ["/description", "/note"].contains(&field);
        assert_eq!(lines.pointer(field).unwrap(), if is_prose { "a\tb\nc" } else { "a b c" });
    }
    for blank in
        ["", "\u{a0}", "\u{3000}\u{2003}", "\u{200b}", "\u{3164}", "\u{2800}", "\u{feff}", "\u{2060}\u{ad}"]
    {
        wrong_at(&ada.post("/products", json!({ "title": blank })), "/title");
        wrong_at(&ada.patch(&format!("/shops/{}", ada.shop), json!({ "name": blank })), "/name");
        wrong_at(&ada.post("/products", json!({ "title": "T", "sku": blank })), "/sku");
    }
    let csv = "Handle,Title,Body (HTML),Variant Price\na,A\u{202e}B,C\u{fffd}D,1\n";
    let problem = ada.imports("", csv).expect_problem(422, "import_failed");
    assert_eq!(each(problem["errors"].as_array().unwrap(), "column"), ["Title", "Body (HTML)"]);
    assert_eq!(
        each(problem["errors"].as_array().unwrap(), "code"),
        ["invalid_character", "invalid_character"]
    );
    let csv =
        "Handle,Title,Option1 Name,Option1 Value,Variant Price\na,\u{feff}A B,N,1,1\na,A\u{202c} B,N,2,1\n";
    assert_eq!(ada.imports("", csv).expect(200)["created"], 1, "the title is the same");
}
