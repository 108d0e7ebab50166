//! A fairing that sends refusals by a limit late: whoever asks again at once keeps a connection waiting, and not the
//! processor busy.

use std::time::Duration;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::tokio::time::sleep;
use rocket::{Request, Response};

use crate::http::problem::was_limited;

/// Sends each refusal by a limit after this time.
pub struct RefusalDelay(pub Duration);

#[rocket::async_trait]
impl Fairing for RefusalDelay {
    fn info(&self) -> Info {
        Info { name: "delay of refusals", kind: Kind::Response }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, _: &mut Response<'r>) {
        if was_limited(request) {
            sleep(self.0).await;
        }
    }
}
