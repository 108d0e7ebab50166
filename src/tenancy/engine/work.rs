//! Running work in a shop, in `public` or as the owner, each time in one pinned transaction.

use std::sync::Arc;
use std::time::Duration;

use diesel::pg::PgConnection;

use crate::database::{DatabaseError, Ending, Party};
use crate::limits::Quotas;
use crate::tenancy::access::{Caller, Credential, Mode, OwnerTx, PublicConn, TenantConn, begin, begin_owner};
use crate::tenancy::shop::{Role, ShopId};
use crate::tenancy::{Refusal, TenancyError};

use super::tenancy::Tenancy;

impl Tenancy {
    /// Runs `work` in a shop, if `credential` is valid and its user has at least the role `at_least` there.
    ///
    /// # Errors
    /// What `work` returns, or a [`TenancyError`]: the caller was refused, or the database failed.
    pub async fn in_shop<T, E, F>(
        &self,
        credential: impl Into<Credential>,
        shop: ShopId,
        at_least: Role,
        work: F,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<TenancyError> + Send + 'static,
        F: FnOnce(&mut TenantConn<'_>) -> Result<T, E> + Send + 'static,
    {
        self.run_in_shop(self.mode(), credential.into(), shop, at_least, work).await
    }

    /// [`Tenancy::in_shop`] with one snapshot: all statements of `work` see the shop as it is at one moment.
    ///
    /// # Errors
    /// As [`Tenancy::in_shop`].
    pub async fn in_shop_snapshot<T, E, F>(
        &self,
        credential: impl Into<Credential>,
        shop: ShopId,
        at_least: Role,
        work: F,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<TenancyError> + Send + 'static,
        F: FnOnce(&mut TenantConn<'_>) -> Result<T, E> + Send + 'static,
    {
        self.run_in_shop(Mode::Snapshot, credential.into(), shop, at_least, work).await
    }

    async fn run_in_shop<T, E, F>(
        &self,
        mode: Mode,
        credential: Credential,
        shop: ShopId,
        at_least: Role,
        work: F,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<TenancyError> + Send + 'static,
        F: FnOnce(&mut TenantConn<'_>) -> Result<T, E> + Send + 'static,
    {
        let quotas = Arc::clone(&self.quotas);
        let in_shop = move |pg: &mut PgConnection| {
            admit(&quotas, credential, shop, at_least);
            work(&mut TenantConn::new(pg, credential.user(), shop, &quotas))
        };
        let begin = self.begin_in_shop(mode, &credential, shop, at_least);
        let outcome = self.web.run(Party::with_home(shop.key()), mode.ending(), begin, in_shop).await;
        if let (Ok(_), Credential::Key { hash, .. }) = (&outcome, credential) {
            self.note_key_use(hash);
        }
        outcome.map_err(|error| {
            let error = with_scope(self.note_outdated(shop, error), credential);
            if let TenancyError::Refused(refusal) = &error {
                dismiss(&self.quotas, credential, shop, *refusal);
            }
            error
        })?
    }

    /// The message that begins a transaction in a shop: it sets path, role and timeout, and checks the caller.
    fn begin_in_shop(&self, mode: Mode, credential: &Credential, shop: ShopId, at_least: Role) -> String {
        format!(
            "{begin}; SELECT public.{enter}, '{user}', '{schema}', '{at_least}', '{version}'{scope})",
            begin = begin(self.server, mode, self.limits.statement_timeout, &format!("; {}", self.pin(shop))),
            schema = shop.schema(),
            enter = enter_function(credential),
            user = credential.user(),
            at_least = at_least.as_str(),
            version = self.tenant_version(),
            scope = match credential {
                Credential::Session(_) => String::new(),
                Credential::Key { scope, .. } => format!(", '{scope}'"),
            },
        )
    }

    /// The settings by which a transaction stands in a shop.
    pub(in crate::tenancy) fn pin(&self, shop: ShopId) -> String {
        format!("SET LOCAL search_path TO {}, pg_temp; SET LOCAL ROLE {}", shop.schema(), self.roles.shop)
    }

    /// Runs `work` in `public` without a caller: to register, to sign in, to refresh a token.
    ///
    /// # Errors
    /// What `work` returns, or a [`TenancyError`] when the database failed.
    pub async fn in_public<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<TenancyError> + Send + 'static,
        F: FnOnce(&mut PublicConn<'_>) -> Result<T, E> + Send + 'static,
    {
        let in_public = move |pg: &mut PgConnection| work(&mut PublicConn::new(pg));
        let (begin, ending) = (self.begin_public(self.mode()), self.mode().ending());
        let outcome = self.web.run(self.party, ending, begin, in_public).await;
        outcome.map_err(TenancyError::from)?
    }

    /// Runs `work` in `public` for a caller whose session has not ended.
    ///
    /// # Errors
    /// What `work` returns, or a [`TenancyError`]: the session has ended, or the database failed.
    pub async fn in_public_as<T, E, F>(&self, caller: Caller, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<TenancyError> + Send + 'static,
        F: FnOnce(&mut PublicConn<'_>) -> Result<T, E> + Send + 'static,
    {
        let begin = format!("{}; {}", self.begin_public(self.mode()), enter_session(caller));
        let in_public = move |pg: &mut PgConnection| work(&mut PublicConn::new(pg));
        let outcome = self.web.run(self.party, self.mode().ending(), begin, in_public).await;
        outcome.map_err(TenancyError::from)?
    }

    /// Runs `work` as the owner. With a caller, only if that caller's session has not ended.
    ///
    /// # Errors
    /// What `work` returns, or a [`TenancyError`]: the session has ended, or the database failed.
    pub async fn as_owner<T, E, F>(&self, caller: Option<Caller>, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<TenancyError> + Send + 'static,
        F: FnOnce(&mut OwnerTx<'_>) -> Result<T, E> + Send + 'static,
    {
        let mut begin =
            begin_owner(self.server, Mode::Plain, self.limits.statement_timeout, self.limits.lock_timeout);
        if let Some(caller) = caller {
            begin = format!("{begin}; {}", enter_session(caller));
        }
        let records = self.change_records;
        let as_owner = move |pg: &mut PgConnection| work(&mut OwnerTx::changing(pg, records));
        let outcome = self.owner.run(self.party, Ending::Commits, begin, as_owner).await;
        outcome.map_err(TenancyError::from)?
    }

    /// Runs `work` as the owner for a command of the operator: it blocks the thread, and statements have no timeout.
    ///
    /// # Errors
    /// What `work` returns, or a [`TenancyError`] when the database failed.
    pub fn as_operator<T, E: From<TenancyError>>(
        &self,
        work: impl FnOnce(&mut OwnerTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let begin = begin_owner(self.server, Mode::Plain, Duration::ZERO, self.limits.lock_timeout);
        let outcome =
            self.owner.run_blocking(&begin, |pg| work(&mut OwnerTx::changing(pg, self.change_records)));
        outcome.map_err(TenancyError::from)?
    }

    /// Converts the error of a transaction in a shop. If the shop is outdated, it is migrated next.
    pub(super) fn note_outdated(&self, shop: ShopId, error: DatabaseError) -> TenancyError {
        let error = TenancyError::from(error);
        if matches!(error, TenancyError::Refused(Refusal::ShopUpgrading)) {
            self.outdated.add(shop);
        }
        error
    }

    fn mode(&self) -> Mode {
        if self.only_reads { Mode::Read } else { Mode::Plain }
    }

    fn begin_public(&self, mode: Mode) -> String {
        let more =
            format!("; SET LOCAL search_path TO public, pg_temp; SET LOCAL ROLE {}", self.roles.public);
        begin(self.server, mode, self.limits.statement_timeout, &more)
    }
}

/// Notes that the database has let a caller in, so that the next requests count for the shop, and for its staff.
fn admit(quotas: &Quotas, credential: Credential, shop: ShopId, at_least: Role) {
    if let Credential::Key { .. } = credential {
        quotas.admit(credential.caller_in(shop));
    }
    if at_least > Role::Customer {
        quotas.admit(credential.staff_in(shop));
    }
}

/// Notes that the database has not let a caller in.
fn dismiss(quotas: &Quotas, credential: Credential, shop: ShopId, refusal: Refusal) {
    match refusal {
        Refusal::KeyRevoked | Refusal::KeyExpired | Refusal::NotAMember | Refusal::SessionRevoked => {
            quotas.dismiss(credential.caller_in(shop));
            quotas.dismiss(credential.staff_in(shop));
        }
        Refusal::Forbidden | Refusal::SecondFactorMissing => quotas.dismiss(credential.staff_in(shop)),
        _ => {}
    }
}

/// Says which scope a key lacks.
fn with_scope(error: TenancyError, credential: Credential) -> TenancyError {
    match (error, credential) {
        (TenancyError::Refused(Refusal::InsufficientScope(_)), Credential::Key { scope, .. }) => {
            TenancyError::Refused(Refusal::InsufficientScope(scope))
        }
        (error, _) => error,
    }
}

/// The function that checks the credential, and its first argument.
fn enter_function(credential: &Credential) -> String {
    match credential {
        Credential::Session(caller) => format!("enter('{}'", caller.session),
        Credential::Key { hash, .. } => {
            let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("enter_with_key(decode('{digits}', 'hex')")
        }
    }
}

fn enter_session(caller: Caller) -> String {
    format!("SELECT public.enter_session('{}', '{}')", caller.session, caller.user)
}
