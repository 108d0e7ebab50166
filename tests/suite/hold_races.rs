//! Orders expire exactly once, whoever pays, cancels, holds or expires them at the same time.

use std::sync::Mutex;
use std::thread;

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::concurrent::at_once;
use crate::support::goods::{each, variant};
use crate::support::holds::{a_day_passes, ends, stock};
use crate::support::world::text;
use crate::support::{Login, Member, World, waiting};

/// Three products with a thousand pieces each.
fn three(owner: &Member<'_>) -> [Value; 3] {
    ["A", "B", "C"].map(|title| {
        let body = json!({ "title": title, "price": { "amount": 1 }, "stock": 1_000 });
        owner.post("/products", body).expect(201)
    })
}

/// Orders of one piece of each of two products, in turns.
fn orders(cleo: &Member<'_>, products: &[Value; 3], number: usize) -> Vec<Value> {
    let variants = products.each_ref().map(|product| variant(product, 0));
    let buy = |turn: usize| {
        let lines = [(variants[turn % 3].as_str(), 1), (variants[(turn + 1) % 3].as_str(), 1)];
        cleo.buys(&lines).expect(201)
    };
    (0..number).map(buy).collect()
}

#[test]
fn several_workers_expire_each_order_once() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let cleo = owner.joined_by("cleo", "customer");
    let products = three(&owner);
    // More than one worker takes at a time.
    let placed = orders(&cleo, &products, 130);
    a_day_passes(&world);
    let engine = &world.tenancy;
    let ended: Vec<usize> = thread::scope(|scope| {
        let workers = [(); 3].map(|()| scope.spawn(|| engine.end_due(&|| false).unwrap().ended));
        workers.map(|worker| worker.join().unwrap()).into()
    });
    assert_eq!((ended.iter().sum::<usize>(), world.sql().count("deadlines")), (130, 0), "{ended:?}");
    assert_eq!(products.each_ref().map(|product| stock(&owner, product)), [1_000; 3]);
    for order in &placed {
        let order = owner.again("orders", order);
        assert_eq!(each(order["events"].as_array().unwrap(), "status"), ["pending", "expired"]);
    }
}

#[test]
fn whoever_comes_first_decides_and_no_piece_is_lost() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let cleo = owner.joined_by("cleo", "customer");
    let products = three(&owner);
    let placed = orders(&cleo, &products, 24);
    let variants = products.each_ref().map(|product| variant(product, 0));
    let (sql, schema) = (Mutex::new(world.sql()), owner.schema());
    let engine = &world.tenancy;
    let later = json!({ "until": Utc::now() + TimeDelta::days(1) });
    at_once(8, &owner, &world, |thread, caller| match thread {
        // A sixth of the orders becomes due at a time.
        0 | 1 => {
            for turn in 0..6 {
                let due = "now() - interval '1 day'";
                let mut sql = sql.lock().unwrap();
                sql.run(format!(
                    "UPDATE {schema}.orders SET expires_at = {due} WHERE status = 'pending' AND number % 6 = {turn}"
                ));
                sql.run(format!("UPDATE deadlines SET due_at = {due}"));
                drop(sql);
                engine.end_due(&|| false).unwrap();
            }
        }
        // Others buy meanwhile.
        2 => {
            for turn in 0..6 {
                let order =
                    caller.buys(&[(&variants[(turn + 1) % 3], 1), (&variants[turn % 3], 1)]).expect(201);
                caller.takes(&order, "cancel").expect(200);
            }
        }
        _ => {
            for turn in 0..placed.len() {
                let order = &placed[(turn * 7 + thread * 5) % placed.len()];
                let answer = match (thread + turn) % 3 {
                    0 => caller.takes(order, "pay"),
                    1 => caller.takes(order, "cancel"),
                    _ => caller.post(&format!("/orders/{}/hold", text(&order["id"])), later.clone()),
                };
                if answer.status != 200 {
                    answer.expect_problem(409, "invalid_transition");
                }
            }
        }
    });
    let mut kept = [0; 3];
    for (turn, order) in placed.iter().enumerate() {
        let order = owner.again("orders", order);
        let events = each(order["events"].as_array().unwrap(), "status");
        let legal = [
            &["pending"][..],
            &["pending", "paid"],
            &["pending", "paid", "cancelled"],
            &["pending", "cancelled"],
            &["pending", "expired"],
        ];
        assert!(legal.contains(&events.iter().map(String::as_str).collect::<Vec<_>>().as_slice()), "{order}");
        assert_eq!(events.last().map(String::as_str), order["status"].as_str());
        if ["pending", "paid"].contains(&order["status"].as_str().unwrap()) {
            kept[turn % 3] += 1;
            kept[(turn + 1) % 3] += 1;
        }
    }
    assert_eq!(products.each_ref().map(|product| stock(&owner, product)), kept.map(|kept| 1_000 - kept));
}

#[test]
fn an_order_that_somebody_is_changing_is_left_alone_and_holds_up_nothing() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let cleo = owner.joined_by("cleo", "customer");
    let products = three(&owner);
    let placed = orders(&cleo, &products, 2);
    a_day_passes(&world);
    let mut holder = world.sql();
    let (schema, busy) = (owner.schema(), text(&placed[0]["id"]));
    holder.run(format!("BEGIN; SELECT FROM {schema}.orders WHERE id = '{busy}' FOR UPDATE"));
    assert_eq!(ends(&world).ended, 1);
    assert_eq!(owner.again("orders", &placed[1])["status"], "expired");
    assert_eq!(ends(&world).ended, 0, "it is looked at again some seconds later");
    assert_eq!(world.sql().column("SELECT item_id FROM deadlines WHERE due_at > now()"), [busy]);
    drop(holder);
    a_day_passes(&world);
    assert_eq!(ends(&world).ended, 1);
    assert_eq!(owner.again("orders", &placed[0])["status"], "expired");
}

#[test]
fn a_worker_that_dies_in_the_middle_has_done_nothing() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let cleo = owner.joined_by("cleo", "customer");
    let products = three(&owner);
    let placed = orders(&cleo, &products, 5);
    a_day_passes(&world);
    let before = world.sql().content(&owner.schema());
    let (mut holder, mut watch) = (world.sql(), world.database.connect(Login::Admin));
    // It has the orders, and waits for a variant.
    let (schema, last) = (owner.schema(), variant(&products[2], 0));
    holder.run(format!("BEGIN; SELECT FROM {schema}.variants WHERE id = '{last}' FOR UPDATE"));
    let engine = &world.tenancy;
    thread::scope(|scope| {
        let worker = scope.spawn(|| engine.end_due(&|| false));
        let pid = waiting::blocked(&mut watch);
        watch.run(format!("SELECT pg_terminate_backend({pid})"));
        waiting::gone(&mut watch, &pid);
        let _ = worker.join().unwrap();
    });
    drop(holder);
    assert_eq!(world.sql().content(&owner.schema()), before);
    a_day_passes(&world);
    assert_eq!((ends(&world).ended, ends(&world).ended), (5, 0));
    assert_eq!(products.each_ref().map(|product| stock(&owner, product)), [1_000; 3]);
    assert!(placed.iter().all(|order| owner.again("orders", order)["status"] == "expired"));
}
