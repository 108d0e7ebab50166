//! The outside test, a random model-based test: several users of two shops send random requests over HTTP, and each response
//! is compared with a model in memory.
//!
//! `OUTSIDE_CASES` is the number of sequences, `OUTSIDE_SEED` the seed of the first. A failing sequence is shortened as far as
//! possible, and printed with its seed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use crate::outside_play::Play;
use crate::outside_steps::{Random, Step, random_steps};
use crate::support::World;

/// The default number of sequences.
const CASES: u64 = 100;
/// Sequences that share a server: a long run would outlast its tokens.
const BATCH: usize = 25;
/// Servers that run at the same time.
const SERVERS: usize = 4;
/// Steps of a sequence.
const STEPS: usize = 60;
/// How often a failing sequence is run again to shorten it.
const ATTEMPTS: usize = 300;

pub const USERS: [&str; 4] = ["ada", "bob", "cleo", "dora"];
pub const SHOPS: usize = 2;

pub fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

#[test]
fn random_requests_get_the_responses_of_the_model() {
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

/// Runs a sequence for each seed, on one server.
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
        let steps = random_steps(&mut Random::new(*seed), STEPS, USERS.len(), SHOPS);
        if fails(&steps) {
            let shortest = shorten(steps, &mut fails);
            let lines: String = shortest.iter().map(|step| format!("\n  {step:?}")).collect();
            panic!("OUTSIDE_SEED={seed} OUTSIDE_CASES=1 fails; the shortest failing sequence:{lines}");
        }
    }
}

/// Removes steps as long as the remaining sequence still fails.
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
