//! The time of a boot with nothing to migrate, with few shops and with many.

use serde_json::{Value, json};

use crate::build::Fleet;
use crate::common::{Outcome, RunningBinary, in_turn, ms};

const ROUNDS: usize = 15;

pub fn measure(few: &Fleet<'_>, fleet: &Fleet<'_>, shops: usize) -> Outcome<Value> {
    let [few, many] = in_turn(ROUNDS, [few, fleet], |fleet| {
        let wait = [("SHOPHOUSE_MIGRATIONS_ON_BOOT", "wait")];
        Ok(RunningBinary::start(fleet.server, fleet.database, &wait)?.took)
    })?;
    let (few, many) = (ms(few), ms(many));
    println!(
        "{shops:>6} shops: boot, nothing due {many:>6.0} ms, with 10 shops {few:.0} ms, ratio {:.2}",
        many / few
    );
    Ok(json!({ "work": "boot", "shops": shops, "ms": many, "ms_with_10": few, "ratio": many / few }))
}
