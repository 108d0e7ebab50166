//! `shophouse citus`: what an installation on Citus needs beside the migrations.

use clap::Subcommand;

use crate::config::Config;
use crate::database::DatabaseUrl;
use crate::tenancy::prepare_citus;

use super::{BootError, boot, print};

/// The commands for Citus.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Take away the rights by which a shop could see what others do, on every server
    ///
    /// Run it once when the servers of Citus are connected, and again after a server was added. It changes nothing the second time.
    /// The server does not start before.
    #[command(after_help = "Example:
  PGPASSWORD=\u{2026} shophouse citus setup postgresql://postgres@db.example.com/shophouse")]
    Setup {
        /// How a superuser connects to the coordinator's database
        #[arg(value_name = "URL")]
        superuser: String,
    },
}

pub(super) fn run(command: &Command) -> Result<(), BootError> {
    let Command::Setup { superuser } = command;
    let config = Config::load()?;
    let (logins, _private) = boot::existing_database(&config)?;
    let options = config.settings.limits().owner;
    let superuser = DatabaseUrl::new(superuser.as_str());
    let prepared = prepare_citus(&superuser, [&logins.owner, &logins.web], options)?;
    print::text("The coordinator is prepared.\n")?;
    for node in &prepared {
        let outcome =
            if node.is_done { "is prepared.".to_owned() } else { format!("is not: {}", node.answer) };
        print::text(&format!("{}:{} {outcome}\n", node.node, node.port))?;
    }
    match prepared.iter().filter(|node| !node.is_done).count() {
        0 => Ok(()),
        failed => Err(BootError::NodesLeftBehind(failed)),
    }
}
