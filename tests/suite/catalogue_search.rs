//! Finding products by the words of their titles and by their tags.

use serde_json::{Value, json};
use shophouse::http::request::text::{Identifier, Line};
use unicode_normalization::UnicodeNormalization;

use crate::support::goods::each;
use crate::support::tree::trees;
use crate::support::{Database, Member, Tenants, World};

/// Titles that are difficult to split into words.
const DIFFICULT: [&str; 26] = [
    "Linen Shirt, blue",
    "SHIRT Crème Brûlée",
    "Straße STRASSE ẞ",
    "Smørrebrød & Æbleskiver: Łódź, Đakovo, Þór, İstanbul ılık",
    "ΟΔΟΣ οδός Ὀδυσσεύς",
    "Ёлка Йод ЖУК жук",
    "50% off -- X/L 3½ m² №5 ﬁne ｆｕｌｌ１",
    "O'Neill’s “Best” «Of» ‘it’",
    "青いシャツ XLサイズ ｼｬﾂ",
    "面白い・本（赤）々",
    "เสื้อเชิ้ตสีฟ้า shirt ใหม่",
    "हिन्दी किताब। নতুন বই",
    "한국어 셔츠",
    "שָׁלוֹם־עולם, ״ספר״",
    "كِتَابٌ عَرَبِيّ؛ آلة ٣٤",
    "🎉party🎉 ☕️ tea",
    "e\u{301}clair éclair E\u{301}CLAIR",
    "\u{301}\u{302} lone marks",
    "a\u{200b}b\u{00ad}c\u{00a0}d\u{feff}e",
    "snake_case kebab-case a.b.c C++ C#",
    "Ａ１Ｂ２ ①②③ Ⅳ ㎏",
    "tab\tand\nline",
    "ǅungla Ǆ ŉ ſtuff",
    "\u{fdfa}\u{fdfa}\u{fdfa}",
    "ქართული ᲥᲐᲠᲗᲣᲚᲘ Հայերեն",
    "𠮷野家 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐐀𐐨",
];

/// A query in which everything but names and lower-case letters is percent-encoded.
fn encoded(query: &str) -> String {
    let encoded = query.bytes().map(|byte| match byte {
        b'=' | b'&' | b'a'..=b'z' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    encoded.collect()
}

fn titles(member: &Member<'_>, filter: &str) -> Vec<String> {
    each(&member.all(&format!("/products?sort=title&limit=2&{}", encoded(filter))), "title")
}

fn shop(tenants: &Tenants) -> Member<'_> {
    let owner = tenants.user("ada").opens_shop("loft");
    for title in DIFFICULT {
        owner.sells(title);
    }
    owner
}

#[test]
fn words_and_their_beginnings_are_found_in_any_order_without_case_or_accents() {
    let tenants = Tenants::new();
    let owner = shop(&tenants);
    for (q, expected) in [
        ("shirt", &[0, 1, 10][..]),
        ("blue SHIRT", &[0]),
        ("shi lin", &[0]),
        ("BRULEE creme", &[1]),
        ("brûl", &[1]),
        ("hirt", &[]),
        ("shirts", &[]),
        ("shirt nothing", &[]),
        ("strasse", &[2]),
        ("straß", &[2]),
        ("smorrebrod lodz", &[3]),
        ("istanbul", &[3]),
        ("οδοσ", &[4]),
        ("елка", &[5]),
        ("50% off", &[6]),
        ("fine full", &[6]),
        ("o'neill", &[7]),
        ("シャツ", &[8]),
        ("サイズ xl", &[8]),
        ("白い", &[9]),
        ("เชิ้ต", &[10]),
        ("किता", &[11]),
        ("한국", &[12]),
        ("שלום", &[13]),
        ("كتاب", &[14]),
        ("party tea", &[15]),
        ("éclair", &[16]),
        ("野家", &[25]),
    ] {
        let mut expected: Vec<&str> = expected.iter().map(|index| DIFFICULT[*index]).collect();
        expected.sort_unstable();
        assert_eq!(titles(&owner, &format!("q={q}")), expected, "{q}");
    }
}

#[test]
fn a_search_takes_whatever_a_shopper_pastes() {
    let tenants = Tenants::new();
    let owner = shop(&tenants);
    let odd = [
        "The Original Organic Cotton Short Sleeve Crew Neck Pocket T-Shirt for Men",
        "🎉🎉",
        "❤\u{fe0f}",
        "!!!",
        "C++",
        "+",
        "№ 5",
        "2024",
        "…",
        "½",
        "١٢٣",
        "👩\u{200d}🚒",
        "می\u{200c}خواهم",
        "\u{301}",
    ];
    for title in odd {
        owner.sells(title);
    }
    let long = "Lorem ipsum dolor sit amet consetetur ".repeat(6);
    owner.sells(&long);
    let difficult = DIFFICULT.map(|title| title.replace(['\n', '\t'], " ").replace('\u{feff}', ""));
    for title in difficult.iter().map(String::as_str).chain(odd).chain([long.trim()]) {
        for pasted in [title.to_owned(), format!("  {title}\n"), title.to_uppercase()] {
            let q: String = pasted.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let found = each(&owner.all(&format!("/products?sort=title&limit=100&q={q}")), "title");
            let is_found = found.iter().any(|found| found == title);
            assert!(is_found, "{title:?} is not found by {pasted:?}");
        }
    }
    let all = DIFFICULT.len() + odd.len() + 1;
    for blank in ["", " ", "\u{3000}\t"] {
        assert_eq!(titles(&owner, &format!("q={blank}")).len(), all, "{blank:?}");
    }
    for nothing in ["!!", "🎊", "\u{200b}", "\u{feff}", "\u{fffd}", "' OR 1=1 --", "%", "_", "\\"] {
        assert_eq!(titles(&owner, &format!("q={nothing}")), [""; 0], "{nothing:?}");
    }
    assert_eq!(titles(&owner, "q=no such word in any of the titles shirt blue linen").len(), 0);
    let more = format!("q=the original organic cotton short sleeve crew neck {}", "x ".repeat(1_000));
    assert_eq!(titles(&owner, &more), [odd[0]], "the first eight words count");
    assert_eq!(titles(&owner, &format!("q={}", "linen ".repeat(900))), [DIFFICULT[0]]);
    assert_eq!(titles(&owner, "tag=").len(), all, "an empty tag is no filter");
}

#[test]
fn words_and_tags_are_those_of_the_product_as_it_is() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let customer = owner.joined_by("cleo", "customer");
    let body = json!({ "title": "Red Cap", "tags": ["Sale", "Été"], "price": { "amount": 0 } });
    let cap = owner.post("/products", body).expect(201);
    let path = format!("/products/{}", cap["id"].as_str().unwrap());
    let found = |filters: [&str; 4]| filters.map(|filter| titles(&owner, filter).len());
    let filters = ["q=red", "q=green", "tag=sale", "tag=new"];
    assert_eq!(found(filters), [1, 0, 1, 0]);
    assert_eq!(titles(&owner, "tag=ete&q=cap"), ["Red Cap"], "tags have neither case nor accents");
    assert_eq!(titles(&owner, "tag=sal"), [""; 0], "a tag is found as a whole");

    owner.patch(&path, json!({ "title": "Green Cap" })).expect(200);
    assert_eq!(found(filters), [0, 1, 1, 0]);
    assert_eq!(titles(&owner, "tag=sale"), ["Green Cap"], "in the order of the titles that there are");
    owner.patch(&path, json!({ "tags": ["New"] })).expect(200);
    assert_eq!(found(filters), [0, 1, 0, 1]);
    owner
        .put(&path, json!({ "title": "Red Hat", "tags": ["sale", "new"], "price": { "amount": 0 } }))
        .expect(200);
    assert_eq!(found(filters), [1, 0, 1, 1]);
    let csv = "Handle,Title,Tags,Variant Price\nred-cap,Green Hat,sale,1\nhat,Red Hat,\"new, NEU\",1\n";
    owner.imports("?on_conflict=update", csv).expect(200);
    assert_eq!(found(filters), [1, 1, 1, 1]);
    assert_eq!(titles(&customer, "q=ha"), ["Green Hat", "Red Hat"]);
    owner.patch(&path, json!({ "status": "draft" })).expect(200);
    assert_eq!(titles(&customer, "q=ha"), ["Red Hat"], "customers see active products only");
    owner.delete(&path).expect(204);
    assert_eq!(found(filters), [1, 0, 0, 1]);
}

#[test]
fn pages_of_a_tag_and_of_a_search_show_each_product_once_in_every_order() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    for number in 0..7 {
        let title = ["Cup", "Axe", "cup of tea"][number % 3];
        owner
            .post("/products", json!({ "title": title, "tags": ["All", "x"], "price": { "amount": 0 } }))
            .expect(201);
    }
    for sort in ["created_at", "-created_at", "title", "-title"] {
        for (filter, count) in [("tag=all", 7), ("q=c", 5), ("tag=x&q=cup+t", 2)] {
            let whole = owner.all(&format!("/products?limit=100&sort={sort}"));
            let all = owner.all(&format!("/products?limit=100&sort={sort}&{filter}"));
            let ids = each(&all, "id");
            let in_order: Vec<String> =
                each(&whole, "id").into_iter().filter(|id| ids.contains(id)).collect();
            assert_eq!((all.len(), &ids), (count, &in_order), "{sort} {filter}");
            for limit in [1, 2, 3] {
                let pages = owner.all(&format!("/products?limit={limit}&sort={sort}&{filter}"));
                assert_eq!(pages, all, "{sort} {filter} by {limit}");
            }
        }
    }
}

/// The characters that this PostgreSQL and this binary decompose, order and lower-case in the same way: all but those that
/// were added between the two versions of Unicode.
fn common_characters(world: &World) -> Vec<char> {
    let of_postgres = world.sql().column(
        "SELECT code || ' ' || lower(normalize(chr(code) || chr(820), NFKD)) FROM generate_series(1, 131071) AS code
         WHERE code NOT BETWEEN 55296 AND 57343",
    );
    let all = of_postgres.len();
    let common = |row: &String| {
        let (code, theirs) = row.split_once(' ')?;
        let char = char::from_u32(code.parse().ok()?)?;
        let ours: String = [char, '\u{334}'].into_iter().nfkd().flat_map(char::to_lowercase).collect();
        (ours == theirs).then_some(char)
    };
    let common: Vec<char> = of_postgres.iter().filter_map(common).collect();
    assert!(all - common.len() < 500, "{} characters differ", all - common.len());
    common
}

/// The migration fills the tables for existing products; the application does so for later ones.
#[test]
fn the_migration_finds_the_words_that_the_application_finds() {
    let world = World::on(Database::alone(), trees());
    let owner = shop(&world);
    for characters in common_characters(&world).chunks(200) {
        let may_be_shown = |char: &&char| Line::try_from(format!("x{char}x").as_str()).is_ok();
        let may_identify = |char: &&char| Identifier::try_from(format!("x{char}x").as_str()).is_ok();
        let title = format!("x{}x", characters.iter().filter(may_be_shown).collect::<String>());
        // Apart, so that no two of them become one that this PostgreSQL does not know.
        let apart = |characters: &[char]| -> String {
            let allowed = characters.iter().filter(may_identify).filter(|char| **char != ',');
            allowed.flat_map(|char| ['x', *char]).collect()
        };
        let tags: Vec<String> = characters.chunks(100).map(apart).filter(|tag| !tag.is_empty()).collect();
        owner
            .post("/products", json!({ "title": title, "tags": tags, "price": { "amount": 0 } }))
            .expect(201);
    }
    let schema = owner.schema();
    let mut sql = world.sql();
    let mut found = || -> Vec<Value> {
        let rows = |table: &str, key: &str| {
            format!("SELECT {key} || ' ' || product_id FROM {schema}.{table} ORDER BY product_id, {key}")
        };
        let mut all = sql.column(rows("product_words", "word"));
        all.extend(sql.column(rows("product_tags", "tag")));
        all.into_iter().map(Value::from).collect()
    };
    let by_the_application = found();
    rerun_search_migration(&world, &schema);
    let by_the_migration = found();
    assert!(by_the_application.len() > 1_000);
    let missing = |from: &[Value], other: &[Value]| -> Vec<Value> {
        let other: std::collections::HashSet<&Value> = other.iter().collect();
        from.iter().filter(|row| !other.contains(row)).take(20).cloned().collect()
    };
    assert_eq!(
        missing(&by_the_application, &by_the_migration),
        [Value::Null; 0],
        "not found by the migration"
    );
    assert_eq!(missing(&by_the_migration, &by_the_application), [Value::Null; 0], "found by it alone");
}

fn rerun_search_migration(world: &World, schema: &str) {
    use diesel::migration::{Migration, MigrationSource};
    use diesel::pg::Pg;

    let mut sql = world.sql();
    sql.run(format!("SET search_path TO {schema}, pg_temp"));
    let migrations: Vec<Box<dyn Migration<Pg>>> = trees().tenant().migrations().unwrap();
    let search =
        migrations.iter().find(|migration| migration.name().to_string().ends_with("_search")).unwrap();
    search.revert(&mut sql.0).unwrap();
    search.run(&mut sql.0).unwrap();
}
