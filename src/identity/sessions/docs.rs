//! What the API says of where the caller is signed in.

use serde_json::{Value, json};

use crate::http::openapi::{Operation, delete, get, post, tagged};

use super::routes::{Logout, SessionView};

pub(in crate::identity) fn operations() -> Vec<Operation> {
    tagged("Sessions", "Where the caller is signed in, and signing out.", [log_out(), list(), end()])
}

fn log_out() -> Operation {
    post("/auth/logout", "Sign out")
        .about(
            "Ends this session, with `others` every other one of the caller's, with `global` all of them. Their access \
             tokens stop at once.",
        )
        .signed_in()
        .takes::<Logout>(json!({ "scope": "local" }))
}

fn list() -> Operation {
    get("/me/sessions", "List my sessions")
        .about("Those that have not ended, newest first.")
        .signed_in()
        .lists::<SessionView>(session())
}

fn end() -> Operation {
    delete("/me/sessions/{id}", "End a session").about("Signs out one of my sessions.").signed_in()
}

fn session() -> Value {
    json!({
        "id": "01a2059f-ce90-7c41-8d1b-4ab1e0c2f7aa",
        "current": true,
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64)",
        "created_at": "2026-11-22T23:38:08.834510Z",
        "refreshed_at": null,
        "expires_at": "2026-12-22T23:38:08.834510Z",
    })
}
