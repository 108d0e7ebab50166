//! Exporting a catalogue: importing the file gives the same catalogue.

use std::io::Read;

use rocket::http::{Header, Method};
use rocket::local::blocking::Client;
use serde_json::{Value, json};
use shophouse::database::PoolOptions;
use shophouse::tenancy::Limits;

use crate::support::database::limits;
use crate::support::world::rocket;
use crate::support::{Answer, Member, Tenants, World};

const EXPORT: &str = "/api/v1/products/export";

pub fn export(member: &Member<'_>) -> Answer {
    let answer = member.raw(Method::Get, EXPORT, &[], None);
    assert_eq!(answer.status, 200, "{answer}");
    answer
}

/// The products without ids and times, which a file does not have.
pub fn catalogue(member: &Member<'_>) -> Vec<Value> {
    let mut products = member.all("/products?limit=100&sort=created_at");
    for product in &mut products {
        forget(product);
        for list in ["variants", "images"] {
            product[list].as_array_mut().unwrap().iter_mut().for_each(forget);
        }
    }
    products
}

fn forget(resource: &mut Value) {
    for field in ["id", "created_at", "updated_at"] {
        resource.as_object_mut().unwrap().remove(field);
    }
}

/// Products with values that are difficult in CSV.
fn difficult_products() -> Vec<Value> {
    let amount = |amount: i64| json!({ "amount": amount });
    let variant = |size: &str, colour: &str, sku: Option<&str>| {
        json!({
            "options": { "Size": size, "Colour, \"or so\"": colour }, "sku": sku, "price": amount(1999),
            "compare_at_price": amount(2500), "stock": 3, "grams": 250, "barcode": sku,
        })
    };
    let image =
        |name: &str, alt: &str| json!({ "url": format!("https://i.example/{name}?a=1,2"), "alt": alt });
    vec![
        json!({ "title": "Simple", "price": amount(5) }),
        json!({
            "title": "Größe \"XL\", 青い\nシャツ", "description": "<p>a</p>\r\n\r\n<p>\"b\", c</p>\r'", "vendor": "Loom & Söhne, \"AG\"",
            "product_type": "=1+1", "tags": ["Été", "new in", "\"quoted\"", "@sum"], "status": "draft",
            "options": ["Size", "Colour, \"or so\""],
            "variants": [variant("S", "=cmd|' /C calc'!A0", Some("'001")), variant("M", "-1", Some("+49")), variant("L, \"l\"", "@x", None)],
            "images": [image("1", "one, \"two\""), image("2", ""), image("3", "三"), image("4", "four\nlines"), image("5", "")],
        }),
        json!({ "title": "=HYPERLINK(\"https://x.example\")", "handle": "-formula", "status": "archived", "price": amount(0), "stock": 0 }),
        json!({ "title": "Sold out and more", "variants": [
            { "price": amount(100), "stock": -4, "allow_oversell": true, "sku": "''", "barcode": "0012" },
        ] }),
        json!({ "title": "Ёлка हिन्दी 한국어 🎄", "price": amount(9_007_199_254_740_991_i64) }),
    ]
}

#[test]
fn what_is_exported_gives_the_same_catalogue_in_another_shop() {
    let tenants = Tenants::new();
    let ada = tenants.user("ada");
    let (first, second) = (ada.opens_shop("first"), ada.opens_shop("second"));
    first.imports("", include_str!("../../examples/data/apparel.csv")).expect(200);
    for body in difficult_products() {
        first.post("/products", body).expect(201);
    }
    let file = export(&first);
    assert_eq!(file.header("Content-Type"), Some("text/csv; charset=utf-8"), "{file}");
    assert_eq!(file.header("Content-Disposition"), Some("attachment; filename=\"products.csv\""), "{file}");
    assert_eq!(file.header("Cache-Control"), Some("no-store"), "{file}");
    let report = second.imports("", file.body.clone()).expect(200);
    assert_eq!((&report["created"], &report["ignored_columns"]), (&json!(25), &json!([])), "{report}");
    assert_eq!(catalogue(&second), catalogue(&first));
    assert_eq!(export(&second).body, file.body);

    let before = first.all("/products?limit=100");
    let report = first.imports("?on_conflict=update", file.body.clone()).expect(200);
    assert_eq!((&report["updated"], &report["unchanged"]), (&json!(0), &json!(25)));
    assert_eq!(first.all("/products?limit=100"), before, "not even the time of the last change");
    assert_eq!(export(&first).body, file.body, "imported where it comes from, it changes nothing");
}

#[test]
fn every_product_is_exported_however_many_there_are() {
    let tenants = Tenants::new();
    let (owner, other) = (tenants.user("ada").opens_shop("loft"), tenants.user("eve").opens_shop("other"));
    assert_eq!(export(&owner).body.lines().count(), 1, "a header alone is a catalogue of nothing");
    let rows: String = (0..321).map(|number| format!("h{number},Product {number},{number}\n")).collect();
    owner.imports("", format!("Handle,Title,Variant Price\n{rows}")).expect(200);
    let body = export(&owner).body;
    let handles: Vec<&str> = body.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(handles, (0..321).map(|number| format!("h{number}")).collect::<Vec<_>>());
    assert_eq!(export(&other).body.lines().count(), 1, "another shop's are not there");
}

#[test]
fn an_export_takes_no_parameters_and_is_not_for_customers() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    owner.raw(Method::Get, &format!("{EXPORT}?limit=1"), &[], None).expect_problem(422, "invalid_parameter");
    owner.joined_by("cleo", "customer").raw(Method::Get, EXPORT, &[], None).expect_problem(403, "forbidden");
    owner.shop_becomes("suspended");
    owner.raw(Method::Get, EXPORT, &[], None).expect_problem(403, "shop_suspended");
}

#[test]
fn a_client_that_goes_gives_its_connection_back() {
    let limits = limits();
    let web = PoolOptions { size: 1, ..limits.web };
    let world = World::limited(Limits { web, ..limits });
    let owner = world.user("ada").opens_shop("loft");
    // More than what fits into the buffers between server and client.
    let description = "x".repeat(90_000);
    for number in 0..30 {
        let body = json!({ "title": format!("Product {number}"), "description": description, "price": { "amount": 0 } });
        owner.post("/products", body).expect(201);
    }
    let client = Client::untracked(rocket(world.tenancy.clone())).unwrap();
    let token = owner.token.clone().unwrap();
    let request = client.get(EXPORT).header(Header::new("Authorization", format!("Bearer {token}")));
    let mut answer = request.dispatch();
    let mut begin = [0; 6];
    answer.read_exact(&mut begin).unwrap();
    assert_eq!(&begin, b"Handle");
    drop(answer);
    assert_eq!(owner.get("/products?limit=1").expect(200)["data"].as_array().unwrap().len(), 1);
}

#[test]
fn what_was_oversold_is_exported_and_imported_as_it_is() {
    let tenants = Tenants::new();
    let ada = tenants.user("ada");
    let (here, there) = (ada.opens_shop("here"), ada.opens_shop("there"));
    for policy in ["deny", "continue"] {
        let row = format!("lamp-{policy},Lamp,5.00,shopify,-2,{policy}\n");
        let header = "Handle,Title,Variant Price,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy\n";
        assert_eq!(here.imports("", format!("{header}{row}")).expect(200)["created"], 1);
    }
    let shop: Vec<_> = catalogue(&here).iter().map(|product| product["variants"][0].clone()).collect();
    let expected = json!({ "stock": -2, "track_stock": true });
    for variant in &shop {
        assert_eq!(json!({ "stock": variant["stock"], "track_stock": variant["track_stock"] }), expected);
    }
    assert_eq!(shop.iter().filter(|variant| variant["allow_oversell"] == true).count(), 1);
    let file = export(&here).body;
    there.imports("", file.clone()).expect(200);
    assert_eq!(catalogue(&there), catalogue(&here));
    let before = here.all("/products?limit=100");
    here.imports("?on_conflict=update", file).expect(200);
    assert_eq!(catalogue(&there), catalogue(&here));
    let ids =
        |products: &[Value]| products.iter().map(|it| it["variants"][0]["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&here.all("/products?limit=100")), ids(&before));
}
