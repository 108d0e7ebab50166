//! The cost of a page of the product list in a shop of 100,000 products: the rows that PostgreSQL reads for the shop role.

use diesel::pg::{Pg, PgConnection};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::Text;
use diesel::{QueryResult, RunQueryDsl};
use shophouse::commerce::products::Status;
use shophouse::commerce::products::read::{Key, Selection, Sort};
use shophouse::commerce::products::view::ProductRow;
use shophouse::http::request::text::Sought;
use shophouse::tenancy::TenantConn;

use crate::support::{World, inside};

/// Each vendor has 2,000 products, each type 5,000; the tag `every` all, `hundredth` 1,000, `rare` 10. Of 100 products 4 are
/// drafts and 1 is archived.
const FILL: &str = "
    CREATE TEMP TABLE made AS
    SELECT number, gen_random_uuid() AS id, now() - (100000 - number) * interval '1 minute' AS created_at,
           format('Colour%s Fabric%s Thing%s No%s', number % 7, number % 101, number % 50, number) AS title,
           'every' || CASE WHEN number % 100 = 7 THEN ',hundredth' ELSE '' END
               || CASE WHEN number % 10000 = 3 THEN ',rare' ELSE '' END AS tags
    FROM generate_series(1, 100000) AS number;
    INSERT INTO products (id, handle, title, description, vendor, product_type, tags, status, options, created_at, updated_at)
    SELECT id, 'handle-' || number, title, '', 'Vendor ' || number % 50, 'Type ' || number % 20, string_to_array(tags, ','),
           CASE WHEN number % 100 < 4 THEN 'draft' WHEN number % 100 = 4 THEN 'archived' ELSE 'active' END,
           '{}', created_at, created_at
    FROM made;
    INSERT INTO product_words (word, product_id)
    SELECT lower(word), id FROM made, LATERAL regexp_split_to_table(title, ' ') AS word;
    INSERT INTO product_tags (tag, product_id)
    SELECT tag, id FROM made, LATERAL string_to_table(tags, ',') AS tag;
    DROP TABLE made;
    ";

const SORTS: [Sort; 4] = [Sort::Oldest, Sort::Newest, Sort::Title, Sort::TitleBackwards];
const PAGE: i64 = 21;

/// A query as `EXPLAIN ANALYZE`.
struct Explained<Q>(Q);

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Explained<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, COSTS OFF) ");
        self.0.walk_ast(out)
    }
}

impl<Q> QueryId for Explained<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> Query for Explained<Q> {
    type SqlType = Text;
}

impl<Q> RunQueryDsl<PgConnection> for Explained<Q> {}

/// How many rows the scans of a plan read, including those that a filter removed.
fn rows_read(plan: &[String]) -> u64 {
    let number_after = |line: &str, name: &str| -> Option<u64> {
        let rest = &line[line.find(name)? + name.len()..];
        rest.split(|char: char| !char.is_ascii_digit()).next()?.parse().ok()
    };
    let mut loops = 1;
    let mut read = 0;
    for line in plan {
        if let Some(rows) = number_after(line, "actual rows=") {
            loops = number_after(line, "loops=").unwrap();
            if line.contains("Scan") {
                read += rows * loops;
            }
        }
        read += number_after(line, "Rows Removed by Filter: ").unwrap_or(0) * loops;
        read += number_after(line, "Rows Removed by Join Filter: ").unwrap_or(0) * loops;
    }
    read
}

/// Selections, each with the most rows that its page may read.
fn selections() -> Vec<(Selection, u64)> {
    let filters: [(&str, u64); 18] = [
        ("", 30),
        ("status=active", 30),
        // All 1,000 of the status, or a few hundred among which the page of a type is found.
        ("status=archived", 1_000),
        ("vendor=Vendor 7", 1_000),
        ("product_type=Type 7", 1_000),
        ("status=active&vendor=Vendor 7", 1_000),
        ("tag=every", 100),
        ("tag=Hundredth", 5_000),
        ("tag=rare", 60),
        ("tag=nobody's", 0),
        ("status=active&tag=every", 100),
        // For a common word PostgreSQL walks the order and looks up the word; for a rare one it sorts the matches.
        ("q=thing", 100),
        // The most expensive: by title, all products of other colours come first.
        ("q=colour3", 50_000),
        ("q=no777", 1_000),
        ("q=no99999", 10),
        ("q=nothing", 0),
        ("q=!!!", 0),
        ("q=fabric77 col thing2", 12_000),
    ];
    let read = |filter: &str, sort: Sort| {
        let mut selection = Selection { limit: PAGE, ..Selection::default() };
        selection.filter.sort = Some(sort);
        for pair in filter.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap();
            match name {
                "status" => selection.status = Some(value.parse::<Status>().unwrap()),
                "vendor" => selection.filter.vendor = Some(Sought(value.to_owned())),
                "product_type" => selection.filter.product_type = Some(Sought(value.to_owned())),
                "tag" => selection.filter.tag = Some(Sought(value.to_owned())),
                _ => selection.filter.q = Some(value.parse().unwrap()),
            }
        }
        selection
    };
    filters.iter().flat_map(|(filter, most)| SORTS.map(|sort| (read(filter, sort), *most))).collect()
}

fn first(selection: &Selection, conn: &mut TenantConn<'_>) -> QueryResult<Option<ProductRow>> {
    let one = Selection { limit: 1, ..selection.clone() };
    let rows: Vec<ProductRow> = one.load(conn, RunQueryDsl::load)?;
    Ok(rows.into_iter().next())
}

#[test]
fn no_page_costs_more_than_its_rows_in_a_shop_of_100_000_products() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let mut sql = world.sql();
    sql.run(format!("SET search_path TO {}; {FILL}", owner.schema()));
    // Autovacuum would do this later. With statistics from all rows the plans are the same in each run.
    sql.run("SET default_statistics_target = 1000");
    for table in ["products", "product_words", "product_tags"] {
        sql.run(format!("VACUUM ANALYZE {table}"));
    }
    let too_expensive = inside(&world.tenancy, &owner, |conn| {
        let mut too_expensive = Vec::new();
        for (selection, most) in selections() {
            let middle: Option<ProductRow> = first(&selection, conn)?;
            let from_there = middle.map(|row| Key::new(&row, selection.sort()));
            for after in [None, from_there] {
                let selection = Selection { after, ..selection.clone() };
                let plan: Vec<String> = selection.load(conn, |query, pg| Explained(query).load(pg))?;
                let described = format!("{selection:?}\n{}", plan.join("\n"));
                if plan.iter().any(|line| line.contains("Seq Scan")) || rows_read(&plan) > most {
                    too_expensive.push(format!("{} rows read: {described}", rows_read(&plan)));
                }
            }
        }
        Ok(too_expensive)
    });
    let too_expensive = too_expensive.unwrap();
    assert!(too_expensive.is_empty(), "{}", too_expensive.join("\n\n"));
}
