//! Reads in the background which shops have limits of their own, so that no request has to.

use std::time::Duration;

use rocket::tokio::time;

use crate::tenancy::Tenancy;

/// How long it takes at most until a server learns of a change. Only the shops that have limits of their own are read.
const PAUSE: Duration = Duration::from_secs(3);

/// Reads the limits until the process ends. Each instance does this for itself.
pub(super) async fn refresh_repeatedly(tenancy: Tenancy) {
    let mut is_failing = false;
    loop {
        match tenancy.refresh_limits().await {
            Ok(()) => is_failing = false,
            Err(error) if !is_failing => {
                is_failing = true;
                tracing::warn!(%error, "the limits of shops could not be read; those that are known stay");
            }
            Err(_) => {}
        }
        time::sleep(PAUSE).await;
    }
}
