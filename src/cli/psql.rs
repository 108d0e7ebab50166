//! `shophouse psql`: PostgreSQL's shell, pinned to one shop.
//!
//! It connects with the web login, as requests do. Each transaction begins in the shop's schema with the shop role, so
//! that the policies hide the rows of other shops. This protects against mistakes, not against somebody who sets
//! `search_path` to another schema.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::Args;
use secrecy::ExposeSecret;
use signal_hook::consts::SIGINT;

use crate::database::ProgramUrl;
use crate::database::private::find_client;
use crate::tenancy::{ShopId, ShopName};

use super::BootError;
use super::installation::Installation;
use super::shop;

/// Open PostgreSQL's shell, pinned to one shop
///
/// Runs psql in one shop's schema, and exits with psql's exit code. It is read-only unless --write is given. Arguments
/// after `--` go to psql.
#[derive(Args)]
#[command(after_help = "Examples:
  shophouse psql the-loft
  shophouse psql the-loft -- -c 'SELECT count(*) FROM products'")]
pub(super) struct Arguments {
    /// The shop's slug or id
    #[arg(value_name = "SLUG")]
    shop: ShopName,
    /// Allow writing
    #[arg(long)]
    write: bool,
    /// Arguments for psql
    #[arg(last = true, value_name = "ARGS")]
    rest: Vec<OsString>,
}

/// The schema and the role of a session.
const SESSION: &str = "SELECT concat_ws(' ', current_schema(), current_user)";

pub(super) fn run(arguments: &Arguments) -> Result<(), BootError> {
    // Ctrl-C is for psql, which uses the same terminal.
    signal_hook::flag::register(SIGINT, Arc::new(AtomicBool::new(false)))?;
    Installation::with(|installation| {
        let Installation { tenancy, config, logins } = installation;
        if !tenancy.keeps_session_settings() {
            return Err(BootError::PsqlOnCitus);
        }
        let found = tenancy.as_operator(|owner| shop::entry(owner, &arguments.shop))?;
        let program = find_client("psql", config.settings.pg_bin())?;
        let (schema, role) = (ShopId(found.id).schema(), tenancy.shop_role());
        let reads_only = if arguments.write { "off" } else { "on" };
        let url = logins.web.for_program(&format!(
            "-c search_path={schema},pg_temp -c role={role} -c default_transaction_read_only={reads_only}"
        ));
        check_pin(&program, &url, &format!("{schema} {role}"))?;
        let prompt = format!("PROMPT1={}%R%x%# ", found.slug);
        let ended = psql(&program, &url).args(["-v", &prompt]).args(&arguments.rest).status()?;
        if ended.success() { Ok(()) } else { Err(BootError::Psql(ended.code().unwrap_or(1))) }
    })
}

/// A connection pooler may drop the options that pin the session. Then psql is not started.
fn check_pin(program: &Path, url: &ProgramUrl, expected: &str) -> Result<(), BootError> {
    let answer =
        psql(program, url).args(["--no-psqlrc", "--no-align", "--tuples-only", "-c", SESSION]).output()?;
    let session = String::from_utf8_lossy(&answer.stdout);
    if answer.status.success() && session.trim() == expected {
        return Ok(());
    }
    let message = String::from_utf8_lossy(&answer.stderr);
    let reason = if answer.status.success() {
        format!("the session uses {}", session.trim())
    } else {
        message.trim().to_owned()
    };
    Err(BootError::NotPinned(reason))
}

fn psql(program: &Path, url: &ProgramUrl) -> Command {
    let mut command = Command::new(program);
    command.arg("--dbname").arg(&url.text);
    // Not as an argument: every user of the machine can read those.
    if let Some(password) = &url.password {
        command.env("PGPASSWORD", password.expose_secret());
    }
    command
}
