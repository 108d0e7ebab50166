//! The tables of a schema: their columns, the order in which they can be filled, and which columns contain the id of a
//! person. All this is read from PostgreSQL's catalogues.

use std::collections::{BTreeMap, BTreeSet};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::QueryResult;
use diesel::sql_types::{Array, Bool, Text};

use crate::tenancy::shop::ShopId;

use super::error::ArchiveError;

/// The table of a shop's people.
pub(super) const PEOPLE: &str = "people";

/// Tables are found through `pg_depend`: finding them in `pg_class` by schema costs more with every shop. Generated
/// columns are left out.
const TABLES: &str = "
    SELECT c.relname::text AS name,
           ARRAY(SELECT a.attname::text FROM pg_attribute a
                 WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                 ORDER BY a.attnum) AS columns
    FROM pg_depend d
    JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'r' AND c.relname <> '__diesel_schema_migrations'
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_namespace'::regclass
      AND d.refobjid = to_regnamespace($1)
    ORDER BY c.relname COLLATE \"C\"";

const FOREIGN_KEYS: &str = "
    SELECT child.relname::text AS child,
           parent.relname::text AS parent,
           f.condeferrable AS deferrable,
           ARRAY(SELECT a.attname::text FROM unnest(f.conkey) WITH ORDINALITY AS k (number, place)
                 JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number ORDER BY k.place)
               AS columns,
           ARRAY(SELECT a.attname::text FROM unnest(f.confkey) WITH ORDINALITY AS k (number, place)
                 JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.number ORDER BY k.place)
               AS referenced
    FROM pg_depend d
    JOIN pg_constraint f ON f.conrelid = d.objid AND f.contype = 'f'
    JOIN pg_class child ON child.oid = f.conrelid
    JOIN pg_class parent ON parent.oid = f.confrelid
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_namespace'::regclass
      AND d.refobjid = to_regnamespace($1)";

/// A table of a shop.
#[derive(Clone, Debug, Eq, PartialEq, QueryableByName)]
pub(super) struct Table {
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Array<Text>)]
    pub columns: Vec<String>,
}

#[derive(Clone, Debug, QueryableByName)]
pub(super) struct ForeignKey {
    #[diesel(sql_type = Text)]
    child: String,
    #[diesel(sql_type = Text)]
    parent: String,
    #[diesel(sql_type = Bool)]
    deferrable: bool,
    #[diesel(sql_type = Array<Text>)]
    columns: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    referenced: Vec<String>,
}

/// The tables of a shop, by name, without Diesel's bookkeeping.
pub(super) fn of_shop(pg: &mut PgConnection, shop: ShopId) -> QueryResult<Vec<Table>> {
    diesel::sql_query(TABLES).bind::<Text, _>(shop.schema()).load(pg)
}

/// The foreign keys of a shop's tables.
pub(super) fn foreign_keys(pg: &mut PgConnection, shop: ShopId) -> QueryResult<Vec<ForeignKey>> {
    diesel::sql_query(FOREIGN_KEYS).bind::<Text, _>(shop.schema()).load(pg)
}

/// The tables in an order in which each comes after those that it refers to. Deferrable keys do not count, since they
/// can be checked at the end of the transaction. Keys of a table to itself do not count either: they are checked at the
/// end of each statement.
pub(super) fn in_order(tables: Vec<Table>, keys: &[ForeignKey]) -> Result<Vec<Table>, ArchiveError> {
    let mut ordered: Vec<Table> = Vec::with_capacity(tables.len());
    let mut waiting = tables;
    while !waiting.is_empty() {
        let names: BTreeSet<String> = waiting.iter().map(|table| table.name.clone()).collect();
        let waits = |table: &Table| {
            keys.iter().any(|key| {
                key.child == table.name
                    && key.parent != table.name
                    && !key.deferrable
                    && names.contains(&key.parent)
            })
        };
        let (still, ready): (Vec<_>, Vec<_>) = waiting.into_iter().partition(waits);
        if ready.is_empty() {
            return Err(ArchiveError::Cycle(names.into_iter().collect::<Vec<_>>().join(", ")));
        }
        ordered.extend(ready);
        waiting = still;
    }
    Ok(ordered)
}

/// For each table, the columns that contain the id of a person: `people.id`, and those that refer to such a column.
pub(super) fn columns_of_people(keys: &[ForeignKey]) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::from([(PEOPLE.to_owned(), BTreeSet::from(["id".to_owned()]))]);
    loop {
        let mut new = Vec::new();
        for key in keys {
            for (column, referenced) in key.columns.iter().zip(&key.referenced) {
                let holds = |table: &str, column: &str| {
                    found.get(table).is_some_and(|columns: &BTreeSet<_>| columns.contains(column))
                };
                if holds(&key.parent, referenced) && !holds(&key.child, column) {
                    new.push((key.child.clone(), column.clone()));
                }
            }
        }
        if new.is_empty() {
            return found;
        }
        for (table, column) in new {
            found.entry(table).or_default().insert(column);
        }
    }
}

/// A quoted SQL identifier.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Table {
    /// Its columns as a list in SQL.
    pub(super) fn column_list(&self) -> String {
        self.columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str) -> Table {
        Table { name: name.to_owned(), columns: vec!["id".to_owned()] }
    }

    fn key(child: &str, column: &str, parent: &str, referenced: &str) -> ForeignKey {
        ForeignKey {
            child: child.to_owned(),
            parent: parent.to_owned(),
            deferrable: false,
            columns: vec![column.to_owned()],
            referenced: vec![referenced.to_owned()],
        }
    }

    fn names(tables: &[Table]) -> Vec<&str> {
        tables.iter().map(|table| table.name.as_str()).collect()
    }

    #[test]
    fn a_table_comes_after_those_that_it_refers_to() {
        let keys = [key("a", "c", "c", "id"), key("c", "b", "b", "id"), key("b", "b", "b", "id")];
        let ordered = in_order(vec![table("a"), table("b"), table("c")], &keys).unwrap();
        assert_eq!(names(&ordered), ["b", "c", "a"]);
    }

    #[test]
    fn a_cycle_is_refused_unless_one_of_its_keys_is_deferrable() {
        let mut keys = [key("a", "b", "b", "id"), key("b", "a", "a", "id")];
        let cycle = in_order(vec![table("a"), table("b")], &keys);
        assert!(matches!(cycle, Err(ArchiveError::Cycle(names)) if names == "a, b"));
        keys[0].deferrable = true;
        let ordered = in_order(vec![table("a"), table("b")], &keys).unwrap();
        assert_eq!(names(&ordered), ["a", "b"]);
    }

    #[test]
    fn the_id_of_a_person_is_followed_through_the_tables() {
        let keys = [
            key("letters", "address", "addresses", "person"),
            key("addresses", "person", "people", "id"),
            key("orders", "product", "products", "id"),
        ];
        let found = columns_of_people(&keys);
        assert_eq!(found.keys().collect::<Vec<_>>(), ["addresses", "letters", "people"]);
        assert!(found["letters"].contains("address"));
    }
}
