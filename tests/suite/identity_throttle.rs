//! The throttle on passwords: guessing slows down, and nobody is locked out for long.

use rocket::http::{ContentType, Method};
use serde_json::json;

use crate::support::world::PASSWORD;
use crate::support::{Answer, World};

const WRONG: &str = "wrong horse";

fn login(world: &World, email: &str, password: &str) -> Answer {
    world.nobody().post("/auth/login", json!({ "email": email, "password": password }))
}

/// The seconds to wait, from the response.
#[track_caller]
pub fn wait(answer: &Answer) -> u32 {
    answer.expect_problem(429, "too_many_attempts");
    answer.header("Retry-After").unwrap().parse().unwrap()
}

/// Moves all stored attempts into the past.
pub fn time_passes(world: &World, seconds: u32) {
    let past = format!("interval '{seconds} seconds'");
    world
        .sql()
        .run(format!("UPDATE sign_in_attempts SET last_at = last_at - {past}, free_at = free_at - {past}"));
}

/// Sets all counters so high that the next attempt causes a long wait.
fn many_were_made(world: &World) {
    world.sql().run("UPDATE sign_in_attempts SET attempts = 200, free_at = last_at");
}

#[test]
fn guessing_a_password_waits_longer_and_longer_but_not_for_ever() {
    let world = World::new();
    world.user("ada");
    let guess = || {
        login(&world, "ada@example.com", WRONG).expect_problem(401, "invalid_credentials");
        let wait = "SELECT extract(epoch FROM max(free_at - last_at))::int FROM sign_in_attempts";
        let seconds: u32 = world.sql().one(wait).parse().unwrap();
        time_passes(&world, seconds);
        seconds
    };
    let waits: Vec<u32> = (0..12).map(|_| guess()).collect();
    assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 30, 30, 30]);
}

#[test]
fn whoever_knows_the_password_gets_in_when_the_wait_is_over() {
    let world = World::new();
    world.user("ada");
    login(&world, "ada@example.com", WRONG).expect_problem(401, "invalid_credentials");
    many_were_made(&world);
    login(&world, "ada@example.com", WRONG).expect_problem(401, "invalid_credentials");
    // Attempts during the wait do not extend it.
    for password in [PASSWORD, WRONG, WRONG, WRONG] {
        let seconds = wait(&login(&world, "ada@example.com", password));
        assert!((1..=30).contains(&seconds), "{seconds}");
    }
    time_passes(&world, 30);
    login(&world, "ada@example.com", PASSWORD).expect(200);
    // The counters start again from zero.
    assert_eq!(world.sql().count("sign_in_attempts"), 0);
}

#[test]
fn an_account_that_does_not_exist_is_throttled_as_one_that_does() {
    let world = World::new();
    world.user("ada");
    for email in ["ada@example.com", "nobody@example.com"] {
        login(&world, email, WRONG).expect_problem(401, "invalid_credentials");
        many_were_made(&world);
        login(&world, email, WRONG).expect_problem(401, "invalid_credentials");
        wait(&login(&world, email, WRONG));
    }
    // Each is counted as an account, and where the attempts came from.
    assert_eq!(world.sql().count("sign_in_attempts"), 4);
    assert!(!world.sql().content("public").concat().contains("nobody@"));
}

#[test]
fn attempts_on_one_account_do_not_keep_others_out() {
    let world = World::new();
    world.user("ada");
    world.user("bob");
    login(&world, "ada@example.com", WRONG).expect_problem(401, "invalid_credentials");
    many_were_made(&world);
    login(&world, "ada@example.com", WRONG).expect_problem(401, "invalid_credentials");
    wait(&login(&world, "ada@example.com", PASSWORD));
    login(&world, "bob@example.com", PASSWORD).expect(200);
}

#[test]
fn attempts_are_forgotten_after_a_while() {
    let world = World::new();
    world.user("ada");
    login(&world, "ada@example.com", WRONG).expect_problem(401, "invalid_credentials");
    many_were_made(&world);
    // The account forgets soon, and whence the attempts came a day later.
    let attempts = || world.sql().column("SELECT attempts FROM sign_in_attempts ORDER BY 1");
    time_passes(&world, 16 * 60);
    login(&world, "ada@example.com", WRONG).expect_problem(401, "invalid_credentials");
    assert_eq!(attempts(), ["1", "201"]);
    time_passes(&world, 25 * 60 * 60);
    login(&world, "ada@example.com", WRONG).expect_problem(401, "invalid_credentials");
    assert_eq!(attempts(), ["1", "1"]);
}

#[test]
fn one_address_that_tries_many_accounts_is_slowed_down() {
    let world = World::new();
    world.user("ada");
    let client = "192.0.2.7:4000".parse().unwrap();
    let from = |email: &str, password: &str| {
        let body = json!({ "email": email, "password": password }).to_string().into_bytes();
        world.nobody().from(client).raw(
            Method::Post,
            "/api/v1/auth/login",
            &[],
            Some((ContentType::JSON, body)),
        )
    };
    from("eve@example.com", WRONG).expect_problem(401, "invalid_credentials");
    // A successful sign-in does not count, also at the limit.
    world.sql().run("UPDATE sign_in_attempts SET attempts = 99");
    for _ in 0..3 {
        from("ada@example.com", PASSWORD).expect(200);
    }
    many_were_made(&world);
    from("one@example.com", WRONG).expect_problem(401, "invalid_credentials");
    wait(&from("two@example.com", WRONG));
    // A refused attempt is not counted for the account either: these are the one that was let pass.
    assert_eq!(world.sql().count("sign_in_attempts WHERE attempts = 1"), 2);
    login(&world, "ada@example.com", PASSWORD).expect(200);
}

#[test]
fn registering_very_many_from_one_address_slows_down_there_and_nowhere_else() {
    let world = World::new();
    let from = |address: &str, name: &str| {
        let body = json!({ "email": format!("{name}@example.com"), "password": PASSWORD });
        let caller = world.nobody().from(address.parse().unwrap());
        caller.post("/auth/register", body)
    };
    let here = "192.0.2.7:4000";
    from(here, "one").expect(201);
    world.sql().run("UPDATE sign_in_attempts SET attempts = 198");
    // An email address that is taken costs a hash too.
    from(here, "one").expect_problem(409, "email_taken");
    from(here, "two").expect(201);
    assert!((1..=2).contains(&wait(&from(here, "three"))));
    // Being told that an address is taken is counted apart.
    let registrations = "subject <> sha256('told taken 192.0.2.7')";
    let many = "UPDATE sign_in_attempts SET attempts = 100000, free_at = last_at WHERE";
    world.sql().run(format!("{many} {registrations}"));
    from(here, "four").expect(201);
    // However many attempts there are, the wait is a few seconds.
    for name in ["five", "six", "seven"] {
        assert!((1..=10).contains(&wait(&from(here, name))));
    }
    from("192.0.2.8:4000", "eight").expect(201);
    // Registered users can still sign in from there.
    let body = json!({ "email": "one@example.com", "password": PASSWORD });
    world.nobody().from(here.parse().unwrap()).post("/auth/login", body).expect(200);
    time_passes(&world, 10);
    from(here, "nine").expect(201);
    assert_eq!(world.sql().count("users"), 5);
}

#[test]
fn many_who_sign_in_at_once_from_one_address_all_get_in() {
    let world = World::new();
    let people: Vec<String> = (0..16).map(|number| world.user(&format!("user-{number}")).email).collect();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tenancy = &world.tenancy;
        let sign_in = move |email: String| {
            let server = crate::support::world::rocket(tenancy.clone());
            let client = rocket::local::blocking::Client::untracked(server).unwrap();
            let caller = crate::support::Caller::new(&client, None).from("192.0.2.7:4000".parse().unwrap());
            let body = json!({ "email": email, "password": PASSWORD });
            (0..3).map(|_| caller.post("/auth/login", body.clone()).status).max().unwrap()
        };
        let threads: Vec<_> = people.into_iter().map(|email| scope.spawn(move || sign_in(email))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses, [200; 16]);
}

#[test]
fn many_guesses_at_once_gain_nothing() {
    let world = World::new();
    world.user("ada");
    login(&world, "ada@example.com", WRONG).expect_problem(401, "invalid_credentials");
    many_were_made(&world);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let guess = || {
            let client = rocket::local::blocking::Client::untracked(crate::support::world::rocket(
                world.tenancy.clone(),
            ));
            let client = client.unwrap();
            let caller = crate::support::Caller::new(&client, None);
            caller.post("/auth/login", json!({ "email": "ada@example.com", "password": WRONG })).status
        };
        let threads: Vec<_> = (0..12).map(|_| scope.spawn(guess)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    // Each is counted before the password is verified.
    let tried = statuses.iter().filter(|status| **status == 401).count();
    assert_eq!(tried, 1, "{statuses:?}");
}

#[test]
fn a_stolen_access_token_does_not_help_to_guess_the_password() {
    let world = World::new();
    let ada = world.user("ada");
    let body = json!({ "current_password": WRONG, "password": "a better horse" });
    let change = || ada.send(Method::Put, "/me/password", Some(&body));
    change().expect_problem(422, "wrong_password");
    many_were_made(&world);
    change().expect_problem(422, "wrong_password");
    wait(&change());
    wait(&ada.send(Method::Delete, "/me", Some(&json!({ "password": PASSWORD }))));
}
