//! WooCommerce's export of products, as it comes: simple and variable products, their variations, and what there is not here.

use rocket::http::{ContentType, Method};
use serde_json::{Value, json};

use crate::support::{Member, Tenants};

/// As the exporter writes it, with a column of each kind.
const HEADER: &str = "ID,Type,SKU,\"GTIN, UPC, EAN, or ISBN\",Name,Published,\"Is featured?\",\"Visibility in catalog\",\
    \"Short description\",Description,\"Date sale price starts\",\"Date sale price ends\",\"Tax status\",\"In stock?\",Stock,\
    \"Backorders allowed?\",\"Weight (kg)\",\"Sale price\",\"Regular price\",Categories,Tags,Images,Parent,Upsells,Position,\
    \"Attribute 1 name\",\"Attribute 1 value(s)\",\"Attribute 1 visible\",\"Attribute 1 global\",\
    \"Attribute 2 name\",\"Attribute 2 value(s)\",\"Attribute 2 visible\",\"Attribute 2 global\",\"Meta: _brand_story\"\n";

/// The variations of the mug, which has no SKU, stand before it.
const ROWS: &str = "\
44,variable,tee,,\"V-Neck Tee\",1,1,visible,Soft.,\"Cotton.\\nWash cold.\",,,taxable,1,,0,0.2,,,\"Clothing > Tshirts, Sale\",new,\
\"https://i.example/1.jpg, https://i.example/2.jpg\",,,0,Color,\"Blue, Green\",1,1,Size,\"Large, Small\",1,1,\n\
58,simple,belt,'-123,Belt,1,0,visible,,\"A belt.\",,,taxable,1,12,notify,.5,\"55,50\",\"65,00\",Uncategorized,,https://i.example/belt.jpg,,tee,0,Material,Leather,1,0,,,,,\n\
59,simple,old-belt,,Belt,'-1,0,visible,,,,,taxable,0,,0,,,10,,,,,,0,,,,,,,,,long\n\
60,simple,private,,\"Staff cap\",0,0,visible,,,,,taxable,1,,0,,,18,,,,,,0,,,,,,,,,\n\
61,simple,secret,,\"Secret cap\",1,0,hidden,,,,,taxable,1,,0,,,18,,,cap.jpg,,,0,,,,,,,,,\n\
76,variation,tee-blue,,\"V-Neck Tee - Blue\",1,0,visible,,,2020-01-01,2020-02-01,taxable,1,7,1,,15,20,,,,tee,,2,Color,Blue,,1,Size,,,1,\n\
77,variation,tee-gl,,\"V-Neck Tee - Green, Large\",1,0,visible,,,,,taxable,1,,0,0.25,18,21,,,https://i.example/gl.jpg,tee,,1,Color,Green,,1,Size,Large,,1,\n\
78,\"variation, virtual\",tee-gs,,\"V-Neck Tee - Green, Small\",0,0,visible,,,,,taxable,1,,0,,,21,,,,tee,,3,Color,Green,,1,Size,Small,,1,\n\
80,variation,,,Mug - Red,1,0,visible,,,,,taxable,1,parent,0,,,9,,,,id:90,,0,Glaze,Red,,0,,,,,\n\
81,variation,,,Mug - White,1,0,visible,,,,,taxable,1,parent,0,,,9.5,,,,id:90,,0,Glaze,White,,0,,,,,\n\
87,grouped,set,,\"Logo Collection\",1,0,visible,,,,,taxable,1,,0,,,,Clothing,,,,,0,,,,,,,,,\n\
90,variable,,,Mug,1,0,visible,,,,,taxable,1,30,0,0.4,,,Kitchen,,,,,0,Glaze,\"Red, White\",1,0,Origin,Delft,1,0,\n";

fn by_title(owner: &Member<'_>) -> Vec<Value> {
    owner.all("/products?sort=title")
}

fn variants(product: &Value) -> Vec<String> {
    let text = |variant: &Value| {
        let part = |name: &str| variant[name].to_string().replace('"', "");
        let former = &variant["compare_at_price"]["amount"];
        format!(
            "{} {} {}/{former} {} {} {}",
            part("title"),
            part("sku"),
            variant["price"]["amount"],
            part("track_stock"),
            part("stock"),
            part("grams")
        )
    };
    product["variants"].as_array().unwrap().iter().map(text).collect()
}

#[test]
fn an_export_comes_in_at_the_first_try_and_the_report_tells_what_is_not_as_it_was() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let file = format!("{HEADER}{ROWS}");
    let forecast = owner.imports("?dry_run=true", &*file).expect(200);
    let report = owner.imports("", &*file).expect(200);
    assert_eq!(report, forecast);
    assert_eq!(report["products_total"], 7, "{report}");
    assert_eq!((&report["created"], &report["failed"]), (&json!(7), &json!(0)), "{report}");
    let warnings: Vec<String> = report["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|warning| {
            format!(
                "{} {} {}",
                warning["row"],
                warning["handle"].as_str().unwrap(),
                warning["code"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        warnings,
        [
            "2 v-neck-tee shared_stock",
            "5 staff-cap unpublished",
            "6 secret-cap invalid_url",
            "6 secret-cap unlisted",
            "7 v-neck-tee sale_dates",
            "9 v-neck-tee disabled_variation",
            "12 logo-collection unsupported_type",
            "12 logo-collection missing_price",
            "13 mug left_out",
            "13 mug shared_stock",
        ],
        "{report}"
    );
    assert_eq!(
        report["ignored_columns"],
        json!(["Is featured?", "Upsells", "Attribute 1 value(s)", "Meta: _brand_story"])
    );
    let products = by_title(&owner);
    let [belt, old_belt, set, mug, secret, staff, tee] = products.as_slice() else { panic!("{products:?}") };
    let statuses =
        [belt, old_belt, set, mug, secret, staff, tee].map(|product| product["status"].as_str().unwrap());
    assert_eq!(
        statuses,
        ["active", "draft", "draft", "active", "draft", "draft", "active"],
        "never more public than it was"
    );
    assert_eq!((&belt["handle"], &old_belt["handle"]), (&json!("belt"), &json!("belt-old-belt")));
    assert_eq!(variants(belt), ["Default belt 5550/6500 true 12 500"]);
    assert_eq!(belt["variants"][0]["barcode"], "-123");
    assert_eq!((&belt["variants"][0]["allow_oversell"], &belt["tags"]), (&json!(true), &json!([])));
    assert_eq!(
        variants(old_belt),
        ["Default old-belt 1000/null true 0 0"],
        "what is out of stock is not sold"
    );
    assert_eq!(
        variants(tee),
        [
            "Green / Large tee-gl 1800/2100 false 0 250",
            "Blue / Large tee-blue 2000/null true 7 200",
            "Blue / Small tee-blue 2000/null true 0 200",
        ]
    );
    assert_eq!(variants(mug), ["Red null 900/null true 30 400", "White null 950/null true 0 400"]);
    assert_eq!(tee["description"], "Soft.\nCotton.\nWash cold.");
    assert_eq!((&tee["product_type"], &tee["options"]), (&json!("Tshirts"), &json!(["Color", "Size"])));
    assert_eq!(tee["tags"], json!(["new", "Clothing", "Tshirts", "Sale"]));
    let images: Vec<&str> =
        tee["images"].as_array().unwrap().iter().map(|image| image["url"].as_str().unwrap()).collect();
    assert_eq!(images, ["https://i.example/1.jpg", "https://i.example/2.jpg", "https://i.example/gl.jpg"]);
    // Again: nothing is there twice, and nothing changes.
    let report = owner.imports("?on_conflict=update", &*file).expect(200);
    assert_eq!((&report["unchanged"], &report["created"]), (&json!(7), &json!(0)), "{report}");
    assert_eq!(by_title(&owner), products);
}

#[test]
fn a_price_list_changes_the_prices_alone() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    owner.imports("", format!("{HEADER}{ROWS}")).expect(200);
    let before = by_title(&owner);
    let prices = "ID,Type,SKU,Name,Parent,Regular price,Attribute 1 name,Attribute 1 value(s)\n\
        58,simple,belt,Belt,,70,,\n90,variable,,Mug,,,Glaze,\"Red, White\"\n80,variation,,Mug - Red,id:90,\"11,5\",Glaze,Red\n";
    let report = owner.imports("?on_conflict=update", prices).expect(200);
    assert_eq!((&report["updated"], &report["warnings_total"]), (&json!(2), &json!(0)), "{report}");
    let mut expected = before;
    expected[0]["variants"][0]["price"]["amount"] = json!(7000);
    expected[3]["variants"][0]["price"]["amount"] = json!(1150);
    let mut after = by_title(&owner);
    for (after, before) in after.iter_mut().zip(&expected) {
        after["updated_at"] = before["updated_at"].clone();
    }
    assert_eq!(after, expected);
}

#[test]
fn what_is_no_product_is_told_at_its_row() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let rows = "ID,Type,SKU,Name,Parent,Regular price,Attribute 1 name,Attribute 1 value(s)\n\
        1,simple,a,A,,5,,\n2,variation,b-1,B - Red,b,5,Color,Red\n";
    let problem = owner.imports("", rows).expect_problem(422, "import_failed");
    let error = &problem["errors"][0];
    assert_eq!(
        (&error["code"], &error["row"], &error["value"]),
        (&json!("unknown_parent"), &json!(3), &json!("b")),
        "{problem}"
    );
    let body = Some((ContentType::CSV, rows.as_bytes().to_vec()));
    let refused =
        owner.raw(Method::Post, "/api/v1/stock/import", &[], body).expect_problem(422, "import_failed");
    assert!(refused["errors"][0]["detail"].as_str().unwrap().contains("WooCommerce's export"), "{refused}");
    let report = owner.imports("?partial=true", rows).expect(200);
    assert_eq!((&report["created"], &report["failed"]), (&json!(1), &json!(1)), "{report}");
}
