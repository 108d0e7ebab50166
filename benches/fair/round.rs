//! One measurement: the honest shops alone, then beside an abuser, on a new process of the binary.

use std::sync::Arc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use rocket::tokio::runtime::Builder;
use shophouse::database::private::Login;

use crate::abusers::{Abuser, Tally};
use crate::common::{Outcome, RunningBinary, Server};
use crate::honest::{Devices, Honest, Sample, faults};
use crate::options::Options;
use crate::process::AbuserProcess;
use crate::setup::address_of;
use crate::watch::{Cores, Watch};
use crate::world::World;
use crate::{DATABASE, ENVIRONMENT};

/// The load before anything counts, for connections to load the shops' tables.
const WARM_UP: Duration = Duration::from_secs(2);
/// The load beside an abuser before it counts: by then all its clients are at it.
const LEAD: Duration = Duration::from_secs(2);
/// How long the honest shops may take to be served as before.
const RECOVERY: Duration = Duration::from_mins(1);

/// What a measurement found.
pub struct Round {
    pub alone: Vec<Sample>,
    pub beside: Vec<Sample>,
    /// The part of the machine that was busy with the honest shops alone.
    pub busy: f64,
    /// The peak of the process's memory beside the abuser, in megabytes.
    pub memory: f64,
    /// The peak of its deleted files, in megabytes.
    pub spooled: f64,
    /// What the abuser got.
    pub answers: Tally,
    /// The time after the abuser's end until the honest shops were served as before, if they were at all.
    pub recovered: Option<Duration>,
}

/// An abuser, and the rounds beside it.
pub type Measured = (&'static Abuser, Vec<Round>);

/// All measurements.
pub struct Rounds<'a> {
    pub server: &'a Server,
    pub world: Arc<World>,
    pub options: &'a Options,
}

impl Rounds<'_> {
    /// Measures all abusers in turn, in several rounds.
    pub fn run(&self, abusers: &[&'static Abuser]) -> Outcome<Vec<Measured>> {
        let devices = Devices::default();
        let mut measured: Vec<Measured> = abusers.iter().map(|abuser| (*abuser, Vec::new())).collect();
        for round in 1..=self.options.rounds {
            for (abuser, rounds) in &mut measured {
                eprintln!("round {round}: {}", abuser.name);
                rounds.push(self.measure(abuser, &devices)?);
            }
        }
        Ok(measured)
    }

    fn measure(&self, abuser: &Abuser, devices: &Devices) -> Outcome<Round> {
        let Options { seconds, load, .. } = *self.options;
        let lasting = Duration::from_secs(seconds.into());
        let binary = RunningBinary::start_limited(self.server, DATABASE, &ENVIRONMENT)?;
        let address = address_of(&binary)?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let honest = Honest::new(address, &self.world, devices)?;
        runtime.block_on(honest.load(WARM_UP, load));
        let cores = Cores::now()?;
        let alone = runtime.block_on(honest.load(lasting, load));
        let busy = Cores::now()?.busy_since(cores);
        let lost = faults(&alone);
        if !lost.is_empty() {
            eprintln!("requests were lost with nobody else there: {lost:?}");
        }
        let watch = Watch::start(binary.process())?;
        let process = AbuserProcess::start(abuser, address, &self.world)?;
        runtime.block_on(honest.load(LEAD, load));
        let beside = runtime.block_on(honest.load(lasting, load));
        let (answers, seen) = (process.end()?, watch.end()?);
        let recovered = runtime.block_on(honest.recovered(RECOVERY));
        let kept = runtime.block_on(honest.cancel_orders());
        if kept > 0 {
            eprintln!("{kept} orders could not be cancelled");
        }
        drop(binary);
        // Otherwise PostgreSQL would write what the abuser left during the next measurement.
        self.server.connect(Login::Admin, DATABASE)?.batch_execute("CHECKPOINT")?;
        Ok(Round { alone, beside, busy, memory: seen.memory, spooled: seen.spooled, answers, recovered })
    }
}
