//! Updates by files with any of the columns, made from a seed: what the columns have is changed, and everything else stays.
//!
//! `COLUMNS_CASES` is the number of files, `COLUMNS_SEED` the seed of the first.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::outside::setting;
use crate::outside_steps::Random;
use crate::support::{Member, Tenants};

/// The default number of files.
const CASES: u64 = 40;

const NAMES: [&str; 20] = [
    "Body (HTML)",
    "Vendor",
    "Type",
    "Tags",
    "Published",
    "Status",
    "Option1 Name",
    "Option1 Value",
    "Option2 Name",
    "Option2 Value",
    "Variant SKU",
    "Variant Barcode",
    "Variant Grams",
    "Variant Inventory Tracker",
    "Variant Inventory Qty",
    "Variant Inventory Policy",
    "Variant Price",
    "Variant Compare At Price",
    "Image Src",
    "Image Alt Text",
];

/// The rows of two products, one with three variants and two images, one without options.
const ROWS: [[&str; 22]; 4] = [
    [
        "tea",
        "Tea",
        "<p>Good</p>",
        "Leafs",
        "Hot",
        "a, b",
        "true",
        "active",
        "Size",
        "S",
        "Colour",
        "Red",
        "T-S",
        "1",
        "100",
        "shopify",
        "7",
        "deny",
        "4.00",
        "5.00",
        "https://i.example/1",
        "one",
    ],
    [
        "tea",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "L",
        "",
        "Red",
        "T-L",
        "",
        "200",
        "shopify",
        "9",
        "continue",
        "6.00",
        "",
        "https://i.example/2",
        "",
    ],
    [
        "tea", "", "", "", "", "", "", "", "", "L", "", "Blue", "T-B", "", "200", "", "", "deny", "6.50", "",
        "", "",
    ],
    [
        "mug",
        "Mug",
        "",
        "",
        "Cold",
        "",
        "false",
        "archived",
        "Title",
        "Default Title",
        "",
        "",
        "M",
        "2",
        "300",
        "",
        "3",
        "deny",
        "9.00",
        "",
        "https://i.example/3",
        "",
    ],
];

/// What a column is in a product or its variants, and other cells with what is read from them then.
fn changes() -> BTreeMap<&'static str, (&'static str, &'static str, Value)> {
    let amount = |amount: i64| json!({ "amount": amount, "currency": "USD" });
    [
        ("Body (HTML)", ("description", "<p>Better</p>", json!("<p>Better</p>"))),
        ("Vendor", ("vendor", "", json!(""))),
        ("Type", ("product_type", "Warm", json!("Warm"))),
        ("Tags", ("tags", "c", json!(["c"]))),
        ("Status", ("status", "draft", json!("draft"))),
        ("Variant Barcode", ("barcode", "77", json!("77"))),
        ("Variant Grams", ("grams", "", json!(0))),
        ("Variant Inventory Policy", ("allow_oversell", "continue", json!(true))),
        ("Variant Price", ("price", "1.25", amount(125))),
        ("Variant Compare At Price", ("compare_at_price", "2.50", amount(250))),
    ]
    .into()
}

fn file(columns: &[&str], cell: impl Fn(usize, &str, &str) -> String) -> String {
    let quoted = |cell: &str| format!("\"{cell}\"");
    let mut file = format!("Handle,Title,{}\n", columns.join(","));
    for (index, row) in ROWS.iter().enumerate() {
        let mut cells = vec![quoted(row[0]), quoted(row[1])];
        for column in columns {
            let place = NAMES.iter().position(|name| name == column).unwrap();
            cells.push(quoted(&cell(index, column, row[place + 2])));
        }
        file.extend([&*cells.join(","), "\n"]);
    }
    file
}

fn products(member: &Member<'_>) -> Vec<Value> {
    let mut products = member.all("/products?sort=-title");
    for product in &mut products {
        product.as_object_mut().unwrap().remove("updated_at");
    }
    products
}

#[test]
fn a_file_with_any_of_the_columns_changes_what_they_have() {
    let tenants = Tenants::new();
    let first = setting("COLUMNS_SEED").unwrap_or(1);
    let full = file(&NAMES, |_, _, cell| cell.to_owned());
    let owner = tenants.user("ada").opens_shop("loft");
    owner.imports("", full.clone()).expect(200);
    let before = products(&owner);
    for seed in first..first + setting("COLUMNS_CASES").unwrap_or(CASES) {
        println!("COLUMNS_SEED={seed} COLUMNS_CASES=1");
        let mut random = Random::new(seed);
        let columns: Vec<&str> = NAMES.into_iter().filter(|_| random.below(3) > 0).collect();
        let has = |name: &str| columns.contains(&name);
        // Otherwise the rows with the same values of one option could not be told apart.
        let tells_variants = has("Variant SKU") || has("Option1 Value") && has("Option2 Value");
        if !tells_variants {
            let tells = columns.iter().any(|name| name.starts_with("Variant") || name.ends_with("Value"));
            let same = file(&columns, |_, _, cell| cell.to_owned());
            let answer = owner.imports("?on_conflict=update", same);
            if tells && answer.status != 200 {
                let problem = answer.expect_problem(422, "import_failed");
                assert_eq!(problem["errors"][0]["code"], "ambiguous_variant", "{problem}");
            }
            assert_eq!(products(&owner), before);
            continue;
        }
        let same = file(&columns, |_, _, cell| cell.to_owned());
        let report = owner.imports("?on_conflict=update", same).expect(200);
        assert_eq!(
            (&report["unchanged"], &report["updated"]),
            (&json!(2), &json!(0)),
            "{columns:?} {report}"
        );
        assert_eq!(products(&owner), before);

        let changes = changes();
        let other = file(&columns, |index, column, cell| match changes.get(column) {
            Some((_, changed, _)) if column.starts_with("Variant") || [0, 3].contains(&index) => {
                (*changed).to_owned()
            }
            _ => cell.to_owned(),
        });
        let mut expected = before.clone();
        for product in &mut expected {
            for column in columns.iter().filter_map(|column| Some((column, changes.get(column)?))) {
                let (name, (field, _, value)) = column;
                if !name.starts_with("Variant") {
                    product[*field] = value.clone();
                    continue;
                }
                product["variants"]
                    .as_array_mut()
                    .unwrap()
                    .iter_mut()
                    .for_each(|variant| variant[*field] = value.clone());
            }
        }
        owner.imports("?on_conflict=update", other).expect(200);
        assert_eq!(products(&owner), expected, "{columns:?}");
        owner.imports("?on_conflict=update", full.clone()).expect(200);
        assert_eq!(products(&owner), before, "{columns:?}");
    }
}
