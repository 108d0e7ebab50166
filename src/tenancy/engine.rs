//! The engine: what a running installation holds, and the three doors to work.

use std::sync::Arc;
use std::time::Duration;

use crate::database::{DatabaseUrl, Pool, PoolOptions};

use super::roles::Roles;
use super::{Caller, OwnerTx, Pass, PublicConn, Role, ShopId, TenancyError, TenantConn, Trees};

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
    /// How long one statement of a request may run.
    pub statement_timeout: Duration,
    /// How long a migration waits for a lock before it gives up.
    pub lock_timeout: Duration,
}

/// A running installation.
#[derive(Clone)]
pub struct Tenancy {
    web: Pool,
    pub(super) owner: Pool,
    pub(super) trees: Arc<Trees>,
    pub(super) roles: Arc<Roles>,
    pub(super) limits: Limits,
}

impl Tenancy {
    /// Connects, brings `public` up to date and makes sure of the roles. Shops are not touched.
    ///
    /// # Errors
    /// When the database cannot be reached, a migration of `public` fails, or the logins are not
    /// such that the wall can stand.
    pub fn open(logins: Logins, limits: Limits, trees: Trees) -> Result<Self, TenancyError> {
        let web = Pool::new(logins.web, limits.web);
        let owner = Pool::new(logins.owner, limits.owner);
        super::migrate::migrate_public(&owner, &trees, limits.lock_timeout)?;
        let roles = super::roles::ensure(&owner, &web, trees.public_version())?;
        Ok(Self { web, owner, trees: Arc::new(trees), roles: Arc::new(roles), limits })
    }

    /// The version that every shop is to be at.
    pub fn tenant_version(&self) -> &str {
        self.trees.tenant_version()
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
        let begin = format!(
            "BEGIN; SET LOCAL search_path TO {schema}, pg_temp; SET LOCAL ROLE {role}; \
             SET LOCAL statement_timeout TO {timeout}; \
             SELECT public.{door}, '{user}', '{schema}', '{at_least}', '{version}')",
            schema = shop.schema(),
            role = self.roles.shop,
            timeout = self.limits.statement_timeout.as_millis(),
            door = door(&pass),
            user = pass.user(),
            at_least = at_least.as_str(),
            version = self.tenant_version(),
        );
        let outcome = self.web.run(begin, move |pg| work(&mut TenantConn::new(pg, pass.user()))).await;
        outcome.map_err(TenancyError::from)?
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
        let outcome = self.web.run(self.begin_public(), move |pg| work(&mut PublicConn::new(pg))).await;
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
        let outcome = self.web.run(begin, move |pg| work(&mut PublicConn::new(pg))).await;
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
        let outcome = self.owner.run(begin, move |pg| work(&mut OwnerTx::new(pg))).await;
        outcome.map_err(TenancyError::from)?
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

/// The message that begins a transaction of the owner, who stands in `public`.
pub(super) fn begin_owner(statement_timeout: Duration, lock_timeout: Duration) -> String {
    format!(
        "BEGIN; SET LOCAL search_path TO public, pg_temp; SET LOCAL statement_timeout TO {}; \
         SET LOCAL lock_timeout TO {}",
        statement_timeout.as_millis(),
        lock_timeout.as_millis(),
    )
}
