//! What a serving process does now and then: removing what has expired, finishing what broke off.

use std::time::Duration;

use rocket::tokio::time;

use crate::identity;
use crate::tenancy::Tenancy;

/// How long it waits from one time to the next.
const PAUSE: Duration = Duration::from_hours(1);

/// Keeps house until the process ends. Any number of instances may do so.
pub(super) async fn keep_house(tenancy: Tenancy) {
    loop {
        if let Err(error) = identity::tidy(&tenancy).await {
            tracing::warn!(%error, "what has expired could not be removed; it will be tried again");
        }
        time::sleep(PAUSE).await;
    }
}
