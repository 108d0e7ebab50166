//! Abuse over real TCP, against the built binary; and what its log says of it.

use serde_json::json;

use crate::support::installation::{Installation, Running};
use crate::support::world::{PASSWORD, text};

fn post(
    server: &Running,
    path: &str,
    token: Option<&str>,
    body: &serde_json::Value,
) -> (u16, serde_json::Value) {
    server.post(path, token, &body.to_string())
}

fn code(answer: (u16, serde_json::Value)) -> (u16, String) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default().to_owned())
}

/// One test for a thief, a guesser and a former clerk, because each start of the binary takes long.
#[test]
fn thieves_guessers_and_former_clerks_get_nowhere_and_the_log_tells_of_them() {
    let installation = Installation::with_cluster();
    let server = installation.start();
    let ada = json!({ "email": "ada@example.com", "password": PASSWORD });
    let bob = json!({ "email": "bob@example.com", "password": PASSWORD });
    assert_eq!(post(&server, "/auth/register", None, &ada).0, 201);
    let bobs_id = text(&post(&server, "/auth/register", None, &bob).1["id"]);
    let pair = post(&server, "/auth/login", None, &ada).1;
    let owner = text(&pair["access_token"]);
    let shop =
        text(&post(&server, "/shops", Some(&owner), &json!({ "name": "Books", "slug": "books" })).1["id"]);
    let members = format!("/shops/{shop}/members");

    // A token that was changed, or that says it has no algorithm.
    let (_, rest) = owner.split_once('.').unwrap();
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{}.", rest.split_once('.').unwrap().0);
    for forged in [&unsigned, &owner[..owner.len() - 2], "shk_forged"] {
        assert_eq!(code(server.get("/me", Some(forged))), (401, "invalid_token".to_owned()), "{forged}");
    }

    // A clerk with a key, who is dismissed.
    let invitation = json!({ "email": "bob@example.com", "role": "staff" });
    let (status, invited) = post(&server, &members, Some(&owner), &invitation);
    let bobs = text(&post(&server, "/auth/login", None, &bob).1["access_token"]);
    let accepted =
        post(&server, "/me/invitations/accept", Some(&bobs), &json!({ "token": invited["token"] }));
    assert_eq!((status, accepted.0), (201, 200));
    let mut into = bob.clone();
    into["shop"] = json!("books");
    let clerk = text(&post(&server, "/auth/login", None, &into).1["access_token"]);
    let key = json!({ "name": "Script", "shop": "books", "role": "staff" });
    let key = text(&post(&server, "/me/keys", Some(&clerk), &key).1["key"]);
    for token in [&clerk, &key] {
        assert_eq!(server.get("/products", Some(token)).0, 200);
        assert_eq!(code(server.get(&members, Some(token))).0, if token == &clerk { 403 } else { 401 });
    }
    assert_eq!(server.delete(&format!("{members}/{bobs_id}"), &owner), 204);
    assert_eq!(code(server.get("/products", Some(&clerk))), (403, "not_a_member".to_owned()));
    assert_eq!(code(server.get("/products", Some(&key))), (401, "invalid_token".to_owned()));

    // A guesser: each attempt is refused, and soon refused without checking the password.
    let guess = json!({ "email": "ada@example.com", "password": "wrong horse" });
    let statuses: Vec<u16> = (0..12).map(|_| post(&server, "/auth/login", None, &guess).0).collect();
    assert!(statuses.iter().all(|status| [401, 429].contains(status)), "{statuses:?}");
    assert!(statuses[..5].iter().all(|status| *status == 401), "{statuses:?}");

    // Signing out everywhere ends all tokens that exist.
    assert_eq!(post(&server, "/auth/logout", Some(&owner), &json!({ "scope": "global" })).0, 204);
    assert_eq!(code(server.get("/me", Some(&owner))), (401, "session_revoked".to_owned()));
    let spent = json!({ "refresh_token": pair["refresh_token"] });
    assert_eq!(code(post(&server, "/auth/refresh", None, &spent)), (401, "invalid_token".to_owned()));

    let log = server.stopped().stderr;
    for event in [
        "registered",
        "signed_in",
        "sign_in_failed",
        "member_invited",
        "invitation_accepted",
        "member_removed",
        "key_created",
        "logout",
    ] {
        assert!(
            log.lines()
                .any(|line| line.contains(&format!("\"audit\":\"{event}\""))
                    && line.contains("\"request_id\":")),
            "{event}: {log}"
        );
    }
    let [refresh_token, device_token] = ["refresh_token", "device_token"].map(|name| text(&pair[name]));
    for secret in [PASSWORD, "wrong horse", &owner, &clerk, &key, &refresh_token, &device_token, "pbkdf2"] {
        assert!(!log.contains(secret), "the log holds a secret: {log}");
    }
}
