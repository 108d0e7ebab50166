//! The query of a list of products: its filters, its order, and the index that each uses.
//!
//! Status, vendor and type each have an index in each order. Of several filters PostgreSQL scans the index that it expects to
//! fill the page first, and checks the other filters row by row. Tags and search words are rows of other tables: PostgreSQL
//! scans the order and looks them up, or, when they are rare, collects the matches and sorts them. The cost is bounded by the
//! number of products in the shop, and is lower the more products match. An index of tags in every order would cost each
//! write more than it saves.

use diesel::connection::SimpleConnection;
use diesel::dsl::{exists, sql};
use diesel::expression::SqlLiteral;
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::sql_types::{Text, Timestamptz};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::commerce::rows::after_key;
use crate::http::request::parameter::Choice;
use crate::http::request::query::parameters;
use crate::http::request::text::Sought;
use crate::http::request::time::Time;
use crate::schema::tenant::{product_tags, product_words, products};
use crate::tenancy::{Prepared, TenantConn, Transaction};

use super::Status;
use super::search_words::{self, Search};
use super::view::ProductRow;

parameters! {
    /// The filters and the order of every list of products, the public one too.
    pub struct Filter {
        /// Only products of this vendor.
        vendor: Sought,
        /// Only products of this type.
        product_type: Sought,
        /// Only products with this tag; case and accents are ignored. Empty text finds every product.
        tag: Sought,
        /// Only products whose title has all of these words, or words that begin with them, in any order, without case
        /// or accents. The first eight words count. Text without a word, such as an emoji, finds the title that is the same;
        /// empty text finds every product.
        q: Search,
        /// The order; a minus reverses it.
        sort: Sort,
    }
}

/// The filters, the order and the page of a list.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only of this status. Customers see active ones, whatever they ask for.
    pub status: Option<Status>,
    /// The filters and the order that the client asks for.
    pub filter: Filter,
    /// The key of the last product of the page before.
    pub after: Option<Key>,
    /// The most products.
    pub limit: i64,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Oldest first.
    Oldest,
    /// Newest first.
    #[default]
    Newest,
    /// By title, character by character.
    Title,
    /// By title, reversed.
    TitleBackwards,
}

impl Sort {
    fn is_by_title(self) -> bool {
        matches!(self, Self::Title | Self::TitleBackwards)
    }

    /// The comparison operator that holds between a row and the rows before it.
    fn comparison(self) -> char {
        if matches!(self, Self::Oldest | Self::Title) { '>' } else { '<' }
    }
}

impl Choice for Sort {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("-created_at", Self::Newest),
        ("created_at", Self::Oldest),
        ("title", Self::Title),
        ("-title", Self::TitleBackwards),
    ];
}

/// The position of a product in a list: the content of a cursor.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Key {
    /// The order of the list. A cursor is valid in its own order only.
    pub sort: Sort,
    created_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    id: Uuid,
}

impl Key {
    /// The key of a product in an order.
    pub fn new(product: &ProductRow, sort: Sort) -> Self {
        Self {
            sort,
            created_at: Time(product.created_at),
            title: sort.is_by_title().then(|| product.title.clone()),
            id: product.id,
        }
    }
}

/// The query for a page.
pub type PageQuery =
    products::BoxedQuery<'static, Pg, diesel::dsl::SqlTypeOf<diesel::dsl::AsSelect<ProductRow, Pg>>>;

/// Makes PostgreSQL use the indexes for the rest of the transaction. It cannot estimate how often several words occur together,
/// and would read all products where it expects many matches.
const USE_INDEXES: &str = "SET LOCAL enable_seqscan TO off; SET LOCAL enable_hashjoin TO off";

impl Selection {
    /// Runs the query of the page. For a search of several words only index scans are used.
    pub fn load<R>(
        &self,
        conn: &mut TenantConn<'_>,
        execute: impl FnOnce(Prepared<PageQuery>, &mut PgConnection) -> QueryResult<R>,
    ) -> QueryResult<R> {
        if self.prefixes().len() > 1 {
            conn.pg().batch_execute(USE_INDEXES)?;
        }
        // The filters make few texts: the words of a search are eight at the most.
        execute(conn.prepared(self.query()), conn.pg())
    }

    /// The order.
    pub fn sort(&self) -> Sort {
        self.filter.sort.unwrap_or_default()
    }

    fn prefixes(&self) -> &[String] {
        self.filter.q.as_ref().map_or(&[], Search::prefixes)
    }

    /// The query for the page.
    fn query(&self) -> PageQuery {
        let mut query = products::table.select(ProductRow::as_select()).limit(self.limit).into_boxed();
        if let Some(status) = self.status {
            query = query.filter(products::status.eq(status.as_str()));
        }
        if let Some(Sought(vendor)) = self.filter.vendor.clone() {
            query = query.filter(products::vendor.eq(vendor));
        }
        if let Some(Sought(product_type)) = self.filter.product_type.clone() {
            query = query.filter(products::product_type.eq(product_type));
        }
        for prefix in self.prefixes() {
            query = with_word(query, prefix);
        }
        if let Some(Search::Title(exactly)) = self.filter.q.clone() {
            query = query.filter(title().eq(exactly));
        }
        if let Some(Sought(tag)) = self.filter.tag.as_ref().filter(|tag| !tag.0.is_empty()) {
            query = with_tag(query, tag);
        }
        self.in_order(query)
    }

    fn in_order(&self, query: PageQuery) -> PageQuery {
        let query = match self.sort() {
            Sort::Oldest => query.order((products::created_at, products::id)),
            Sort::Newest => query.order((products::created_at.desc(), products::id.desc())),
            Sort::Title => query.order((title(), products::id)),
            Sort::TitleBackwards => query.order((title().desc(), products::id.desc())),
        };
        let (comparison, Some(key)) = (self.sort().comparison(), self.after.clone()) else { return query };
        if self.sort().is_by_title() {
            let columns = "products.title COLLATE \"C\", products.id";
            query.filter(after_key::<Text, _>(columns, comparison, key.title.unwrap_or_default(), key.id))
        } else {
            let columns = "products.created_at, products.id";
            query.filter(after_key::<Timestamptz, _>(columns, comparison, key.created_at.0, key.id))
        }
    }
}

/// Titles are ordered by code points. The order of a locale can change with the system's library, which would corrupt the
/// index and the clients' cursors.
fn title() -> SqlLiteral<Text> {
    sql("products.title COLLATE \"C\"")
}

fn with_tag(query: PageQuery, tag: &str) -> PageQuery {
    let of_product = product_tags::table
        .filter(product_tags::product_id.eq(products::id))
        .filter(product_tags::tag.eq(search_words::tag_key(tag)));
    query.filter(exists(of_product))
}

/// The words with a prefix are a range: from the prefix itself to the prefix followed by the highest character.
fn with_word(query: PageQuery, prefix: &str) -> PageQuery {
    let of_product = product_words::table
        .filter(product_words::product_id.eq(products::id))
        .filter(product_words::word.ge(prefix.to_owned()))
        .filter(product_words::word.lt(format!("{prefix}{}", char::MAX)));
    query.filter(exists(of_product))
}
