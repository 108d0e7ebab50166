//! Counts the shops in the background, so that nothing is counted when the metrics are read.

use std::time::Duration;

use rocket::tokio::time;

use crate::tenancy::Tenancy;

/// The pause between two counts. A count of all shops reads a whole index: a few milliseconds for every ten thousand
/// shops.
const PAUSE: Duration = Duration::from_mins(1);

/// Counts the shops until the process ends. Each instance does this for itself.
pub(super) async fn count_repeatedly(tenancy: Tenancy) {
    loop {
        if let Err(error) = tenancy.count_shops().await {
            tracing::warn!(%error, "the shops could not be counted; the next run tries again");
        }
        time::sleep(PAUSE).await;
    }
}
