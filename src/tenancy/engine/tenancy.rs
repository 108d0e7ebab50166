//! The engine: what a running installation holds, and the three doors to work.

use std::sync::Arc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use uuid::Uuid;

use crate::database::{DatabaseError, DatabaseUrl, Pool, PoolOptions, Recycle};
use crate::metrics::{Metrics, MetricsError, RequestCost};
use crate::tenancy::access::{Caller, OwnerTx, Pass, PublicConn, TenantConn, begin_owner};
use crate::tenancy::isolation::{self, Roles};
use crate::tenancy::migrations::{self, History, Trees};
use crate::tenancy::shop::{Role, ShopId, Slug};
use crate::tenancy::{Refusal, TenancyError, registry};

use super::wanted::Wanted;

/// The two logins. Only the owner's may change schemas; the web login owns nothing.
#[derive(Clone, Debug)]
pub struct Logins {
    /// For requests.
    pub web: DatabaseUrl,
    /// For migrations and for acts that touch `public` and a shop together.
    pub owner: DatabaseUrl,
}

/// How much of the database one installation takes, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The web login's pool.
    pub web: PoolOptions,
    /// The owner's pool.
    pub owner: PoolOptions,
    /// Shops that one connection of the web login works in, before it is replaced.
    pub shops_a_connection: usize,
    /// How long one statement of a request may run.
    pub statement_timeout: Duration,
    /// How long a migration waits for a lock before it gives up.
    pub lock_timeout: Duration,
    /// How long a deleted shop can be restored.
    pub grace: Duration,
}

/// The owner goes from shop to shop, and seldom comes back to one.
const OWNER_RECYCLE: Recycle = Recycle::Transactions(1_000);

/// A running installation.
#[derive(Clone)]
pub struct Tenancy {
    pub(in crate::tenancy) web: Pool,
    pub(in crate::tenancy) owner: Pool,
    pub(in crate::tenancy) trees: Arc<Trees>,
    pub(in crate::tenancy) roles: Arc<Roles>,
    pub(in crate::tenancy) limits: Limits,
    pub(in crate::tenancy) metrics: Arc<Metrics>,
    pub(in crate::tenancy) history: Arc<History>,
    pub(in crate::tenancy) wanted: Arc<Wanted>,
}

impl Tenancy {
    /// Connects, brings `public` up to date and makes sure of the roles. Shops are not touched.
    ///
    /// # Errors
    /// When the database cannot be reached, a migration of `public` fails, or the logins are not
    /// such that the wall can stand.
    pub fn open(logins: Logins, limits: Limits, trees: Trees) -> Result<Self, TenancyError> {
        let metrics = Metrics::new()?;
        let web = Pool::new(logins.web, limits.web, Recycle::Keys(limits.shops_a_connection), &metrics.web);
        let owner = Pool::new(logins.owner, limits.owner, OWNER_RECYCLE, &metrics.owner);
        migrations::apply_public(&owner, &trees, limits.lock_timeout)?;
        let roles = isolation::ensure(&owner, &web, trees.public_version())?;
        Ok(Self::of(web, owner, trees, roles, limits, metrics))
    }

    fn of(web: Pool, owner: Pool, trees: Trees, roles: Roles, limits: Limits, metrics: Metrics) -> Self {
        let (trees, roles, metrics) = (Arc::new(trees), Arc::new(roles), Arc::new(metrics));
        Self { web, owner, trees, roles, limits, metrics, history: Arc::default(), wanted: Arc::default() }
    }

    /// The same engine for the work of one request, which adds the time that it takes of the database to `cost`.
    #[must_use]
    pub fn charged_to(&self, cost: &RequestCost) -> Self {
        let (web, owner) = (self.web.charged_to(cost), self.owner.charged_to(cost));
        Self { web, owner, ..self.clone() }
    }

    /// What is counted while this installation runs.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// All that is counted, as Prometheus reads it. Asks nothing of the database.
    ///
    /// # Errors
    /// When it cannot be written out.
    pub fn metrics_text(&self) -> Result<String, MetricsError> {
        self.web.measure();
        self.owner.measure();
        self.metrics.text()
    }

    /// Connects to an installation that is up to date, and only looks: nothing is migrated, no role made.
    ///
    /// # Errors
    /// [`TenancyError::Behind`] when `public` lacks migrations that this binary has, or that the
    /// database cannot be reached.
    pub fn attach(logins: Logins, limits: Limits, trees: Trees) -> Result<Self, TenancyError> {
        let metrics = Metrics::new()?;
        let web = Pool::new(logins.web, limits.web, Recycle::Keys(limits.shops_a_connection), &metrics.web);
        let owner = Pool::new(logins.owner, limits.owner, OWNER_RECYCLE, &metrics.owner);
        let roles = isolation::present(&owner, trees.public_version())?;
        Ok(Self::of(web, owner, trees, roles, limits, metrics))
    }

    /// The version that every shop is to be at.
    pub fn tenant_version(&self) -> &str {
        self.trees.tenant_version()
    }

    /// The role that works inside shops, for a program that is to be pinned to one.
    pub fn shop_role(&self) -> &str {
        &self.roles.shop
    }

    /// Runs `work` inside a shop, if `pass` lets its caller enter with at least the role `at_least`.
    ///
    /// # Errors
    /// What `work` returns, or a [`TenancyError`]: the caller was refused, or the database failed.
    pub async fn in_shop<T, E, F>(
        &self,
        pass: impl Into<Pass>,
        shop: ShopId,
        at_least: Role,
        work: F,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<TenancyError> + Send + 'static,
        F: FnOnce(&mut TenantConn<'_>) -> Result<T, E> + Send + 'static,
    {
        let pass = pass.into();
        let begin = self.begin_in_shop("BEGIN", &pass, shop, at_least);
        let outcome = self
            .web
            .run(Some(shop.key()), begin, move |pg| work(&mut TenantConn::new(pg, pass.user())))
            .await;
        outcome.map_err(|error| self.refused(shop, error))?
    }

    /// [`Tenancy::in_shop`] for work of many statements that all see the shop as it is at one moment.
    ///
    /// # Errors
    /// As [`Tenancy::in_shop`].
    pub async fn in_shop_at_one_moment<T, E, F>(
        &self,
        pass: impl Into<Pass>,
        shop: ShopId,
        at_least: Role,
        work: F,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<TenancyError> + Send + 'static,
        F: FnOnce(&mut TenantConn<'_>) -> Result<T, E> + Send + 'static,
    {
        let pass = pass.into();
        let begin = self.begin_in_shop("BEGIN ISOLATION LEVEL REPEATABLE READ", &pass, shop, at_least);
        let outcome = self
            .web
            .run(Some(shop.key()), begin, move |pg| work(&mut TenantConn::new(pg, pass.user())))
            .await;
        outcome.map_err(|error| self.refused(shop, error))?
    }

    /// The message that begins a transaction in a shop: path, role, time limit, and the question at the door.
    fn begin_in_shop(&self, begin: &str, pass: &Pass, shop: ShopId, at_least: Role) -> String {
        format!(
            "{begin}; SET LOCAL search_path TO {schema}, pg_temp; SET LOCAL ROLE {role}; \
             SET LOCAL statement_timeout TO {timeout}; \
             SELECT public.{door}, '{user}', '{schema}', '{at_least}', '{version}')",
            schema = shop.schema(),
            role = self.roles.shop,
            timeout = self.limits.statement_timeout.as_millis(),
            door = door(pass),
            user = pass.user(),
            at_least = at_least.as_str(),
            version = self.tenant_version(),
        )
    }

    /// Runs `work` inside the shop with this slug for nobody in particular, who is shown what a customer is shown and
    /// may change nothing.
    ///
    /// # Errors
    /// What `work` returns, or a [`TenancyError`]: the shop is not open, or the database failed.
    pub async fn in_storefront<T, E, F>(&self, slug: Slug, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<TenancyError> + Send + 'static,
        F: FnOnce(&mut TenantConn<'_>) -> Result<T, E> + Send + 'static,
    {
        let engine = self.clone();
        // Whose slug it is is not known yet.
        let key = slug.key();
        let act = move |pg: &mut PgConnection| {
            let shop = registry::id_of(&mut PublicConn::new(pg), &slug)?;
            let shop = shop.ok_or(TenancyError::Refused(Refusal::NoStorefront))?;
            pg.batch_execute(&engine.enter_storefront(shop))
                .map_err(|error| engine.refused(shop, DatabaseError::from(error)))?;
            // Nobody in particular, who is in no table.
            work(&mut TenantConn::new(pg, Uuid::nil()))
        };
        // The slug is looked up as the public role, in the transaction that the shop role then goes on with.
        let outcome = self.web.run(Some(key), self.begin_public(), act).await;
        outcome.map_err(TenancyError::from)?
    }

    fn enter_storefront(&self, shop: ShopId) -> String {
        format!(
            "SET LOCAL search_path TO {schema}, pg_temp; SET LOCAL ROLE {role}; \
             SET LOCAL transaction_read_only TO on; SELECT public.enter_storefront('{schema}', '{version}')",
            schema = shop.schema(),
            role = self.roles.shop,
            version = self.tenant_version(),
        )
    }

    /// Runs `work` in `public` for nobody in particular: registering, signing in, refreshing.
    ///
    /// # Errors
    /// What `work` returns, or a [`TenancyError`] when the database failed.
    pub async fn in_public<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<TenancyError> + Send + 'static,
        F: FnOnce(&mut PublicConn<'_>) -> Result<T, E> + Send + 'static,
    {
        let outcome = self.web.run(None, self.begin_public(), move |pg| work(&mut PublicConn::new(pg))).await;
        outcome.map_err(TenancyError::from)?
    }

    /// Runs `work` in `public` for a caller whose session is alive.
    ///
    /// # Errors
    /// What `work` returns, or a [`TenancyError`]: the session has ended, or the database failed.
    pub async fn in_public_as<T, E, F>(&self, caller: Caller, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<TenancyError> + Send + 'static,
        F: FnOnce(&mut PublicConn<'_>) -> Result<T, E> + Send + 'static,
    {
        let begin = format!("{}; {}", self.begin_public(), enter_session(caller));
        let outcome = self.web.run(None, begin, move |pg| work(&mut PublicConn::new(pg))).await;
        outcome.map_err(TenancyError::from)?
    }

    /// Runs `work` as the owner. With a caller, only if that caller's session is alive.
    ///
    /// # Errors
    /// What `work` returns, or a [`TenancyError`]: the session has ended, or the database failed.
    pub async fn as_owner<T, E, F>(&self, caller: Option<Caller>, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<TenancyError> + Send + 'static,
        F: FnOnce(&mut OwnerTx<'_>) -> Result<T, E> + Send + 'static,
    {
        let mut begin = begin_owner(self.limits.statement_timeout, self.limits.lock_timeout);
        if let Some(caller) = caller {
            begin = format!("{begin}; {}", enter_session(caller));
        }
        let outcome = self.owner.run(None, begin, move |pg| work(&mut OwnerTx::new(pg))).await;
        outcome.map_err(TenancyError::from)?
    }

    /// Runs `work` as the owner for the operator, on a blocking thread and without a limit on the time of
    /// a statement.
    ///
    /// # Errors
    /// What `work` returns, or a [`TenancyError`] when the database failed.
    pub fn as_operator<T, E: From<TenancyError>>(
        &self,
        work: impl FnOnce(&mut OwnerTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let begin = begin_owner(Duration::ZERO, self.limits.lock_timeout);
        self.owner.run_blocking(&begin, |pg| work(&mut OwnerTx::new(pg))).map_err(TenancyError::from)?
    }

    /// A shop that lags is to be the keeper's next.
    fn refused(&self, shop: ShopId, error: DatabaseError) -> TenancyError {
        let error = TenancyError::from(error);
        if matches!(error, TenancyError::Refused(Refusal::ShopUpgrading)) {
            self.wanted.ask(shop);
        }
        error
    }

    fn begin_public(&self) -> String {
        format!(
            "BEGIN; SET LOCAL search_path TO public, pg_temp; SET LOCAL ROLE {}; \
             SET LOCAL statement_timeout TO {}",
            self.roles.public,
            self.limits.statement_timeout.as_millis(),
        )
    }
}

/// The function to ask, and its first argument.
fn door(pass: &Pass) -> String {
    match pass {
        Pass::Session(caller) => format!("enter('{}'", caller.session),
        Pass::Key { hash, .. } => {
            let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("enter_with_key('\\x{digits}'")
        }
    }
}

fn enter_session(caller: Caller) -> String {
    format!("SELECT public.enter_session('{}', '{}')", caller.session, caller.user)
}
