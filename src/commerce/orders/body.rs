//! What a client may send to place an order.

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use crate::http::List;
use crate::http::text::{Prose, Word};
use crate::identity::Email;

/// Lines of one order at the most.
const MAX_LINES: usize = 200;
/// Pieces on one line at the most.
const MAX_QUANTITY: i64 = 1_000_000;

/// An order to be placed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOrder)]
pub struct OrderBody {
    /// What is bought.
    pub lines: Lines,
    /// Where it goes.
    pub shipping_address: Option<Address>,
    /// Where to write to; the customer's own when left out.
    pub email: Option<Email>,
    /// What the customer wants to say.
    #[serde(default)]
    pub note: Prose,
}

/// What is bought.
type Lines = List<LineBody, 1, MAX_LINES>;

/// One line of an order.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOrderLine)]
pub struct LineBody {
    /// What is bought.
    pub variant_id: Uuid,
    /// How many.
    pub quantity: Quantity,
}

/// Pieces, from 1.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "i64")]
pub struct Quantity(pub i64);

/// Where an order goes.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Address {
    name: Word,
    company: Word,
    address1: Word,
    address2: Word,
    city: Word,
    province: Word,
    zip: Word,
    country: Word,
    phone: Word,
}

impl PartialSchema for Quantity {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .description(Some("Pieces."))
            .minimum(Some(1))
            .maximum(Some(MAX_QUANTITY))
            .into()
    }
}

impl ToSchema for Quantity {}

impl TryFrom<i64> for Quantity {
    type Error = String;

    fn try_from(quantity: i64) -> Result<Self, String> {
        if (1..=MAX_QUANTITY).contains(&quantity) {
            Ok(Self(quantity))
        } else {
            Err(format!("must be from 1 to {MAX_QUANTITY}"))
        }
    }
}
