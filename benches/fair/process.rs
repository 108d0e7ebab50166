//! The abusers' process: this program once more, with a lower priority, so that the abusers' clients take no time from the
//! clients that are measured, nor from the binary.
//!
//! It gets the world as one line of JSON, abuses until its input ends, and prints what the clients got.

use std::io::{BufRead, Read, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use rocket::tokio::runtime::Builder;

use crate::abusers::{Abuse, Abuser, Tally};
use crate::common::Outcome;
use crate::world::World;

/// The option with which this program is an abuser.
pub const OPTION: &str = "--abuse";

/// The process, seen from the one that measures.
pub struct AbuserProcess {
    child: Child,
}

impl AbuserProcess {
    pub fn start(abuser: &Abuser, server: SocketAddr, world: &World) -> Outcome<Self> {
        let mut child = Command::new("nice")
            .args(["-n", "10"])
            .arg(std::env::current_exe()?)
            .args([OPTION, abuser.name])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let line = serde_json::to_string(&(server, world))?;
        let written = child.stdin.as_mut().map(|input| writeln!(input, "{line}"));
        let process = Self { child };
        written.ok_or("no input")??;
        Ok(process)
    }

    /// Ends it. Returns what its clients got.
    pub fn end(mut self) -> Outcome<Tally> {
        drop(self.child.stdin.take());
        let mut output = String::new();
        self.child.stdout.take().ok_or("no output")?.read_to_string(&mut output)?;
        Ok(serde_json::from_str(&output)?)
    }
}

impl Drop for AbuserProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The process itself.
pub fn run(name: &str) -> Outcome<()> {
    let mut input = std::io::stdin().lock();
    let mut line = String::new();
    input.read_line(&mut line)?;
    let (server, world): (SocketAddr, World) = serde_json::from_str(&line)?;
    let (abuser, abuse) = (Abuser::named(name)?, Abuse::new(server, world)?);
    let clients = Arc::clone(&abuse);
    let runtime = Builder::new_current_thread().enable_all().build()?;
    std::thread::spawn(move || {
        runtime.block_on(async {
            abuser.begin(&clients);
            std::future::pending::<()>().await;
        });
    });
    input.read_to_string(&mut line)?;
    println!("{}", serde_json::to_string(&abuse.tally())?);
    Ok(())
}
