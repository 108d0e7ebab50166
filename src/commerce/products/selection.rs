//! Which products a list is to hold, in which order, and the query that walks an index for them.
//!
//! A status, a vendor and a type each have an index in each order. Of several filters PostgreSQL walks the one that it
//! expects to give the page first, and looks at the others row by row. Tags and the words of a search are rows of other
//! tables: either the order is walked and they are looked up, or, when they are rare, they are gathered and put in order.
//! What that costs is bounded by the products of the one shop, and a page is the cheaper the more products it fits: a
//! table of tags in every order would cost every write more than it saves.

use std::str::FromStr;

use diesel::connection::SimpleConnection;
use diesel::dsl::{exists, sql};
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::sql_types::{Text, Timestamptz};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::commerce::rows::after_key;
use crate::http::request::time::Time;
use crate::schema::tenant::{product_tags, product_words, products};

use super::Status;
use super::search_words::{self, Search};
use super::view::{FullProductRow, ProductRow};

/// What a list is to hold, and in which order.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only of this status. Customers see active ones, whatever they ask for.
    pub status: Option<Status>,
    /// Only of this vendor.
    pub vendor: Option<String>,
    /// Only of this type.
    pub product_type: Option<String>,
    /// Only with this tag, whatever its case and its accents.
    pub tag: Option<String>,
    /// Only with these words, or beginnings of words, in the title.
    pub search: Search,
    /// The order.
    pub sort: Sort,
    /// The key of the product before the first.
    pub after: Option<Key>,
    /// How many at the most.
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
    /// By title, backwards.
    TitleBackwards,
}

impl Sort {
    fn is_by_title(self) -> bool {
        matches!(self, Self::Title | Self::TitleBackwards)
    }

    /// How a row compares with those before it.
    fn comparison(self) -> char {
        if matches!(self, Self::Oldest | Self::Title) { '>' } else { '<' }
    }
}

impl FromStr for Sort {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "created_at" => Ok(Self::Oldest),
            "-created_at" => Ok(Self::Newest),
            "title" => Ok(Self::Title),
            "-title" => Ok(Self::TitleBackwards),
            _ => Err(()),
        }
    }
}

/// Where a product stands in a list: all that any order needs.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Key {
    /// The order in which it was listed; a cursor of one order means nothing in another.
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
    products::BoxedQuery<'static, Pg, diesel::dsl::SqlTypeOf<diesel::dsl::AsSelect<FullProductRow, Pg>>>;

/// For the rest of the transaction. How often words come together the planner cannot know; where it expects many rows it
/// would read all products to be safe.
const ALONG_INDEXES: &str = "SET LOCAL enable_seqscan TO off; SET LOCAL enable_hashjoin TO off";

impl Selection {
    /// The rows of the page. A search of several words is kept to the indexes.
    pub fn load<R>(
        &self,
        pg: &mut PgConnection,
        ask: impl FnOnce(PageQuery, &mut PgConnection) -> QueryResult<R>,
    ) -> QueryResult<R> {
        if self.search.prefixes().len() > 1 {
            pg.batch_execute(ALONG_INDEXES)?;
        }
        ask(self.query(), pg)
    }

    /// The query for the page.
    fn query(&self) -> PageQuery {
        let mut query = products::table.select(FullProductRow::as_select()).limit(self.limit).into_boxed();
        if let Some(status) = self.status {
            query = query.filter(products::status.eq(status.as_str()));
        }
        if let Some(vendor) = self.vendor.clone() {
            query = query.filter(products::vendor.eq(vendor));
        }
        if let Some(product_type) = self.product_type.clone() {
            query = query.filter(products::product_type.eq(product_type));
        }
        for beginning in self.search.prefixes() {
            query = with_word(query, beginning);
        }
        if let Some(tag) = &self.tag {
            query = with_tag(query, tag);
        }
        self.in_order(query)
    }

    /// Titles are ordered by their characters' numbers: the order of a locale changes with the system's library, and
    /// an index and the cursors that clients hold would then be wrong.
    fn in_order(&self, query: PageQuery) -> PageQuery {
        let title = || sql::<Text>("products.title COLLATE \"C\"");
        let query = match self.sort {
            Sort::Oldest => query.order((products::created_at, products::id)),
            Sort::Newest => query.order((products::created_at.desc(), products::id.desc())),
            Sort::Title => query.order((title(), products::id)),
            Sort::TitleBackwards => query.order((title().desc(), products::id.desc())),
        };
        let (comparison, Some(key)) = (self.sort.comparison(), self.after.clone()) else { return query };
        if self.sort.is_by_title() {
            let columns = "products.title COLLATE \"C\", products.id";
            query.filter(after_key::<Text, _>(columns, comparison, key.title.unwrap_or_default(), key.id))
        } else {
            let columns = "products.created_at, products.id";
            query.filter(after_key::<Timestamptz, _>(columns, comparison, key.created_at.0, key.id))
        }
    }
}

fn with_tag(query: PageQuery, tag: &str) -> PageQuery {
    let of_product = product_tags::table
        .filter(product_tags::product_id.eq(products::id))
        .filter(product_tags::tag.eq(search_words::tag_key(tag)));
    query.filter(exists(of_product))
}

/// Words that begin so are a range: from the beginning itself to what comes behind all that begins with it.
fn with_word(query: PageQuery, beginning: &str) -> PageQuery {
    let of_product = product_words::table
        .filter(product_words::product_id.eq(products::id))
        .filter(product_words::word.ge(beginning.to_owned()))
        .filter(product_words::word.lt(format!("{beginning}{}", char::MAX)));
    query.filter(exists(of_product))
}
