//! Many requests at the same time.

use std::sync::{Arc, Barrier};
use std::thread;

use rocket::local::blocking::Client;
use shophouse::database::PoolOptions;
use shophouse::tenancy::{Limits, Tenancy};

use super::database::limits;
use super::world::rocket;
use super::{Caller, World};

/// Runs `work` in several threads at once. Each has its own client with `caller`'s token; all share one engine with a few
/// connections.
pub fn at_once<T: Send>(
    threads: usize,
    caller: &Caller<'_>,
    world: &World,
    work: impl Fn(usize, &Caller<'_>) -> T + Sync,
) -> Vec<T> {
    let limits = limits();
    let web = PoolOptions { size: limits.web.size.max(8), ..limits.web };

    let tenancy =
        Tenancy::open(world.database.logins(), Limits { web, ..limits }, super::tree::trees()).unwrap();
    let tenancy = tenancy.with_quotas(Arc::clone(world.tenancy.quotas()));
    let (token, start) = (&caller.token, Barrier::new(threads));
    let run = |thread: usize| {
        let client = Client::untracked(rocket(tenancy.clone())).unwrap();
        let caller = Caller::new(&client, token.clone());
        start.wait();
        work(thread, &caller)
    };
    thread::scope(|scope| {
        let run = &run;
        let threads: Vec<_> = (0..threads).map(|thread| scope.spawn(move || run(thread))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}
