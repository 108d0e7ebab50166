//! Many customers at once: no piece is sold twice, none is lost, and nothing deadlocks.

use serde_json::{Value, json};

use crate::support::concurrent::at_once;
use crate::support::goods::{each, variant};
use crate::support::world::text;
use crate::support::{Answer, Member, World};

/// The number of customers in the first test. The other tests have fewer customers with more requests.
const CROWD: usize = 64;
const THREADS: usize = 16;

/// Three products with ten pieces each, and the ids of their variants.
fn three(owner: &Member<'_>) -> ([Value; 3], [String; 3]) {
    let products = ["A", "B", "C"].map(|title| owner.sells(title));
    let variants = products.each_ref().map(|product| variant(product, 0));
    (products, variants)
}

/// The stock of each product, which must be the sum of its movements.
fn stocks(owner: &Member<'_>, products: &[Value; 3]) -> [i64; 3] {
    products.each_ref().map(|product| {
        let stock = owner.again("products", product)["variants"][0]["stock"].as_i64().unwrap();
        let movements = owner.movements(&variant(product, 0));
        let sum: i64 = movements.iter().map(|movement| movement["delta"].as_i64().unwrap()).sum();
        assert_eq!(sum, stock, "{product}");
        assert!(stock >= 0, "{stock}");
        stock
    })
}

/// Whether an order was accepted. The only other valid response is that the stock is too small.
fn is_sold(answer: &Answer) -> bool {
    if answer.status != 201 {
        answer.expect_problem(409, "out_of_stock");
    }
    answer.status == 201
}

#[test]
fn the_last_ten_are_sold_ten_times() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let (products, variants) = three(&owner);
    // Each customer orders one of each, with the lines in different orders.
    let sold = at_once(CROWD, &owner, &world, |thread, caller| {
        let mut lines = variants.each_ref().map(|variant| (variant.as_str(), 1));
        lines.rotate_left(thread % 3);
        if thread % 2 == 0 {
            lines.reverse();
        }
        is_sold(&caller.buys(&lines))
    });
    assert_eq!(sold.into_iter().filter(|sold| *sold).count(), 10);
    assert_eq!(stocks(&owner, &products), [0; 3]);
    let mut numbers: Vec<_> =
        owner.all("/orders?limit=100").iter().map(|order| order["number"].as_u64().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1001..=1010).collect::<Vec<_>>(), "and numbered without gaps");
}

#[test]
fn whoever_comes_until_nothing_is_left_gets_all_there_is() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let (products, variants) = three(&owner);
    // Each thread orders two of the three, in different pairs and orders, until they are sold out.
    let sold = at_once(THREADS, &owner, &world, |thread, caller| {
        let mut lines = [(variants[thread % 3].as_str(), 1), (variants[(thread + 1) % 3].as_str(), 1)];
        if thread % 2 == 0 {
            lines.reverse();
        }
        (0..100).take_while(|_| is_sold(&caller.buys(&lines))).count()
    });
    let left = stocks(&owner, &products);
    assert_eq!(sold.iter().sum::<usize>() * 2, usize::try_from(30 - left.iter().sum::<i64>()).unwrap());
    assert!(left.iter().filter(|stock| **stock > 0).count() <= 1, "a pair was left over: {left:?}");
    assert_eq!(owner.all("/orders?limit=100").len(), sold.into_iter().sum::<usize>());
}

#[test]
fn buying_cancelling_and_restocking_at_once_loses_nothing() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let (products, variants) = three(&owner);
    let kept = at_once(THREADS, &owner, &world, |thread, caller| {
        let mut lines = variants.each_ref().map(|variant| (variant.as_str(), 2));
        lines.rotate_left(thread % 3);
        let mut kept = 0;
        for round in 0..3 {
            let answer = caller.buys(&lines);
            if !is_sold(&answer) {
                continue;
            }
            if (thread + round) % 2 == 0 {
                caller.takes(&answer.json(), "cancel").expect(200);
            } else {
                kept += 2;
            }
        }
        if thread < 3 {
            let restock = json!({ "delta": 1, "reason": "found" });
            caller.post(&format!("/variants/{}/stock", variants[thread]), restock).expect(201);
        }
        kept
    });
    let kept: i64 = kept.into_iter().sum();
    assert_eq!(stocks(&owner, &products), [11 - kept; 3]);
}

#[test]
fn pages_neither_skip_nor_repeat_while_others_order() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let shirt = json!({ "title": "Shirt", "price": { "amount": 1 } });
    let shirt = variant(&owner.post("/products", shirt).expect(201), 0);
    let before: Vec<String> = (0..20).map(|_| text(&owner.buys(&[(&shirt, 1)]).expect(201)["id"])).collect();
    let seen = at_once(THREADS, &owner, &world, |thread, caller| {
        if thread % 2 == 0 {
            for _ in 0..10 {
                caller.buys(&[(&shirt, 1)]).expect(201);
            }
            return Vec::new();
        }
        each(&caller.all("/orders?limit=3"), "id")
    });
    for mut seen in seen.into_iter().filter(|seen| !seen.is_empty()) {
        assert!(before.iter().all(|id| seen.contains(id)), "one was skipped");
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), all, "one was repeated");
    }
}

#[test]
fn an_order_that_everybody_cancels_is_cancelled_once() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let (products, variants) = three(&owner);
    let order = owner.buys(&variants.each_ref().map(|variant| (variant.as_str(), 4))).expect(201);
    let cancelled = at_once(THREADS, &owner, &world, |_, caller| {
        let answer = caller.takes(&order, "cancel");
        if answer.status != 200 {
            answer.expect_problem(409, "invalid_transition");
        }
        answer.status == 200
    });
    assert_eq!(cancelled.into_iter().filter(|cancelled| *cancelled).count(), 1);
    assert_eq!(stocks(&owner, &products), [10; 3]);
}
