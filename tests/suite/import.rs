//! Importing a catalogue: the sample files, what is imported from them, and products that exist already.

use serde_json::{Value, json};

use crate::support::goods::{each, variant};
use crate::support::world::text;
use crate::support::{Tenants, World};

const APPAREL: &str = include_str!("../../examples/data/apparel.csv");
const HOME: &str = include_str!("../../examples/data/home-and-garden.csv");

fn variants(products: &[Value]) -> Vec<&Value> {
    products.iter().flat_map(|product| product["variants"].as_array().unwrap()).collect()
}

fn images(products: &[Value]) -> usize {
    products.iter().map(|product| product["images"].as_array().unwrap().len()).sum()
}

fn by_handle<'p>(products: &'p [Value], handle: &str) -> &'p Value {
    products.iter().find(|product| product["handle"] == handle).unwrap_or_else(|| panic!("no {handle}"))
}

#[test]
fn the_sample_catalogues_go_into_a_shop_each() {
    let world = World::new();
    let person = world.user("ada");
    let (apparel, home) = (person.opens_shop("apparel"), person.opens_shop_in("home", "EUR"));
    for (shop, file) in [(&apparel, APPAREL), (&home, HOME)] {
        let report = shop.imports("", file).expect(200);
        assert_eq!(
            (&report["created"], &report["updated"], &report["skipped"], &report["errors"]),
            (&json!(20), &json!(0), &json!(0), &json!([]))
        );
        assert_eq!(
            (&report["ignored_columns"], &report["warnings"]),
            (&json!([]), &json!([])),
            "they hold nothing"
        );
    }
    let list = "/products?limit=100&sort=title";
    let (apparel, home) = (apparel.all(list), home.all(list));
    assert_eq!((apparel.len(), variants(&apparel).len(), images(&apparel)), (20, 22, 20));
    assert_eq!((home.len(), variants(&home).len(), images(&home)), (20, 21, 21));
    let (theirs, ours) = (each(&apparel, "handle"), each(&home, "handle"));
    assert!(theirs.iter().all(|handle| !ours.contains(handle)), "each shop sees its own only");
    for variant in variants(&apparel) {
        assert_eq!((&variant["price"]["currency"], &variant["track_stock"]), (&json!("USD"), &json!(false)));
    }
}

#[test]
fn what_the_sample_file_says_is_what_the_shop_has() {
    let world = World::new();
    let owner = world.user("ada").opens_shop_in("home", "EUR");
    owner.imports("", HOME).expect(200);
    let products = owner.all("/products?limit=100");
    let euros = |amount: i64| json!({ "amount": amount, "currency": "EUR" });

    let pot = by_handle(&products, "clay-plant-pot");
    let image = "https://burst.shopifycdn.com/photos/";
    let variant_of = |index: usize, size: &str, amount: i64, stock: i64| {
        json!({
            "id": variant(pot, index), "sku": null, "title": size, "options": { "Size": size },
            "price": euros(amount), "compare_at_price": null, "track_stock": false, "allow_oversell": false,
            "stock": stock, "barcode": null, "grams": 0, "position": index + 1,
        })
    };
    assert_eq!(
        pot,
        &json!({
            "id": pot["id"], "handle": "clay-plant-pot", "title": "Clay Plant Pot",
            "description": "<p>Classic blown clay pot for plants</p>", "vendor": "Company 123",
            "product_type": "Outdoor", "tags": ["Pot", "Plants"], "status": "active", "options": ["Size"],
            "variants": [variant_of(0, "Regular", 999, 1), variant_of(1, "Large", 1599, 3)],
            "images": [
                { "id": pot["images"][0]["id"], "url": format!("{image}single-sprout-in-a-pot_925x.jpg"),
                  "alt": "", "position": 1 },
                { "id": pot["images"][1]["id"], "url": format!("{image}pot-with-a-single-sprout_925x.jpg"),
                  "alt": "", "position": 2 },
            ],
            "created_at": pot["created_at"], "updated_at": pot["created_at"],
        })
    );
    let light = &by_handle(&products, "copper-light")["variants"][0];
    assert_eq!((&light["price"], &light["compare_at_price"]), (&euros(5999), &euros(7500)));

    let tracked: Vec<&Value> = products.iter().filter(|p| p["variants"][0]["track_stock"] == true).collect();
    assert_eq!(tracked.len(), 1, "a blank tracker means untracked");
    let pots = by_handle(&products, "biodegradable-cardboard-pots");
    assert_eq!((tracked[0], &pots["variants"][0]["stock"]), (pots, &json!(8)));
    let movements = owner.movements(&variant(pots, 0));
    assert_eq!((movements.len(), &movements[0]["delta"]), (1, &json!(8)), "also what is imported adds up");
    let order = |quantity: i64| owner.buys(&[(&variant(pots, 0), quantity)]);
    order(9).expect_problem(409, "out_of_stock");
    order(8).expect(201);
}

const UPDATE: &str = "?on_conflict=update&variants=replace";

#[test]
fn a_product_that_is_there_already_is_skipped_or_updated() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let before = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,\
                  Variant Inventory Qty,Variant Price\n\
                  shirt,Shirt,Size,S,ONE,shopify,5,10\nshirt,,,M,TWO,,,11\nmug,Mug,,,,,,3\n";
    assert_eq!(owner.imports("", before).expect(200)["created"], 2);
    let products = owner.all("/products?sort=title");
    let after = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,\
                 Variant Inventory Qty,Variant Price\n\
                 shirt,Blouse,Size,S,ONE,shopify,7,20\nshirt,,,L,THREE,,,21\ncap,Cap,,,,,,4\n";
    for query in ["?on_conflict=skip&dry_run=true", &format!("{UPDATE}&dry_run=true")] {
        owner.imports(query, after).expect(200);
        assert_eq!(owner.all("/products?sort=title"), products, "{query} changes nothing");
    }
    let counts = |query: &str| {
        let report = owner.imports(query, after).expect(200);
        ["created", "updated", "unchanged", "skipped", "variants_removed"]
            .map(|count| report[count].as_u64().unwrap())
    };
    assert_eq!(counts("?dry_run=true"), [1, 0, 0, 1, 0]);
    assert_eq!(counts(&format!("{UPDATE}&dry_run=true")), [1, 1, 0, 0, 1]);
    assert_eq!(counts(""), [1, 0, 0, 1, 0], "skipped by default");
    assert_eq!(owner.again("products", &products[1]), products[1]);
    assert_eq!(counts("?on_conflict=skip"), [0, 0, 0, 2, 0]);
    assert_eq!(counts(UPDATE), [0, 1, 1, 0, 1]);
    assert_eq!(counts(UPDATE), [0, 0, 2, 0, 0], "nothing is left to do");

    let shirt = owner.again("products", &products[1]);
    assert_eq!((&shirt["title"], &shirt["handle"]), (&json!("Blouse"), &json!("shirt")));
    assert_eq!(variant(&shirt, 0), variant(&products[1], 0), "the same option values, the same variant");
    assert_eq!(shirt["variants"][0]["stock"], 7);
    assert_eq!(each(shirt["variants"].as_array().unwrap(), "sku"), ["ONE", "THREE"]);
    let gone = format!("/variants/{}/stock", variant(&products[1], 1));
    owner.get(&gone).expect_problem(404, "not_found");
    let deltas: Vec<_> =
        owner.movements(&variant(&shirt, 0)).iter().map(|movement| movement["delta"].clone()).collect();
    assert_eq!(deltas, [json!(2), json!(5)]);
}

#[test]
fn cells_may_hold_line_breaks_commas_and_quotes() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let csv = "Handle,Title,Body (HTML),Variant Price\r\n\
               a,\"A, \"\"B\"\"\",\"<p>one</p>\r\n\r\n<p>two</p>\n\",1.50\r\nb,B,,x\r\n";
    let report = owner.imports("?partial=true", csv).expect(200);
    let error = &report["errors"][0];
    assert_eq!((&report["created"], &error["line"], &error["row"]), (&json!(1), &json!(6), &json!(3)));
    assert_eq!(
        (&error["handle"], &error["column"], &error["value"]),
        (&json!("b"), &json!("Variant Price"), &json!("x"))
    );
    let product = &owner.all("/products?")[0];
    assert_eq!(product["title"], "A, \"B\"");
    let description = text(&product["description"]);
    assert!(description.contains("<p>one</p>\r\n\r\n<p>two</p>"), "{description:?}");
}

#[test]
fn prices_are_read_in_the_shops_currency() {
    let tenants = Tenants::new();
    let person = tenants.user("ada");
    for (currency, price, amount) in [("JPY", "1200", 1200), ("KWD", "1.234", 1234), ("USD", ".5", 50)] {
        let shop = person.opens_shop_in(&currency.to_lowercase(), currency);
        shop.imports("", format!("Handle,Title,Variant Price\na,A,{price}\n")).expect(200);
        let price = &shop.all("/products?")[0]["variants"][0]["price"];
        assert_eq!(price, &json!({ "amount": amount, "currency": currency }));
    }
}
