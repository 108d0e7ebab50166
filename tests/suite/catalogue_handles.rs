//! Handles under concurrency: requests at the same moment get different handles.

use std::collections::HashSet;
use std::sync::Barrier;
use std::thread;

use rocket::local::blocking::Client;
use serde_json::json;

use crate::support::goods::each;
use crate::support::world::rocket;
use crate::support::{Caller, World};

const THREADS: usize = 12;

#[test]
fn products_made_at_the_same_moment_from_one_title_have_handles_of_their_own() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let (start, token) = (Barrier::new(THREADS), owner.token.clone());
    let make = &|number: usize| {
        let client = Client::untracked(rocket(world.tenancy.clone())).unwrap();
        let caller = Caller::new(&client, token.clone());
        start.wait();
        let body = json!({ "title": "Größe", "sku": format!("sku-{number}"), "tags": ["same"], "price": { "amount": 0 } });
        caller.post("/products", body).expect(201);
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|number| scope.spawn(move || make(number))).collect();
        for thread in threads {
            thread.join().unwrap();
        }
    });
    let handles = each(&owner.all("/products?limit=100&q=grosse&tag=same"), "handle");
    assert_eq!(handles.iter().collect::<HashSet<_>>().len(), THREADS, "{handles:?}");
    assert!(handles.contains(&"grosse".to_owned()), "{handles:?}");
    assert!(handles.iter().all(|handle| handle.starts_with("grosse")), "{handles:?}");
}

#[test]
fn one_of_two_who_want_the_same_handle_at_the_same_moment_gets_it() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let (start, token) = (Barrier::new(THREADS), owner.token.clone());
    let make = &|| {
        let client = Client::untracked(rocket(world.tenancy.clone())).unwrap();
        let caller = Caller::new(&client, token.clone());
        start.wait();
        let answer =
            caller.post("/products", json!({ "title": "Hat", "handle": "hat", "price": { "amount": 0 } }));
        if answer.status != 201 {
            answer.expect_problem(409, "handle_taken");
        }
        answer.status
    };
    let statuses: Vec<u16> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(make)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
}
