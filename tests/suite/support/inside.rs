//! Plain SQL inside a shop: through the engine, and then any statement that an injection could run.

use rocket::tokio::runtime::Builder;
use shophouse::tenancy::{Role, Tenancy, TenancyError, TenantConn};

use super::Member;

/// Runs `work` as a request of `member` would run it. Commits what succeeds.
pub fn inside<T: Send + 'static>(
    tenancy: &Tenancy,
    member: &Member<'_>,
    work: impl FnOnce(&mut TenantConn<'_>) -> Result<T, TenancyError> + Send + 'static,
) -> Result<T, TenancyError> {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(tenancy.in_shop(member.as_caller(), member.shop_id(), Role::Customer, work))
}
