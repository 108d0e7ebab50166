//! Load: only a few passwords are hashed at a time, in turns, and when the queue is full, whoever has the most in it is told to
//! try again.

use std::sync::atomic::{AtomicBool, Ordering};

use rocket::http::Method;
use rocket::local::blocking::Client;
use serde_json::json;
use shophouse::identity::Hasher;
use shophouse::tenancy::Tenancy;

use crate::support::world::{PASSWORD, rocket_with};
use crate::support::{Answer, Caller, World};

/// A server with this hasher.
fn server(tenancy: &Tenancy, hasher: Hasher) -> Client {
    Client::untracked(rocket_with(tenancy.clone(), hasher)).unwrap()
}

#[track_caller]
fn is_busy(answer: &Answer) {
    answer.expect_problem(503, "busy");
    assert_eq!(answer.header("Retry-After"), Some("1"), "{answer}");
}

fn login(caller: &Caller<'_>, email: &str, password: &str) -> Answer {
    caller.post("/auth/login", json!({ "email": email, "password": password }))
}

#[test]
fn whoever_finds_no_room_is_told_to_come_back_and_all_else_goes_on() {
    let world = World::new();
    let ada = world.user("ada");
    let token = world.reset_token("ada@example.com");
    let client = server(&world.tenancy, Hasher::bounded(1_000, 0).unwrap());
    let nobody = Caller::new(&client, None);
    // A user who does not exist takes as much work as one who does.
    for (email, password) in
        [("ada@example.com", PASSWORD), ("ada@example.com", "wrong horse"), ("nobody@example.com", PASSWORD)]
    {
        is_busy(&login(&nobody, email, password));
    }
    is_busy(&nobody.post("/auth/register", json!({ "email": "eve@example.com", "password": PASSWORD })));
    is_busy(&nobody.post("/auth/reset", json!({ "token": token, "password": PASSWORD })));
    let here = nobody.with_token(ada.token.clone().unwrap());
    let change = json!({ "current_password": PASSWORD, "password": "a better horse" });
    is_busy(&here.send(Method::Put, "/me/password", Some(&change)));
    is_busy(&here.send(Method::Delete, "/me", Some(&json!({ "password": PASSWORD }))));
    here.get("/me").expect(200);
    // No password was checked, so no attempt counts.
    assert_eq!(world.sql().count("sign_in_attempts"), 5);
    assert_eq!(world.sql().count("sign_in_attempts WHERE attempts > 0 OR free_at > last_at"), 0);
    world.nobody().post("/auth/reset", json!({ "token": token, "password": PASSWORD })).expect(204);
}

#[test]
fn of_many_who_sign_in_at_once_each_gets_the_right_answer_or_is_told_to_come_back() {
    let world = World::new();
    let people: Vec<String> = (0..12).map(|number| world.user(&format!("user-{number}")).email).collect();
    let hasher = Hasher::bounded(200_000, 2).unwrap();
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let (tenancy, hasher) = (&world.tenancy, &hasher);
        let sign_in = move |email: String| {
            let client = server(tenancy, hasher.clone());
            login(&Caller::new(&client, None), &email, PASSWORD)
        };
        let threads: Vec<_> = people.into_iter().map(|email| scope.spawn(move || sign_in(email))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        is_busy(answer);
    }
    assert!(answers.iter().any(|answer| answer.status == 200), "nobody got in");
}

/// Guessers at one address who ask for more than the queue can hold, and two people elsewhere.
#[test]
fn a_crowd_at_one_address_takes_no_place_in_the_queue_from_others() {
    let world = World::new();
    world.user("ada");
    world.user("bob");
    let hasher = Hasher::bounded(200_000, 5).unwrap();
    let (done, tenancy) = (AtomicBool::new(false), &world.tenancy);
    let signs_in = &|number: u8, name: &str| {
        let client = server(tenancy, hasher.clone());
        let caller = Caller::new(&client, None).from(([192, 0, 2, number], 1).into());
        (0..5).map(|_| login(&caller, &format!("{name}@example.com"), PASSWORD).status).collect()
    };
    let crowd = &|number: u8| {
        let client = server(tenancy, hasher.clone());
        let caller = Caller::new(&client, None).from(([192, 0, 2, 1], 1).into());
        let guess =
            |attempt| login(&caller, &format!("{number}-{attempt}@example.com"), "wrong horse").status;
        (0..100_000).take_while(|_| !done.load(Ordering::Relaxed)).map(guess).collect::<Vec<u16>>()
    };
    let (people, crowd): (Vec<Vec<u16>>, Vec<u16>) = std::thread::scope(|scope| {
        let crowd = [0, 1, 2, 3, 4, 5, 6, 7].map(|number| scope.spawn(move || crowd(number)));
        let people =
            [(2, "ada"), (3, "bob")].map(|(number, name)| scope.spawn(move || signs_in(number, name)));
        let people = people.map(|thread| thread.join().unwrap()).to_vec();
        done.store(true, Ordering::Relaxed);
        (people, crowd.map(|thread| thread.join().unwrap()).concat())
    });
    assert_eq!(people, [[200; 5]; 2]);
    assert!(crowd.contains(&503), "the queue was never full: {crowd:?}");
}
