//! The request body of an order.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::request::text::{Prose, Word};
use crate::http::request::time::Time;
use crate::http::{Id, Integer, List};
use crate::identity::Email;

/// The most lines of one order.
const MAX_LINES: usize = 200;
/// The most pieces of one line.
const MAX_QUANTITY: i64 = 1_000_000;

/// An order to be placed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOrder)]
pub struct OrderBody {
    /// What is bought.
    pub lines: Lines,
    /// Whom it is for, when staff order for one of the shop's customers; the caller if left out.
    #[schema(value_type = Option<Uuid>)]
    pub customer_id: Option<Id>,
    /// Where it is sent.
    pub shipping_address: Option<Address>,
    /// The address for messages; the customer's own if left out.
    pub email: Option<Email>,
    /// A note from the customer.
    #[serde(default)]
    pub note: Prose,
}

/// How long an order's stock is held.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OrderHold)]
pub struct HoldBody {
    // Required, so that holding without an end is said and not forgotten.
    /// When the order expires if it is still pending then; null means never.
    #[schema(required, value_type = Option<DateTime<Utc>>)]
    #[serde(deserialize_with = "Option::deserialize")]
    pub until: Option<Time>,
}

/// The lines of an order.
type Lines = List<LineBody, 1, MAX_LINES>;

/// One line of an order.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOrderLine)]
pub struct LineBody {
    /// What is bought.
    #[schema(value_type = Uuid)]
    pub variant_id: Id,
    /// How many.
    pub quantity: Quantity,
}

/// The pieces of one line.
type Quantity = Integer<1, MAX_QUANTITY>;

/// Where an order is sent.
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
