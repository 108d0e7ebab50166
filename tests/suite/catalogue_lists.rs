//! Lists of products: filters, orders, and pages that show each product exactly once.

use std::collections::HashSet;

use rocket::http::Method;
use serde_json::{Value, json};

use crate::support::goods::each;
use crate::support::world::text;
use crate::support::{Member, Tenants, World};

const SORTS: [&str; 4] = ["created_at", "-created_at", "title", "-title"];

/// Seven products, some of which have the same title; with `all_at_once` all have the same time of creation.
fn seven(world: &World, all_at_once: bool) -> (Member<'_>, Vec<Value>) {
    let owner = world.user("ada").opens_shop("loft");
    for title in ["Cup", "Axe", "Cup", "bag", "Ähre", "Cup", "Bag"] {
        owner.post("/products", json!({ "title": title, "price": { "amount": 0 } })).expect(201);
    }
    if all_at_once {
        let schema = owner.schema();
        world.sql().run(format!("UPDATE {schema}.products SET created_at = '2026-01-31T09:30:00.5Z'"));
    }
    let products = owner.all("/products?limit=100");
    assert_eq!(products.len(), 7);
    (owner, products)
}

/// The ids in the order of `sort`: by the field, then by id, and reversed with `-`.
fn sorted(products: &[Value], sort: &str) -> Vec<String> {
    let field = sort.trim_start_matches('-');
    let mut keys: Vec<_> =
        products.iter().map(|product| (text(&product[field]), text(&product["id"]))).collect();
    keys.sort();
    if sort.starts_with('-') {
        keys.reverse();
    }
    keys.into_iter().map(|(_, id)| id).collect()
}

#[test]
fn pages_show_each_product_once_in_every_order() {
    for all_at_once in [false, true] {
        let world = World::new();
        let (owner, products) = seven(&world, all_at_once);
        for sort in SORTS {
            for limit in [1, 2, 3, 7, 100] {
                let seen = owner.all(&format!("/products?sort={sort}&limit={limit}"));
                assert_eq!(each(&seen, "id"), sorted(&products, sort), "{sort}, {limit} a page");
            }
        }
        let newest = owner.all("/products?");
        assert_eq!(each(&newest, "id"), sorted(&products, "-created_at"), "newest first by default");
    }
}

#[test]
fn what_comes_in_between_two_pages_hides_and_repeats_nothing() {
    let world = World::new();
    let (owner, products) = seven(&world, false);
    for sort in SORTS {
        let mut seen = Vec::new();
        let mut path = format!("/products?sort={sort}&limit=2");
        for page in 0..100 {
            let answer = owner.get(&path).expect(200);
            seen.extend(each(answer["data"].as_array().unwrap(), "id"));
            // Before, between and after the existing ones; only for three pages, so that the list ends.
            if page < 3 {
                for title in ["0", "Cup", "zoo"] {
                    owner.post("/products", json!({ "title": title, "price": { "amount": 0 } })).expect(201);
                }
            }
            let Some(cursor) = answer["next_cursor"].as_str() else { break };
            path = format!("/products?sort={sort}&limit=2&cursor={cursor}");
        }
        assert_eq!(seen.iter().collect::<HashSet<_>>().len(), seen.len(), "{sort}: one came twice");
        let ours: HashSet<String> = each(&products, "id").into_iter().collect();
        seen.retain(|id| ours.contains(id));
        assert_eq!(seen, sorted(&products, sort), "{sort}");
    }
}

#[test]
fn a_product_that_goes_between_two_pages_takes_no_other_along() {
    let world = World::new();
    let (owner, products) = seven(&world, false);
    let order = sorted(&products, "title");
    let first = owner.get("/products?sort=title&limit=3").expect(200);
    // The last one of the first page, from which the cursor is made, and one of a later page.
    for gone in [&order[2], &order[4]] {
        owner.delete(&format!("/products/{gone}")).expect(204);
    }
    let cursor = text(&first["next_cursor"]);
    let rest = owner.get(&format!("/products?sort=title&limit=3&cursor={cursor}")).expect(200);
    assert_eq!(
        each(rest["data"].as_array().unwrap(), "id"),
        [&order[3], &order[5], &order[6]].map(String::clone)
    );
    assert_eq!(rest["next_cursor"], Value::Null);
}

#[test]
fn the_link_header_leads_to_the_next_page() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    for title in ["A", "B", "C", "D"] {
        let vendor = if title == "B" { "Other" } else { "Loom & Söhne = 100%?" };
        owner
            .post("/products", json!({ "title": title, "vendor": vendor, "price": { "amount": 0 } }))
            .expect(201);
    }
    let mut path =
        "/api/v1/products?vendor=Loom%20%26%20S%C3%B6hne+%3D%20100%25%3F&sort=-title&limit=1".to_owned();
    let mut titles = Vec::new();
    loop {
        let answer = owner.raw(Method::Get, &path, &[], None);
        let page = answer.expect(200);
        titles.extend(each(page["data"].as_array().unwrap(), "title"));
        assert_eq!(answer.header("Link").is_some(), page["next_cursor"].is_string(), "{answer}");
        assert_eq!(answer.header("Cache-Control"), Some("no-store"));
        let Some(link) = answer.header("Link") else { break };
        let target = link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\""));
        target.unwrap_or_else(|| panic!("{link}")).clone_into(&mut path);
    }
    assert_eq!(titles, ["D", "C", "A"]);
}

#[test]
fn filters_narrow_the_list_and_combine() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    for (title, vendor, kind, status) in [
        ("A", "Loom", "Tops", "active"),
        ("B", "Loom", "Caps", "draft"),
        ("C", "Weft", "Tops", "active"),
        ("D", "", "", "archived"),
    ] {
        let body = json!({
            "title": title, "vendor": vendor, "product_type": kind, "status": status, "price": { "amount": 0 },
        });
        owner.post("/products", body).expect(201);
    }
    for (filter, expected) in [
        ("vendor=Loom", "AB"),
        ("vendor=loom", ""),
        ("vendor=", "D"),
        ("product_type=Tops", "AC"),
        ("status=active", "AC"),
        ("status=draft", "B"),
        ("status=archived", "D"),
        ("vendor=Loom&product_type=Tops", "A"),
        ("vendor=Loom&status=archived", ""),
        ("vendor=Weft&product_type=Tops&status=active", "C"),
    ] {
        let titles = each(&owner.all(&format!("/products?sort=title&limit=1&{filter}")), "title");
        assert_eq!(titles.concat(), expected, "{filter}");
    }
}

#[test]
fn parameters_that_mean_nothing_here_are_refused() {
    let world = World::new();
    let (owner, _) = seven(&world, false);
    let cursor =
        |sort: &str| text(&owner.get(&format!("/products?sort={sort}&limit=1")).expect(200)["next_cursor"]);
    let orders_cursor = {
        let variant = text(&owner.sells("Sold")["variants"][0]["id"]);
        for _ in 0..2 {
            owner.buys(&[(&variant, 1)]).expect(201);
        }
        text(&owner.get("/orders?limit=1").expect(200)["next_cursor"])
    };
    for sort in SORTS {
        for other in SORTS {
            let answer = owner.get(&format!("/products?sort={sort}&cursor={}", cursor(other)));
            if sort == other {
                answer.expect(200);
            } else {
                answer.expect_problem(422, "invalid_parameter");
            }
        }
    }
    for query in [
        "cursor=nonsense",
        "cursor=",
        "cursor=e30",
        &format!("cursor={orders_cursor}"),
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=x",
        "sort=price",
        "sort=",
        "status=sold",
        "colour=red",
        "limit=1&limit=2",
        "vendor=%00",
    ] {
        owner.get(&format!("/products?{query}")).expect_problem(422, "invalid_parameter");
    }
}
