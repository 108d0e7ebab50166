//! Nobody locks another out: strangers' wrong passwords do not delay whoever signs in from a known device, and whoever comes
//! from elsewhere waits for one bounded time. Guessers stay slow all the same.

use std::sync::atomic::{AtomicBool, Ordering};

use rocket::http::Method;
use rocket::local::blocking::Client;
use serde_json::{Value, json};
use shophouse::identity::{self, Hasher};

use crate::identity_throttle::{time_passes, wait};
use crate::support::world::{PASSWORD, rocket_with, run, text};
use crate::support::{Answer, Caller, World, token};

const WRONG: &str = "wrong horse";
const ADA: &str = "ada@example.com";

/// A client with an address, for each number another.
fn client(world: &World, number: u16) -> Caller<'_> {
    at(&world.nobody(), number)
}

fn at<'w>(caller: &Caller<'w>, number: u16) -> Caller<'w> {
    let [high, low] = number.to_be_bytes();
    caller.from(([198, 18, high, low], 4000).into())
}

fn login(client: &Caller<'_>, email: &str, password: &str, device: Option<&str>) -> Answer {
    client.post("/auth/login", json!({ "email": email, "password": password, "device_token": device }))
}

/// The device token of a new sign-in of this user.
fn device(world: &World, email: &str) -> String {
    text(&login(&world.nobody(), email, PASSWORD, None).expect(200)["device_token"])
}

/// Very many wrong passwords for Ada's account, from the clients 1 and 2. Now every stranger has to wait for half a minute.
fn flood(world: &World) {
    for number in [1, 2, 1, 2] {
        login(&client(world, number), ADA, WRONG, None).expect_problem(401, "invalid_credentials");
    }
    // Not for all accounts: their network would have to wait too.
    world.sql().run(
        "UPDATE sign_in_attempts SET attempts = 200, free_at = last_at
         WHERE subject NOT IN (sha256('address 198.18.0.1'), sha256('address 198.18.0.2'))",
    );
    login(&client(world, 1), ADA, WRONG, None).expect_problem(401, "invalid_credentials");
    for number in [1, 2] {
        wait(&login(&client(world, number), ADA, PASSWORD, None));
    }
}

#[test]
fn twenty_wrong_passwords_from_two_addresses_do_not_keep_the_owner_out() {
    let world = World::new();
    world.user("ada");
    let known = device(&world, ADA);
    for attempt in 0..20 {
        login(&client(&world, 1 + attempt % 2), ADA, WRONG, None);
    }
    // At once from a known device, from wherever, and at once from any place that guessed nothing.
    login(&client(&world, 1), ADA, PASSWORD, Some(&known)).expect(200);
    login(&client(&world, 3), ADA, PASSWORD, None).expect(200);
}

#[test]
fn the_owner_gets_in_at_once_from_a_known_device_however_many_guess() {
    let world = World::new();
    world.user("ada");
    let known = device(&world, ADA);
    flood(&world);
    // Also from where the guessers are, and with a typing error.
    for number in [9, 1] {
        login(&client(&world, number), ADA, WRONG, Some(&known)).expect_problem(401, "invalid_credentials");
        login(&client(&world, number), ADA, PASSWORD, Some(&known)).expect(200);
    }
    // Success there does not help those who guess.
    assert!(wait(&login(&client(&world, 1), ADA, PASSWORD, None)) <= 30);
    // Each sign-in gives a new token, and both are good.
    let newer = text(&login(&client(&world, 9), ADA, PASSWORD, Some(&known)).expect(200)["device_token"]);
    assert_ne!(newer, known);
    for token in [&newer, &known] {
        login(&client(&world, 9), ADA, PASSWORD, Some(token)).expect(200);
    }
}

#[test]
fn the_owner_gets_in_from_a_new_address_after_one_bounded_wait() {
    let world = World::new();
    world.user("ada");
    flood(&world);
    let owner = client(&world, 500);
    assert!((1..=30).contains(&wait(&login(&owner, ADA, PASSWORD, None))));
    // Impatience does not prolong it.
    assert!((1..=30).contains(&wait(&login(&owner, ADA, PASSWORD, None))));
    time_passes(&world, 30);
    // The guessers take what the account admits, and wait for more, from old addresses and from new ones.
    login(&client(&world, 2), ADA, WRONG, None).expect_problem(401, "invalid_credentials");
    for number in [1, 2, 3, 4, 5, 6] {
        wait(&login(&client(&world, number), ADA, WRONG, None));
    }
    login(&owner, ADA, PASSWORD, None).expect(200);
}

#[test]
fn a_turn_is_not_lost_when_the_server_is_busy() {
    let world = World::new();
    world.user("ada");
    flood(&world);
    let owner = client(&world, 500);
    wait(&login(&owner, ADA, PASSWORD, None));
    time_passes(&world, 30);
    login(&client(&world, 2), ADA, WRONG, None).expect_problem(401, "invalid_credentials");
    let hasher = Hasher::bounded(1_000, 0).unwrap();
    let busy = Client::untracked(rocket_with(world.tenancy.clone(), hasher)).unwrap();
    login(&at(&Caller::new(&busy, None), 500), ADA, PASSWORD, None).expect_problem(503, "busy");
    login(&owner, ADA, PASSWORD, None).expect(200);
}

#[test]
fn whoever_knows_a_known_device_gets_in_at_once_while_many_guess_at_the_same_time() {
    let world = World::new();
    world.user("ada");
    let known = device(&world, ADA);
    flood(&world);
    let (done, tenancy) = (AtomicBool::new(false), &world.tenancy);
    let hasher = Hasher::new(20_000).unwrap();
    std::thread::scope(|scope| {
        for guesser in 0..4 {
            let (hasher, done) = (hasher.clone(), &done);
            scope.spawn(move || {
                let client = Client::untracked(rocket_with(tenancy.clone(), hasher)).unwrap();
                for number in (1_000 * guesser..).take_while(|_| !done.load(Ordering::Relaxed)) {
                    // At others' accounts too: these passwords are all checked.
                    let email = format!("user-{number}@example.com");
                    for email in [ADA, &email] {
                        login(&at(&Caller::new(&client, None), number), email, WRONG, None);
                    }
                }
            });
        }
        let client = Client::untracked(rocket_with(tenancy.clone(), hasher.clone())).unwrap();
        let statuses: Vec<u16> = (0..5)
            .map(|number| {
                let owner = at(&Caller::new(&client, None), 60_000 + number);
                login(&owner, ADA, PASSWORD, Some(&known)).status
            })
            .collect();
        done.store(true, Ordering::Relaxed);
        assert_eq!(statuses, [200; 5]);
    });
}

#[test]
fn many_addresses_together_guess_slowly_at_one_account() {
    let world = World::new();
    world.user("ada");
    let guess = |number: u16| login(&client(&world, number), ADA, WRONG, None).status;
    let first: Vec<u16> = (0..21).map(guess).collect();
    assert!(first[..20].iter().all(|status| *status == 401), "{first:?}");
    assert_eq!(first[20], 429);
    // Whoever changes the address each time gets nowhere: a turn belongs to the address that was told to wait.
    world.sql().run("UPDATE sign_in_attempts SET attempts = attempts + 200 WHERE attempts >= 20");
    time_passes(&world, 30);
    assert_eq!(guess(200), 401);
    assert!((201..300).all(|number| guess(number) == 429));
    // One address has five attempts a day at an account where many guess, after a wait for each, and that is all.
    let tries = |number: u16| {
        time_passes(&world, 30);
        // Another one takes what the account admits.
        assert_eq!(guess(200), 401);
        guess(number)
    };
    let waited: Vec<u16> = (0..16).map(|_| tries(300)).collect();
    assert_eq!(waited.iter().filter(|status| **status == 401).count(), 5, "{waited:?}");
    assert!(waited[10..].iter().all(|status| *status == 429), "{waited:?}");
}

#[test]
fn a_token_that_is_not_this_accounts_counts_as_none() {
    let world = World::new();
    let ada = world.user("ada");
    world.user("bob");
    let (known, bobs) = (device(&world, ADA), device(&world, "bob@example.com"));
    let access = ada.token.clone().unwrap();
    let mut expired = token::claims(&known);
    for name in ["iat", "exp"] {
        expired[name] = json!(expired[name].as_i64().unwrap() - 181 * 24 * 3_600);
    }
    let mut other_purpose = token::claims(&known);
    other_purpose["aud"] = json!("elsewhere");
    let mut of_bobs = token::claims(&bobs);
    of_bobs["sub"] = token::claims(&known)["sub"].clone();
    let worthless = [
        bobs,
        access.clone(),
        ada.refresh_token.clone(),
        token::signed(&expired),
        token::signed(&other_purpose),
        token::signed(&of_bobs),
        token::signed_as(&json!({ "alg": "HS256", "kid": token::kid(&known) }), &token::claims(&known), "?"),
        "nonsense".to_owned(),
        String::new(),
    ];
    for token in &worthless {
        login(&client(&world, 700), ADA, PASSWORD, Some(token)).expect(200);
    }
    flood(&world);
    for token in &worthless {
        wait(&login(&client(&world, 1), ADA, PASSWORD, Some(token)));
    }
    // The same claims, signed as the server does, are good: each of the above fails for one reason.
    login(&client(&world, 1), ADA, PASSWORD, Some(&token::signed(&token::claims(&known)))).expect(200);
}

#[test]
fn a_device_token_proves_nothing() {
    let world = World::new();
    world.user("ada");
    let known = device(&world, ADA);
    login(&world.nobody(), ADA, WRONG, Some(&known)).expect_problem(401, "invalid_credentials");
    world.nobody().with_token(known.clone()).get("/me").expect_problem(401, "invalid_token");
    let refresh = json!({ "refresh_token": known });
    world.nobody().post("/auth/refresh", refresh).expect_problem(401, "invalid_token");
}

/// A sign-in from an address where many guess: let in at once, if the device is known.
#[track_caller]
fn is_known(world: &World, device: &str, known: bool) {
    let answer = login(&client(world, 1), ADA, PASSWORD, Some(device));
    assert_eq!(answer.status, if known { 200 } else { 429 }, "{answer}");
}

/// A sign-in: its device token, and a client with its access token.
fn signs_in(world: &World) -> (String, Caller<'_>, Value) {
    let tokens = login(&world.nobody(), ADA, PASSWORD, None).expect(200);
    (text(&tokens["device_token"]), world.nobody().with_token(text(&tokens["access_token"])), tokens)
}

#[test]
fn a_device_stays_known_after_its_own_sign_out_and_when_its_session_expires() {
    let world = World::new();
    world.user("ada");
    let (left, caller, _) = signs_in(&world);
    let (expired, ..) = signs_in(&world);
    let (refreshed, _, tokens) = signs_in(&world);
    caller.post("/auth/logout", json!({})).expect(204);
    let refresh = json!({ "refresh_token": tokens["refresh_token"] });
    world.nobody().post("/auth/refresh", refresh).expect(200);
    world.sql().run("UPDATE sessions SET expires_at = now() - interval '1 second'");
    run(identity::clean_up(&world.tenancy, || false)).unwrap();
    assert_eq!(world.sql().count("sessions"), 0);
    flood(&world);
    for device in [&left, &expired, &refreshed] {
        is_known(&world, device, true);
    }
}

#[test]
fn a_device_is_unknown_when_its_session_is_ended_from_elsewhere() {
    for (scope, own_stays) in [("others", true), ("global", false)] {
        let world = World::new();
        world.user("ada");
        let (ended, caller, _) = signs_in(&world);
        let (left, signed_out, _) = signs_in(&world);
        signed_out.post("/auth/logout", json!({})).expect(204);
        let (own, here, _) = signs_in(&world);
        let session = caller.as_caller().session;
        if scope == "others" {
            let (single, there, _) = signs_in(&world);
            here.delete(&format!("/me/sessions/{}", there.as_caller().session)).expect(204);
            flood(&world);
            is_known(&world, &single, false);
            is_known(&world, &ended, true);
        } else {
            flood(&world);
        }
        here.post("/auth/logout", json!({ "scope": scope })).expect(204);
        is_known(&world, &ended, false);
        is_known(&world, &left, false);
        is_known(&world, &own, own_stays);
        assert_eq!(world.sql().count(format!("known_devices WHERE session_id = '{session}'")), 0);
    }
}

#[test]
fn a_device_is_unknown_after_a_reset_a_theft_or_a_new_password_elsewhere() {
    let world = World::new();
    world.user("ada");
    let (stolen, _, tokens) = signs_in(&world);
    let refresh = || json!({ "refresh_token": tokens["refresh_token"] });
    world.nobody().post("/auth/refresh", refresh()).expect(200);
    world.sql().run("UPDATE refresh_tokens SET spent_at = spent_at - interval '11 seconds'");
    world.nobody().post("/auth/refresh", refresh()).expect_problem(401, "invalid_token");
    let (other, ..) = signs_in(&world);
    let (own, here, _) = signs_in(&world);
    flood(&world);
    is_known(&world, &stolen, false);
    let body = json!({ "current_password": PASSWORD, "password": PASSWORD });
    here.send(Method::Put, "/me/password", Some(&body)).expect(204);
    is_known(&world, &other, false);
    is_known(&world, &own, true);
    let body = json!({ "token": world.reset_token(ADA), "password": PASSWORD });
    world.nobody().post("/auth/reset", body).expect(204);
    is_known(&world, &own, false);
}

#[test]
fn a_reset_gives_turns_where_they_were_used_up() {
    let world = World::new();
    world.user("ada");
    flood(&world);
    let forgetful = client(&world, 1);
    time_passes(&world, 30);
    login(&client(&world, 2), ADA, WRONG, None).expect_problem(401, "invalid_credentials");
    wait(&login(&forgetful, ADA, PASSWORD, None));
    let body = json!({ "token": world.reset_token(ADA), "password": PASSWORD });
    forgetful.post("/auth/reset", body).expect(204);
    wait(&login(&forgetful, ADA, PASSWORD, None));
    time_passes(&world, 30);
    login(&client(&world, 2), ADA, WRONG, None).expect_problem(401, "invalid_credentials");
    login(&forgetful, ADA, PASSWORD, None).expect(200);
}

#[test]
fn who_guesses_with_a_stolen_device_token_is_slowed_down_and_soon_a_stranger() {
    let world = World::new();
    world.user("ada");
    let (stolen, own) = (device(&world, ADA), device(&world, ADA));
    // From a new address each time.
    let guess = |number: u16| login(&client(&world, number), ADA, WRONG, Some(&stolen));
    let statuses: Vec<u16> = (0..6).map(|number| guess(number).status).collect();
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429]);
    // The owner's other device has nothing to do with it, nor has the owner without one.
    login(&client(&world, 1), ADA, PASSWORD, Some(&own)).expect(200);
    login(&client(&world, 2), ADA, PASSWORD, None).expect(200);
    for number in 8..23 {
        time_passes(&world, 30);
        guess(number).expect_problem(401, "invalid_credentials");
    }
    let devices = world.sql().count("known_devices");
    time_passes(&world, 30);
    guess(23).expect_problem(401, "invalid_credentials");
    assert_eq!(world.sql().count("known_devices"), devices - 1);
    flood(&world);
    is_known(&world, &stolen, false);
    is_known(&world, &own, true);
}

#[test]
fn strangers_do_not_delay_who_is_signed_in() {
    let world = World::new();
    let ada = world.user("ada");
    flood(&world);
    let here = at(&ada, 1);
    let wrong = json!({ "current_password": WRONG, "password": "a better horse" });
    here.send(Method::Put, "/me/password", Some(&wrong)).expect_problem(422, "wrong_password");
    let body = json!({ "current_password": PASSWORD, "password": "a better horse" });
    here.send(Method::Put, "/me/password", Some(&body)).expect(204);
    here.send(Method::Delete, "/me", Some(&json!({ "password": "a better horse" }))).expect(204);
    assert_eq!(world.sql().count("known_devices"), 0);
}

#[test]
fn devices_are_known_for_a_time_and_only_the_latest() {
    let world = World::new();
    let ada = world.user("ada");
    let (oldest, latest) = (device(&world, ADA), device(&world, ADA));
    let claims = token::claims(&latest);
    let days = (claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap()) / (24 * 3_600);
    assert_eq!(days, 180);
    let left = "SELECT bool_and(expires_at - now() BETWEEN '179 days' AND '180 days') FROM known_devices";
    assert_eq!(world.sql().one(left), "true");
    // One of the three becomes surplus when there are fifty-one.
    let id = &ada.id;
    world.sql().run(format!(
        "DELETE FROM known_devices WHERE session_id = (SELECT min(session_id::text)::uuid FROM known_devices);
         INSERT INTO known_devices SELECT gen_random_uuid(), '{id}', now() + interval '1 day'
         FROM generate_series(1, 48);
         UPDATE known_devices SET session_id = overlay(session_id::text placing 'ff' from 1 for 2)::uuid
         WHERE expires_at < now() + interval '2 days'"
    ));
    assert_eq!(world.sql().count("known_devices"), 50);
    device(&world, ADA);
    assert_eq!(world.sql().count("known_devices"), 50);
    flood(&world);
    is_known(&world, &oldest, false);
    is_known(&world, &latest, true);
    world.sql().run("UPDATE known_devices SET expires_at = now() - interval '1 second'");
    is_known(&world, &latest, false);
}
