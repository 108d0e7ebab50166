//! Opening a shop through the API, compared with sending the same SQL.

use std::time::Instant;

use serde_json::{Value, json};
use shophouse::database::private::Login;

use crate::build::Fleet;
use crate::common::{Outcome, RunningBinary, in_turn, ms, one};
use crate::raw_sql;

const ROUNDS: usize = 25;

pub fn measure(fleet: &Fleet<'_>, shops: usize) -> Outcome<Value> {
    let trees = shophouse::trees()?;
    let mut pg = fleet.server.connect(Login::Owner, fleet.database)?;
    let role = format!("shophouse_{}_shop", one(&mut pg, "SELECT name FROM installation")?);
    // Without migrations at boot: the shops of the fleet are at other versions, and must stay there.
    let binary =
        RunningBinary::start(fleet.server, fleet.database, &[("SHOPHOUSE_MIGRATIONS_ON_BOOT", "off")])?;
    let agent = ureq::Agent::new_with_defaults();
    let token = binary.token(&agent, &format!("opens{shops}@example.com"))?;
    let mut number = 0;
    let [api, bare] = in_turn(ROUNDS, [true, false], |through_api| {
        number += 1;
        let start = Instant::now();
        if *through_api {
            let shop = json!({ "name": "Opened", "slug": format!("opened-{shops}-{number}") });
            binary.post(&agent, "/shops", &token, &shop)?;
        } else {
            raw_sql::open(&mut pg, &trees, &role, fleet.user())?;
        }
        Ok(start.elapsed())
    })?;
    let (api, bare) = (ms(api), ms(bare));
    println!("{shops:>6} shops: open one more   {api:>7.1} ms, bare {bare:>7.1} ms, ratio {:.2}", api / bare);
    Ok(json!({ "work": "open", "shops": shops, "ms": api, "bare_ms": bare, "ratio": api / bare }))
}
