//! What a serving process counts now and then, so that nothing need be counted when the metrics are read.

use std::time::Duration;

use rocket::tokio::time;

use crate::tenancy::Tenancy;

/// How long it waits from one time to the next. Of the shops that are well it reads an index as a whole: some
/// milliseconds for every ten thousand.
const PAUSE: Duration = Duration::from_mins(1);

/// Counts the shops until the process ends. Each instance does so for itself.
pub(super) async fn keep_counting(tenancy: Tenancy) {
    loop {
        if let Err(error) = tenancy.count_shops().await {
            tracing::warn!(%error, "the shops could not be counted; it will be tried again");
        }
        time::sleep(PAUSE).await;
    }
}
