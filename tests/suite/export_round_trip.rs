//! Export and import of odd catalogues, made from a seed: the shop that a file comes from is not changed by it, and another
//! shop gets the same catalogue.
//!
//! `ROUND_TRIP_CASES` is the number of catalogues, `ROUND_TRIP_SEED` the seed of the first.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use crate::export::{catalogue, export};
use crate::outside::setting;
use crate::outside_steps::Random;
use crate::support::goods::variant;
use crate::support::world::text;
use crate::support::{Member, Tenants};

/// The default number of catalogues.
const CASES: u64 = 12;
/// The products of a catalogue.
const PRODUCTS: usize = 15;

const ODD: [&str; 30] = [
    "",
    "",
    "plain",
    "a, b; c",
    "\"quoted\" and 'so'",
    "two\nlines",
    "with\r\na return",
    "tab\tinside",
    "007",
    "1E+03",
    "=1+1",
    "@x",
    "-",
    "'",
    "''x",
    "\\",
    "TRUE",
    "null",
    "Title",
    "Default Title",
    "default title",
    "<p>a</p>\n\n<p>\"b\", c</p>",
    "&amp; &lt;",
    "Größe",
    "青いシャツ",
    "हिन्दी",
    "مرحبا",
    "🎄",
    "İstanbul ẞ",
    "a\u{a0}b",
];
const OPTIONS: [&str; 7] = ["Title", "title", "Size", "Colour, \"or so\"", "Größe", "=x", "Default Title"];
const VALUES: [&str; 9] =
    ["Default Title", "default title", "S", "m, l", "\"x\"", "two  words", "01", "默认", "'1"];
const HANDLES: [&str; 6] = ["plain", "-x", "_", "00", "größe", "हिन्दी"];
const STATUSES: [&str; 4] = ["active", "active", "draft", "archived"];

/// An odd text of one or two parts.
fn odd(random: &mut Random) -> String {
    let (one, other) = (random.one_of(&ODD), random.one_of(&["", "", "plain", "x, y", "\"", "é"]));
    [one, other].join(" ").trim().to_owned()
}

/// The same, not empty.
fn odd_line(random: &mut Random) -> String {
    let text = odd(random);
    if text.is_empty() { "x".to_owned() } else { text }
}

/// The same for what identifies: it has no tabs and no line breaks.
fn odd_identifier(random: &mut Random) -> String {
    odd(random).replace(['\n', '\r', '\t'], " ")
}

fn amount(random: &mut Random, limit: usize) -> i64 {
    i64::try_from(random.below(limit)).unwrap()
}

/// An odd product. `number` makes its handle unique in the shop.
fn product(random: &mut Random, number: usize) -> Value {
    let mut options: Vec<&str> = Vec::new();
    for _ in 0..random.below(4) {
        let name = random.one_of(&OPTIONS);
        if !options.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            options.push(name);
        }
    }
    let variants = if options.is_empty() { 1 } else { 1 + random.below(4) };
    let first = random.below(VALUES.len());
    let variants: Vec<Value> = (0..variants)
        .map(|index| {
            // The values of the first option differ.
            let value = |position: usize, random: &mut Random| {
                if position == 0 { VALUES[(first + index) % VALUES.len()] } else { random.one_of(&VALUES) }
            };
            let named: Map<String, Value> = options
                .iter()
                .enumerate()
                .map(|(position, name)| ((*name).to_owned(), json!(value(position, random))))
                .collect();
            odd_variant(random, named, number * 10 + index)
        })
        .collect();
    let images: Vec<Value> = (0..random.below(6))
        .map(|_| {
            let name = random.one_of(&["1", "2", "ü", "3?a=1,2&b=\"q\"", "4.jpg"]);
            json!({ "url": format!("https://i.example/{name}"), "alt": odd(random) })
        })
        .collect();
    let tags: Vec<String> = (0..random.below(4))
        .map(|number| format!("{number} {}", odd_identifier(random).replace(',', ";")).trim().to_owned())
        .collect();
    let mut product = json!({
        "title": odd_line(random), "description": odd(random), "vendor": odd_identifier(random), "product_type": odd_identifier(random),
        "tags": tags, "status": random.one_of(&STATUSES), "options": options, "variants": variants,
        "images": images,
    });
    if random.below(2) == 0 {
        product["handle"] = json!(format!("{}-{number}", random.one_of(&HANDLES)));
    }
    product
}

fn odd_variant(random: &mut Random, options: Map<String, Value>, number: usize) -> Value {
    let mut variant = json!({
        "options": options, "price": { "amount": amount(random, 3) * 1_999 }, "grams": amount(random, 3) * 125,
    });
    if random.below(2) == 0 {
        // Some are those of other variants, of this product or another.
        let number = number % 7;
        variant["sku"] =
            json!(format!("{}{number}", random.one_of(&["", "'", "''", "00", "a, ", "\"", "=", "é"])));
    }
    if random.below(2) == 0 {
        variant["barcode"] = json!(format!("{} 1", odd_identifier(random)).trim());
    }
    if random.below(2) == 0 {
        variant["compare_at_price"] = json!({ "amount": amount(random, 3) * 2_500 });
    }
    let pieces = amount(random, 9);
    let stock = match random.below(7) {
        0 => json!({}),
        1 => json!({ "stock": pieces }),
        2 => json!({ "stock": pieces, "track_stock": false }),
        3 => json!({ "stock": -pieces, "track_stock": false }),
        4 => json!({ "stock": -pieces, "allow_oversell": true }),
        5 => json!({ "stock": -pieces }),
        _ => json!({ "track_stock": true, "allow_oversell": random.below(2) == 0 }),
    };
    variant.as_object_mut().unwrap().extend(stock.as_object().unwrap().clone());
    variant
}

fn products(member: &Member<'_>) -> Vec<Value> {
    member.all("/products?limit=100&sort=created_at")
}

#[test]
fn an_export_of_any_catalogue_comes_back_as_it_was() {
    let tenants = Tenants::new();
    let first = setting("ROUND_TRIP_SEED").unwrap_or(1);
    for seed in first..first + setting("ROUND_TRIP_CASES").unwrap_or(CASES) {
        println!("ROUND_TRIP_SEED={seed} ROUND_TRIP_CASES=1");
        let ada = tenants.user(&format!("ada{seed}"));
        let (shop, other) =
            (ada.opens_shop(&format!("from-{seed}")), ada.opens_shop(&format!("into-{seed}")));
        let mut random = Random::new(seed);
        for number in 0..PRODUCTS {
            shop.post("/products", product(&mut random, number)).expect(201);
        }
        let (before, file) = (products(&shop), export(&shop).body);

        let report = shop.imports("?on_conflict=update", file.clone()).expect(200);
        assert_eq!(report["unchanged"], PRODUCTS, "{report}");
        for (after, before) in products(&shop).iter().zip(&before) {
            assert_eq!(after.to_string(), before.to_string(), "in the same shop");
        }
        assert_eq!(export(&shop).body, file);

        let report = other.imports("", file.clone()).expect(200);
        assert_eq!(report["created"], PRODUCTS, "{report}");
        for (after, before) in catalogue(&other).iter().zip(&catalogue(&shop)) {
            assert_eq!(after, before, "in another shop");
        }
        assert_eq!(export(&other).body, file);
    }
}

#[test]
fn the_default_title_of_a_single_variant_is_no_option() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let only = |sku: &str| json!({ "options": { "Title": "Default Title" }, "price": { "amount": 1000 }, "stock": 5, "sku": sku });
    let body = |sku: &str| json!({ "title": "Poster", "options": ["Title"], "variants": [only(sku)] });
    let product = owner.post("/products", body("P1")).expect(201);
    assert_eq!((&product["options"], &product["variants"][0]["options"]), (&json!([]), &json!({})));
    assert_eq!(product["variants"][0]["title"], "Default");
    let path = format!("/products/{}", text(&product["id"]));
    let id = variant(&product, 0);
    let order = owner.buys(&[(&id, 2)]).expect(201);

    // The same variant, however it is written again.
    let without = json!({ "title": "Poster", "variants": [{ "price": { "amount": 1000 }, "sku": "P1" }] });
    let lower = json!({ "title": "Poster", "options": ["title"], "variants": [
        { "options": { "title": "DEFAULT TITLE" }, "price": { "amount": 1000 }, "sku": "P2" },
    ] });
    let file = export(&owner).body;
    for answer in [
        owner.put(&path, body("P1")),
        owner.put(&path, without),
        owner.put(&path, lower),
        owner.patch(&path, json!({ "options": ["Title"], "variants": [only("P3")] })),
        owner.patch(&path, json!({ "variants": [only("P4")] })),
    ] {
        let product = answer.expect(200);
        assert_eq!((&product["options"], variant(&product, 0)), (&json!([]), id.clone()), "{product}");
    }
    owner
        .patch(&format!("{path}/variants/{id}"), json!({ "options": { "Title": "Default Title" } }))
        .expect(200);
    owner.post(&format!("{path}/variants"), only("P5")).expect_problem(422, "invalid_field");
    owner.imports("?on_conflict=update", file).expect(200);
    let cancelled = owner.takes(&order, "cancel").expect(200);
    assert_eq!(cancelled["lines"][0]["variant_id"], json!(id));
    assert_eq!(
        owner.get(&format!("/variants/{id}")).expect(200)["stock"],
        5,
        "3 in the file, and 2 put back"
    );

    // Of several variants it is a value like any other, until it is alone.
    let several = json!({ "options": ["Title"], "variants": [
        only("P1"), { "options": { "Title": "Large" }, "price": { "amount": 1 } },
    ] });
    let product = owner.patch(&path, several).expect(200);
    assert_eq!((&product["options"], variant(&product, 0)), (&json!(["Title"]), id.clone()));
    let file = export(&owner).body;
    owner.imports("?on_conflict=update", file).expect(200);
    let mut again = owner.get(&path).expect(200);
    again["updated_at"] = product["updated_at"].clone();
    assert_eq!(again, product);
    let large = variant(&product, 1);
    owner.send(rocket::http::Method::Delete, &format!("{path}/variants/{large}"), None).expect(204);
    let product = owner.get(&path).expect(200);
    assert_eq!((&product["options"], variant(&product, 0)), (&json!([]), id));
}

/// What the file does not name goes.
const REPLACE: &str = "?on_conflict=update&variants=replace";

#[test]
fn a_row_without_a_variant_of_its_values_is_the_variant_of_its_sku_renamed() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let header = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,\
                  Variant Inventory Qty,Variant Price\n";
    let file = |rows: &[(&str, &str)]| {
        let mut file = header.to_owned();
        for (index, (size, sku)) in rows.iter().enumerate() {
            let (title, option) = if index == 0 { ("Shirt", "Size") } else { ("", "") };
            writeln!(file, "shirt,{title},{option},{size},{sku},shopify,5,10").unwrap();
        }
        file
    };
    owner.imports("", file(&[("S", "A"), ("M", "B"), ("L", "")])).expect(200);
    let product = owner.all("/products?").remove(0);
    let [small, medium, large] = [0, 1, 2].map(|index| variant(&product, index));
    let order = owner.buys(&[(&small, 2)]).expect(201);
    let ids = |rows: &[(&str, &str)]| {
        owner.imports(REPLACE, file(rows)).expect(200);
        let product = owner.again("products", &product);
        (0..rows.len()).map(|index| variant(&product, index)).collect::<Vec<_>>()
    };
    assert_eq!(ids(&[("Small", "A"), ("Medium", "B"), ("L", "")]), [&*small, &medium, &large], "renamed");
    assert_eq!(
        ids(&[("Medium", "A"), ("Small", "B"), ("L", "")]),
        [&*medium, &small, &large],
        "values come first"
    );
    assert_eq!(
        ids(&[("XS", "A"), ("L", "C"), ("Small", "B")]),
        [&*medium, &large, &small],
        "in another order"
    );
    assert_ne!(ids(&[("XS", "A"), ("L", "C"), ("XL", "")])[2], small, "an empty SKU is no SKU");

    owner.imports(REPLACE, file(&[("Huge", "A"), ("L", "C"), ("XL", "")])).expect(200);
    assert_eq!(owner.movements(&medium).len(), 1, "{}", order["id"]);
    let order = owner.again("orders", &order);
    assert_eq!(order["lines"][0]["variant_id"], Value::Null, "its variant is in the file no more");
}

#[test]
fn a_pending_order_keeps_its_variant_when_a_sheet_renames_it() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let size = json!({ "options": { "Size": "S" }, "sku": "A", "stock": 5, "price": { "amount": 100 } });
    let body = json!({ "title": "Shirt", "options": ["Size"], "variants": [size] });
    let product = owner.post("/products", body).expect(201);
    let id = variant(&product, 0);
    let order = owner.buys(&[(&id, 2)]).expect(201);
    let file = export(&owner).body;
    let renamed = file.replace(",Size,S,", ",Size,Small,");
    assert_ne!(renamed, file);
    owner.imports("?on_conflict=update", renamed).expect(200);
    let cancelled = owner.takes(&order, "cancel").expect(200);
    assert_eq!(cancelled["lines"][0]["variant_id"], json!(id));
    let read = owner.get(&format!("/variants/{id}")).expect(200);
    assert_eq!((&read["title"], &read["stock"]), (&json!("Small"), &json!(5)));
    assert_eq!(owner.movements(&id).len(), 3, "initial, ordered, cancelled");
}
