//! Running work in a shop for an anonymous visitor, who knows the shop by its slug.
//!
//! A transaction begins in a shop's schema, so the shop's id must be known before. The engine remembers the ids of the slugs that
//! visitors ask for. `public.enter_storefront` compares both: what is remembered only saves asking, and is never believed.

use diesel::pg::PgConnection;
use uuid::Uuid;

use crate::database::Party;
use crate::tenancy::access::{Mode, TenantConn, begin};
use crate::tenancy::shop::{ShopId, Slug};
use crate::tenancy::{Refusal, TenancyError, registry};

use super::tenancy::Tenancy;

impl Tenancy {
    /// Runs `work` in the shop with this slug, for an anonymous visitor. The transaction is read only and has the role
    /// of a customer.
    ///
    /// # Errors
    /// What `work` returns, or a [`TenancyError`]: the shop is not open, or the database failed.
    pub async fn in_storefront<T, E, F>(&self, slug: Slug, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<TenancyError> + Send + 'static,
        F: FnOnce(&mut TenantConn<'_>) -> Result<T, E> + Clone + Send + 'static,
    {
        if let Some(shop) = self.storefronts.get(&slug) {
            match self.visit(shop, &slug, work.clone()).await {
                // The slug may be another shop's by now.
                Err(TenancyError::Refused(Refusal::NoStorefront)) => self.storefronts.forget(&slug),
                done => return done?,
            }
        }
        let visitors = self.clone().for_party(Party::with_home(slug.key())).reading();
        let wanted = slug.clone();
        let shop = visitors.in_public(move |conn| registry::id_of(conn, &wanted)).await?;
        let shop = shop.ok_or(TenancyError::Refused(Refusal::NoStorefront))?;
        let done = self.visit(shop, &slug, work).await?;
        self.storefronts.remember(slug, shop);
        done
    }

    async fn visit<T, E, F>(&self, shop: ShopId, slug: &Slug, work: F) -> Result<Result<T, E>, TenancyError>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnOnce(&mut TenantConn<'_>) -> Result<T, E> + Send + 'static,
    {
        let quotas = self.quotas.clone();
        // No table has a user with this id.
        let visit = move |pg: &mut PgConnection| work(&mut TenantConn::new(pg, Uuid::nil(), shop, &quotas));
        // Visitors take turns apart from the shop's members, on the connection that knows the shop's tables.
        let party = Party::with_home(slug.key()).at_home_of(Party::with_home(shop.key()));
        let begin = self.begin_storefront(shop, slug);
        let outcome = self.web.run(party, Mode::Read.ending(), begin, visit).await;
        outcome.map_err(|error| self.note_outdated(shop, error))
    }

    fn begin_storefront(&self, shop: ShopId, slug: &Slug) -> String {
        format!(
            "{begin}; SELECT public.enter_storefront('{schema}', '{slug}', '{version}')",
            begin = begin(
                self.server,
                Mode::Read,
                self.limits.statement_timeout,
                &format!("; {}", self.pin(shop))
            ),
            schema = shop.schema(),
            slug = slug.as_str(),
            version = self.tenant_version(),
        )
    }
}
