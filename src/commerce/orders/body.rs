//! What a client may send to place an order.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::request::text::{Prose, Word};
use crate::http::{Integer, List};
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

/// Pieces on one line.
type Quantity = Integer<1, MAX_QUANTITY>;

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
