//! [`Tenancy`]: what a running installation consists of, and how it connects.

use std::sync::Arc;
use std::time::Duration;

use crate::database::{DatabaseError, DatabaseUrl, Party, Pool, PoolOptions, PreparedStatements, Recycle};
use crate::limits::Quotas;
use crate::metrics::{Metrics, MetricsError, RequestCost};

use crate::tenancy::TenancyError;
use crate::tenancy::access::{ChangeRecords, DueWork};
use crate::tenancy::citus::{NotedNodes, Server};
use crate::tenancy::isolation::{self, Roles};
use crate::tenancy::migrations::{self, History, Trees};

use super::active::with_active;
use super::classes::{Class, Pools};
use super::key_uses::KeyUses;
use super::known_slugs::KnownSlugs;
use super::outdated::OutdatedShops;

/// The two database logins. Only the owner may change schemas; the web login owns nothing.
#[derive(Clone, Debug)]
pub struct Logins {
    /// For requests.
    pub web: DatabaseUrl,
    /// For migrations, and for actions that change `public` and a shop together.
    pub owner: DatabaseUrl,
}

/// How many connections an installation uses, and how long it waits.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The web login's pool for interactive work. Those for the other classes are made after it.
    pub web: PoolOptions,
    /// The owner's pool.
    pub owner: PoolOptions,
    /// Memory of its own that a backend of the web login may have before its connection is replaced, in kilobytes.
    pub backend_kb: usize,
    /// Whether the web login's connections keep statements prepared.
    pub prepared_statements: PreparedStatements,
    /// How long one statement of a request may run.
    pub statement_timeout: Duration,
    /// How long a migration waits for a lock before it gives up.
    pub lock_timeout: Duration,
    /// How long a deleted shop can be restored.
    pub grace: Duration,
}

impl Limits {
    fn pools(&self, url: &DatabaseUrl, owner: &Pool, metrics: &Metrics) -> Result<Pools, DatabaseError> {
        let (web, recycle) = (with_active(self.web, owner)?, Recycle::Memory(self.backend_kb));
        Ok(Pools::new(url, web, recycle, self.prepared_statements, metrics))
    }
}

/// The owner seldom returns to a shop, so its connections are replaced after a number of transactions.
const OWNER_RECYCLE: Recycle = Recycle::Transactions(1_000);

/// A running installation.
#[derive(Clone)]
pub struct Tenancy {
    pub(in crate::tenancy) server: Server,
    /// The web login's pool for the class of this work.
    pub(in crate::tenancy) web: Pool,
    pub(super) pools: Arc<Pools>,
    pub(super) only_reads: bool,
    /// Who this work in `public` is for.
    pub(in crate::tenancy) party: Party,
    pub(in crate::tenancy) owner: Pool,
    pub(in crate::tenancy) trees: Arc<Trees>,
    pub(in crate::tenancy) roles: Arc<Roles>,
    pub(in crate::tenancy) limits: Limits,
    pub(in crate::tenancy) metrics: Arc<Metrics>,
    pub(in crate::tenancy) history: Arc<History>,
    pub(in crate::tenancy) outdated: Arc<OutdatedShops>,
    pub(in crate::tenancy) change_records: Option<ChangeRecords>,
    pub(in crate::tenancy) quotas: Arc<Quotas>,
    pub(super) key_uses: Arc<KeyUses>,
    pub(super) storefronts: Arc<KnownSlugs>,
    pub(in crate::tenancy) nodes: Arc<NotedNodes>,
    pub(in crate::tenancy) due_work: Option<DueWork>,
}

impl Tenancy {
    /// Connects, migrates `public` and makes sure that the roles exist. Does not touch the shops.
    ///
    /// # Errors
    /// When the database cannot be reached, a migration of `public` fails, or the logins do not allow tenant isolation.
    pub fn open(logins: Logins, limits: Limits, trees: Trees) -> Result<Self, TenancyError> {
        let metrics = Metrics::new()?;
        let owner = Pool::new(&logins.owner, limits.owner, OWNER_RECYCLE, None, &metrics.owner);
        let pools = limits.pools(&logins.web, &owner, &metrics)?;
        let server = Server::of(&owner)?;
        migrations::apply_public(server, &owner, &trees, limits.lock_timeout)?;
        let web = pools.of(Class::Interactive);
        let roles =
            isolation::ensure_roles(server, &owner, web, trees.public_version(), limits.lock_timeout)?;
        Ok(Self::of(server, pools, owner, trees, roles, limits, metrics))
    }

    fn of(
        server: Server,
        pools: Pools,
        owner: Pool,
        trees: Trees,
        roles: Roles,
        limits: Limits,
        metrics: Metrics,
    ) -> Self {
        let (trees, roles, metrics) = (Arc::new(trees), Arc::new(roles), Arc::new(metrics));
        let (history, outdated, quotas) = (Arc::default(), Arc::default(), Arc::default());
        let (web, pools) = (pools.of(Class::Interactive).clone(), Arc::new(pools));
        let party = Party::OPERATOR;
        Self {
            server,
            web,
            pools,
            only_reads: false,
            party,
            owner,
            trees,
            roles,
            limits,
            metrics,
            history,
            outdated,
            change_records: None,
            due_work: None,
            quotas,
            key_uses: Arc::default(),
            storefronts: Arc::default(),
            nodes: Arc::default(),
        }
    }

    /// The same engine with what the product does with its own records of a person, who changes or is erased.
    #[must_use]
    pub fn with_records(self, change_records: ChangeRecords) -> Self {
        Self { change_records: Some(change_records), ..self }
    }

    /// The same engine with limits on rates and numbers. Without this there are none.
    #[must_use]
    pub fn with_quotas(self, quotas: impl Into<Arc<Quotas>>) -> Self {
        Self { quotas: quotas.into(), ..self }
    }

    /// The limits on rates and numbers.
    pub fn quotas(&self) -> &Arc<Quotas> {
        &self.quotas
    }

    /// The same engine with what the product does with the things in its shops that end by themselves.
    #[must_use]
    pub fn with_due_work(self, due_work: DueWork) -> Self {
        Self { due_work: Some(due_work), ..self }
    }

    /// The same engine for the work of one request, which adds the time that it takes of the database to `cost`.
    #[must_use]
    pub fn charged_to(&self, cost: &RequestCost) -> Self {
        let (web, owner) = (self.web.charged_to(cost), self.owner.charged_to(cost));
        Self { web, owner, ..self.clone() }
    }

    /// The same engine for work of this class: it uses the connections of the class.
    #[must_use]
    pub fn in_class(&self, class: Class) -> Self {
        Self { web: self.pools.of(class).with_cost_of(&self.web), ..self.clone() }
    }

    /// The same engine for a request that changes nothing in a shop or in `public`: its transactions are read only, and nobody waits for
    /// their end.
    #[must_use]
    pub fn reading(self) -> Self {
        Self { only_reads: true, ..self }
    }

    /// The same engine for the work of one party, who takes turns with others in `public`.
    #[must_use]
    pub fn for_party(self, party: Party) -> Self {
        Self { party, ..self }
    }

    /// The metrics of this installation.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The metrics as text, in Prometheus's format. Asks nothing of the database.
    ///
    /// # Errors
    /// When they cannot be encoded.
    pub fn metrics_text(&self) -> Result<String, MetricsError> {
        self.pools.measure();
        self.owner.measure();
        self.metrics.text()
    }

    /// Connects to an installation whose `public` is up to date. Migrates nothing and creates no role.
    ///
    /// # Errors
    /// [`TenancyError::Behind`] when `public` lacks migrations that this binary has; or when the database cannot be
    /// reached.
    pub fn attach(logins: Logins, limits: Limits, trees: Trees) -> Result<Self, TenancyError> {
        let metrics = Metrics::new()?;
        let owner = Pool::new(&logins.owner, limits.owner, OWNER_RECYCLE, None, &metrics.owner);
        let pools = limits.pools(&logins.web, &owner, &metrics)?;
        let server = Server::of(&owner)?;
        let roles = isolation::find_roles(server, &owner, trees.public_version(), limits.lock_timeout)?;
        Ok(Self::of(server, pools, owner, trees, roles, limits, metrics))
    }

    /// The version that shops are migrated to.
    pub fn tenant_version(&self) -> &str {
        self.trees.tenant_version()
    }

    /// Whether settings of a session, and not of a transaction, pin it to a shop.
    pub fn keeps_session_settings(&self) -> bool {
        self.server.keeps_session_settings()
    }

    /// The shop role, for a program that pins a connection itself.
    pub fn shop_role(&self) -> &str {
        &self.roles.shop
    }
}
