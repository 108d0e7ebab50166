//! Opening a shop: its row, schema, tables, policies and owner, in one transaction.

use chrono::Utc;
use diesel::prelude::*;
use diesel::result::QueryResult;
use uuid::Uuid;

use crate::schema::public::shops;
use crate::tenancy::access::{Caller, OwnerTx};
use crate::tenancy::engine::Tenancy;
use crate::tenancy::isolation::policies;
use crate::tenancy::migrations;
use crate::tenancy::registry::{RegistryError, Shop};
use crate::tenancy::shop::{Currency, Role, ShopId, Slug};

/// A shop to be opened.
#[derive(Clone, Debug)]
pub struct NewShop {
    /// Its slug.
    pub slug: Slug,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// The currency of its prices.
    pub currency: Currency,
    /// How long a customer's order waits for its payment, 0 for ever; none for the database's default.
    pub order_hold_minutes: Option<i32>,
}

impl Tenancy {
    /// Opens a shop with `caller` as its owner. When this fails, or the process dies meanwhile, nothing of the shop
    /// remains.
    ///
    /// # Errors
    /// [`RegistryError::SlugTaken`], or when the database fails.
    pub async fn open_shop(&self, caller: Caller, new: NewShop) -> Result<Shop, RegistryError> {
        let engine = self.clone();
        self.as_owner(Some(caller), move |owner| engine.provision(owner, caller.user, &new)).await
    }

    /// [`Tenancy::open_shop`] in a transaction of the caller's.
    ///
    /// # Errors
    /// As [`Tenancy::open_shop`]; roll the transaction back then.
    pub fn provision(
        &self,
        owner: &mut OwnerTx<'_>,
        user: Uuid,
        new: &NewShop,
    ) -> Result<Shop, RegistryError> {
        let id = ShopId::generate();
        let shop = self.insert_ledger_row(owner, id, new, Some(user))?;
        let newest = (&self.trees.tenant, self.tenant_version());
        let full = self.nodes.full.get();
        migrations::create_tenant(self.server, owner.pg(), id, &self.roles.shop, newest, &full)?;
        policies::enforce(self.server, owner.pg(), id, &self.roles.shop)?;
        owner.use_public_schema()?;
        self.history.record(owner, &self.trees)?;
        let (email, name) = person(owner, user)?;
        crate::tenancy::registry::join(owner, id, user, (&email, &name), Role::Owner)?;
        Ok(shop)
    }

    /// Inserts the shop's row. This comes first, so that a taken slug is found before any table is created.
    pub(in crate::tenancy) fn insert_ledger_row(
        &self,
        owner: &mut OwnerTx<'_>,
        id: ShopId,
        new: &NewShop,
        opened_by: Option<Uuid>,
    ) -> QueryResult<Shop> {
        let now = Utc::now();
        diesel::insert_into(shops::table)
            .values((
                shops::id.eq(id.0),
                shops::slug.eq(new.slug.as_str()),
                shops::name.eq(&new.name),
                shops::description.eq(&new.description),
                shops::currency.eq(new.currency.code()),
                shops::state.eq("active"),
                shops::schema_version.eq(self.tenant_version()),
                shops::schema_floor.eq(self.trees.tenant.floor_at(self.tenant_version())),
                shops::migrated_at.eq(now),
                shops::opened_by.eq(opened_by),
                shops::created_at.eq(now),
                shops::updated_at.eq(now),
                new.order_hold_minutes.map(|minutes| shops::order_hold_minutes.eq(minutes)),
            ))
            .returning(Shop::as_returning())
            .get_result(owner.pg())
    }
}

/// The user's email and name. The row is locked, so that a change made meanwhile waits, and then reaches the shop too.
fn person(owner: &mut OwnerTx<'_>, user: Uuid) -> QueryResult<(String, String)> {
    use crate::schema::public::users;
    users::table.find(user).select((users::email, users::name)).for_key_share().first(owner.pg())
}
