//! Routes for the caller's own profile.

use rocket::{Route, get, routes};

use crate::http::{Fetched, Problem, Resource, SignedIn};

use super::users::{self, User};

pub(super) fn routes() -> Vec<Route> {
    routes![me]
}

#[get("/me")]
async fn me(signed_in: SignedIn) -> Result<Resource<Fetched<User>>, Problem> {
    let user = signed_in.caller.user;
    Ok(Resource(Fetched(signed_in.run(move |conn| users::find(conn, user)).await?)))
}
