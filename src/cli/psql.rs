//! `shophouse psql`: PostgreSQL's shell, pinned to one shop.
//!
//! It signs in with the web login, as requests do, and each of its transactions begins in the shop's schema
//! with the shop role: the wall shows it the rows of no other shop. That holds against slips, not against
//! whoever types another schema's name into `SET search_path`.

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
/// Opens psql on one shop, and ends as it ends. It reads only, unless --write is given. What stands after
/// `--` is psql's.
#[derive(Args)]
#[command(after_help = "Examples:
  shophouse psql the-loft
  shophouse psql the-loft -- -c 'SELECT count(*) FROM products'")]
pub(super) struct Arguments {
    /// The shop's slug or id
    #[arg(value_name = "SLUG")]
    shop: ShopName,
    /// Let it write
    #[arg(long)]
    write: bool,
    /// For psql
    #[arg(last = true, value_name = "ARGS")]
    rest: Vec<OsString>,
}

/// Says where a session stands.
const PLACE: &str = "SELECT concat_ws(' ', current_schema(), current_user)";

pub(super) fn run(arguments: &Arguments) -> Result<(), BootError> {
    // Ctrl-C is for psql, which shares our terminal.
    signal_hook::flag::register(SIGINT, Arc::new(AtomicBool::new(false)))?;
    Installation::visit(|installation| {
        let Installation { tenancy, config, logins } = installation;
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

/// A pooler between us and PostgreSQL may drop the options that pin: then there is no shell.
fn check_pin(program: &Path, url: &ProgramUrl, expected: &str) -> Result<(), BootError> {
    let answer =
        psql(program, url).args(["--no-psqlrc", "--no-align", "--tuples-only", "-c", PLACE]).output()?;
    let place = String::from_utf8_lossy(&answer.stdout);
    if answer.status.success() && place.trim() == expected {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&answer.stderr);
    let reason = if answer.status.success() {
        format!("it stands in {}", place.trim())
    } else {
        said.trim().to_owned()
    };
    Err(BootError::NotPinned(reason))
}

fn psql(program: &Path, url: &ProgramUrl) -> Command {
    let mut command = Command::new(program);
    command.arg("--dbname").arg(&url.text);
    // Not among the arguments, which everybody on the machine may read.
    if let Some(password) = &url.password {
        command.env("PGPASSWORD", password.expose_secret());
    }
    command
}
