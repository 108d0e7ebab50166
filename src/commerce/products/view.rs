//! A product in a response, and the rows it is made of.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{Json, Nullable};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::commerce::money::Money;
use crate::commerce::rows::JsonRows;
use crate::schema::tenant::{images, products, variants};

use super::Status;

/// A row of `products`.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = products)]
#[schema(description = "A product without its variants and images.")]
pub struct ProductRow {
    pub id: Uuid,
    pub handle: String,
    pub title: String,
    pub description: String,
    pub vendor: String,
    pub product_type: String,
    pub tags: Vec<String>,
    #[schema(value_type = Status)]
    pub status: String,
    pub options: Vec<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A row of `variants`.
#[derive(Clone, Debug, Deserialize, Queryable, Selectable)]
#[diesel(table_name = variants)]
pub struct VariantRow {
    pub id: Uuid,
    pub product_id: Uuid,
    pub sku: Option<String>,
    pub options: Vec<String>,
    pub price: i64,
    pub compare_at_price: Option<i64>,
    pub currency: String,
    pub track_stock: bool,
    pub allow_oversell: bool,
    pub stock: i64,
    pub barcode: Option<String>,
    pub grams: i64,
    pub position: i32,
}

/// A row of `images`.
#[derive(Clone, Debug, Deserialize, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = images)]
#[schema(as = Image, description = "An image of a product.")]
pub struct ImageRow {
    pub id: Uuid,
    #[serde(skip_serializing)]
    pub product_id: Uuid,
    pub url: String,
    pub alt: String,
    pub position: i32,
}

/// A product with its variants and images, read by one statement: one round trip is cheaper than three.
#[derive(Queryable, Selectable)]
#[diesel(table_name = products)]
pub struct FullProductRow {
    #[diesel(embed)]
    pub product: ProductRow,
    #[diesel(select_expression = sql(VARIANTS), select_expression_type = SqlLiteral<Nullable<Json>>)]
    variants: JsonRows<VariantRow>,
    #[diesel(select_expression = sql(IMAGES), select_expression_type = SqlLiteral<Nullable<Json>>)]
    images: JsonRows<ImageRow>,
}

const VARIANTS: &str =
    "(SELECT json_agg(v ORDER BY v.position, v.id) FROM variants v WHERE v.product_id = products.id)";
const IMAGES: &str =
    "(SELECT json_agg(i ORDER BY i.position, i.id) FROM images i WHERE i.product_id = products.id)";

impl From<FullProductRow> for ProductView {
    fn from(row: FullProductRow) -> Self {
        Self::new(row.product, row.variants.0, row.images.0)
    }
}

/// A product with its variants and images.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Product)]
pub struct ProductView {
    #[serde(flatten)]
    #[schema(inline)]
    pub product: ProductRow,
    pub variants: Vec<VariantView>,
    pub images: Vec<ImageRow>,
}

/// A variant of a product.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Variant)]
pub struct VariantView {
    pub id: Uuid,
    #[schema(required)]
    pub sku: Option<String>,
    /// Its option values, as people read them.
    pub title: String,
    pub options: BTreeMap<String, String>,
    pub price: Money,
    #[schema(required)]
    pub compare_at_price: Option<Money>,
    pub track_stock: bool,
    pub allow_oversell: bool,
    pub stock: i64,
    #[schema(required)]
    pub barcode: Option<String>,
    pub grams: i64,
    pub position: i32,
}

/// The title of a variant: its option values, or `Default` when it has none.
pub fn variant_title(values: &[String]) -> String {
    if values.is_empty() { "Default".to_owned() } else { values.join(" / ") }
}

/// Option names and the variant's values for them.
pub fn named_options(names: &[String], values: &[String]) -> BTreeMap<String, String> {
    names.iter().cloned().zip(values.iter().cloned()).collect()
}

impl VariantView {
    /// Makes the view of a row. `names` are the names of the product's options.
    pub fn new(row: VariantRow, names: &[String]) -> Self {
        let money = |amount| Money { amount, currency: row.currency.clone() };
        Self {
            title: variant_title(&row.options),
            options: named_options(names, &row.options),
            price: money(row.price),
            compare_at_price: row.compare_at_price.map(money),
            id: row.id,
            sku: row.sku,
            track_stock: row.track_stock,
            allow_oversell: row.allow_oversell,
            stock: row.stock,
            barcode: row.barcode,
            grams: row.grams,
            position: row.position,
        }
    }
}

impl ProductView {
    /// Makes the view of a product from its rows.
    pub fn new(product: ProductRow, variants: Vec<VariantRow>, images: Vec<ImageRow>) -> Self {
        let variants = variants.into_iter().map(|row| VariantView::new(row, &product.options)).collect();
        Self { product, variants, images }
    }
}
