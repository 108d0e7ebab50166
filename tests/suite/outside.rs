//! The outside test: several users of two shops do whatever comes to their minds, over HTTP, and each answer is held
//! against a model in memory.
//!
//! `OUTSIDE_CASES` says how many sequences are played, `OUTSIDE_SEED` where they begin. A sequence that fails is
//! made as short as it can be, and printed with its seed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use crate::outside_play::Play;
use crate::outside_steps::{Die, Step, draw};
use crate::support::World;

/// Sequences that are played unless told.
const CASES: u64 = 200;
/// Sequences that share a server; tokens live shorter than a long run.
const BATCH: usize = 50;
/// Servers at a time.
const SERVERS: usize = 4;
/// Steps of a sequence.
const STEPS: usize = 30;
/// Times that a failing sequence is played again to make it shorter.
const ATTEMPTS: usize = 300;

pub const USERS: [&str; 4] = ["ada", "bob", "cleo", "dora"];
pub const SHOPS: usize = 2;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

#[test]
fn whatever_people_do_the_shops_do_what_the_model_does() {
    let first = setting("OUTSIDE_SEED").unwrap_or(1);
    let cases = setting("OUTSIDE_CASES").unwrap_or(CASES);
    let seeds: Vec<u64> = (first..first + cases).collect();
    let batches: Vec<&[u64]> = seeds.chunks(BATCH).collect();
    for some in batches.chunks(SERVERS) {
        thread::scope(|scope| {
            for batch in some {
                scope.spawn(|| play(batch));
            }
        });
    }
}

/// Plays a sequence for each seed, on one server.
fn play(seeds: &[u64]) {
    let world = World::new();
    let people = USERS.map(|name| world.user(name));
    let mut number = 0;
    let mut fails = |steps: &[Step]| {
        number += 1;
        let play = AssertUnwindSafe(|| Play::new(&world, &people, number).play(steps));
        catch_unwind(play).is_err()
    };
    for seed in seeds {
        let steps = draw(&mut Die::new(*seed), STEPS, USERS.len(), SHOPS);
        if fails(&steps) {
            let shortest = shorten(steps, &mut fails);
            let lines: String = shortest.iter().map(|step| format!("\n  {step:?}")).collect();
            panic!("OUTSIDE_SEED={seed} OUTSIDE_CASES=1 fails, at the least with:{lines}");
        }
    }
}

/// Leaves out steps as long as what remains fails too.
fn shorten(mut steps: Vec<Step>, fails: &mut impl FnMut(&[Step]) -> bool) -> Vec<Step> {
    let (mut attempts, mut size) = (0, steps.len() / 2);
    while size > 0 {
        let mut start = 0;
        while start < steps.len() && attempts < ATTEMPTS {
            let mut fewer = steps.clone();
            fewer.drain(start..(start + size).min(steps.len()));
            attempts += 1;
            if fails(&fewer) {
                steps = fewer;
            } else {
                start += size;
            }
        }
        size /= 2;
    }
    steps
}
