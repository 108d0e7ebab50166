//! A shop in an answer.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::{Fetched, Resource};
use crate::tenancy::registry::Shop;
use crate::tenancy::{Role, ShopState};

/// A shop, as shown to one of its members.
#[derive(Serialize, ToSchema)]
#[schema(as = Shop)]
pub(in crate::identity) struct ShopView {
    pub(super) id: Uuid,
    slug: String,
    name: String,
    description: String,
    currency: String,
    /// How long a customer's order waits for its payment; 0 means for ever.
    order_hold_minutes: i32,
    /// Whether staff and owners must have a second factor.
    require_second_factor: bool,
    #[schema(value_type = ShopState)]
    state: String,
    /// The caller's.
    role: Role,
    /// Until then a shop that is being deleted can be restored.
    erase_after: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<(Shop, Role)> for ShopView {
    fn from((shop, role): (Shop, Role)) -> Self {
        Self {
            id: shop.id,
            slug: shop.slug,
            name: shop.name,
            description: shop.description,
            currency: shop.currency,
            order_hold_minutes: shop.order_hold_minutes,
            require_second_factor: shop.require_second_factor,
            state: shop.state,
            role,
            erase_after: shop.erase_after,
            created_at: shop.created_at,
            updated_at: shop.updated_at,
        }
    }
}

pub(super) fn shown(shop: (Shop, Role)) -> Resource<Fetched<ShopView>> {
    Resource(Fetched(shop.into()))
}
