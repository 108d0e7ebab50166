//! Opening a shop: its row, its owner, its schema, its tables and its wall, in one transaction.

use chrono::Utc;
use diesel::connection::SimpleConnection;
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
    /// Its human handle.
    pub slug: Slug,
    /// Its name.
    pub name: String,
    /// What it says of itself.
    pub description: String,
    /// What its prices are in.
    pub currency: Currency,
}

impl Tenancy {
    /// Opens a shop with `caller` as its owner. When this returns, the schema exists and is current;
    /// when it fails, or the process dies, there is nothing of the shop.
    ///
    /// # Errors
    /// [`RegistryError::SlugTaken`], or that the engine or the database failed.
    pub async fn open_shop(&self, caller: Caller, new: NewShop) -> Result<Shop, RegistryError> {
        let engine = self.clone();
        self.as_owner(Some(caller), move |owner| engine.provision(owner, caller.user, &new)).await
    }

    /// [`Tenancy::open_shop`] in a transaction that does more.
    ///
    /// # Errors
    /// As there; the transaction is then to be rolled back.
    pub fn provision(
        &self,
        owner: &mut OwnerTx<'_>,
        user: Uuid,
        new: &NewShop,
    ) -> Result<Shop, RegistryError> {
        let id = ShopId::generate();
        let shop = self.enter_in_ledger(owner, id, new)?;
        owner.pg().batch_execute(&migrations::make_schema(id, &self.roles.shop))?;
        migrations::apply_tenant(owner.pg(), id, self.trees.tenant.steps())?;
        policies::raise(owner.pg(), id, &self.roles.shop)?;
        owner.stand_in_public()?;
        self.history.keep(owner, &self.trees)?;
        let (email, name) = person(owner, user)?;
        crate::tenancy::registry::join(owner, id, user, (&email, &name), Role::Owner)?;
        Ok(shop)
    }

    /// The row comes first: a slug that is taken is found out before any table is made.
    pub(in crate::tenancy) fn enter_in_ledger(
        &self,
        owner: &mut OwnerTx<'_>,
        id: ShopId,
        new: &NewShop,
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
                shops::created_at.eq(now),
                shops::updated_at.eq(now),
            ))
            .returning(Shop::as_returning())
            .get_result(owner.pg())
    }
}

/// The email and name that the shop is to know the user by; held, so that a change is carried to it.
fn person(owner: &mut OwnerTx<'_>, user: Uuid) -> QueryResult<(String, String)> {
    use crate::schema::public::users;
    users::table.find(user).select((users::email, users::name)).for_key_share().first(owner.pg())
}
