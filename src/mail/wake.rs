//! Telling the sender that there is something to send.

use rocket::tokio::sync::Notify;

/// One for the process: whoever writes a message knows no sender, only a connection.
static WRITTEN: Notify = Notify::const_new();

/// Tells the sender of this process that a message is being written. It is not committed yet.
pub(super) fn wake() {
    WRITTEN.notify_one();
}

/// Waits until a message is being written.
pub(super) async fn woken() {
    WRITTEN.notified().await;
}
