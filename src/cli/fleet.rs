//! `shophouse fleet`: on Citus, which server holds which shops.

use clap::Subcommand;
use serde::Serialize;

use crate::tenancy::{Move, Node, ShopId, ShopName, Tenancy, Undistributed};

use super::installation::Installation;
use super::progress::Meter;
use super::stop::Stop;
use super::{BootError, print, shop};

/// The commands for the servers of Citus.
#[derive(Subcommand)]
pub(super) enum Command {
    /// List the servers, with the number and the size of their shops
    Nodes {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Move a shop to another server, while it serves
    ///
    /// At the end its changes wait for a moment. The servers need wal_level = logical. When the command is interrupted, the shop stays
    /// where it was.
    #[command(after_help = "Example:\n  shophouse fleet move the-loft --to db2.example.com:5432")]
    Move {
        /// The shop's slug or id
        #[arg(value_name = "SLUG")]
        shop: ShopName,
        /// The server, as `fleet nodes` lists it
        #[arg(long, value_name = "HOST:PORT")]
        to: String,
    },
    /// Move shops until the servers hold equally much, while they serve
    ///
    /// Citus decides which, by its default strategy. Run it when a server was added. It may be interrupted, and run again.
    Balance {
        /// Print what would be moved, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Place the shops that were there before Citus on the servers
    ///
    /// Requests in a shop wait while its rows are copied. A shop that is in use all the time is left out: run it again. It may be
    /// interrupted.
    Distribute,
}

#[derive(Serialize)]
struct Nodes {
    nodes: Vec<Node>,
    /// Number of shops that are on the coordinator alone.
    undistributed: usize,
}

pub(super) fn run(command: &Command, stop: &Stop) -> Result<(), BootError> {
    Installation::with(|Installation { tenancy, .. }| match command {
        Command::Nodes { json } => {
            let (nodes, undistributed) = tenancy.nodes()?;
            let nodes = Nodes { nodes, undistributed: undistributed.len() };
            if *json { print::json(&nodes) } else { print::text(&as_text(&nodes)) }
        }
        Command::Move { shop, to } => move_shop(tenancy, shop, to),
        Command::Balance { dry_run: true } => print::text(&plan_as_text(&tenancy.balance_plan()?)),
        Command::Balance { dry_run: false } => balance(tenancy, stop),
        Command::Distribute => distribute(tenancy, stop),
    })
}

fn move_shop(tenancy: &Tenancy, name: &ShopName, to: &str) -> Result<(), BootError> {
    let found = tenancy.as_operator(|owner| shop::entry(owner, name))?;
    let meter = Meter::new("KiB copied");
    tenancy.move_shop(ShopId(found.id), to, |done, of| meter.set(done / 1024, of / 1024))?;
    drop(meter);
    print::text(&format!("{} is on {to}\n", found.slug))
}

fn balance(tenancy: &Tenancy, stop: &Stop) -> Result<(), BootError> {
    let plan = tenancy.balance_plan()?;
    let meter = Meter::new("shops moved");
    for (done, planned) in plan.iter().enumerate() {
        stop.check()?;
        tenancy.do_move(planned)?;
        meter.set(done + 1, plan.len());
    }
    drop(meter);
    print::text(&format!("{} shops moved\n", plan.len()))
}

fn distribute(tenancy: &Tenancy, stop: &Stop) -> Result<(), BootError> {
    let (_, shops) = tenancy.nodes()?;
    let meter = Meter::new("shops placed");
    let mut left = Vec::new();
    for (done, Undistributed { id, slug }) in shops.iter().enumerate() {
        stop.check()?;
        if !tenancy.distribute(ShopId(*id))? {
            left.push(format!("  {slug} was in use\n"));
        }
        meter.set(done + 1, shops.len());
    }
    drop(meter);
    print::text(&format!("{} shops placed\n{}", shops.len() - left.len(), left.concat()))?;
    if left.is_empty() {
        return Ok(());
    }
    Err(BootError::ShopsLeftBehind(format!(
        "{} shops are still on the coordinator: run `shophouse fleet distribute` again",
        left.len()
    )))
}

fn as_text(Nodes { nodes, undistributed }: &Nodes) -> String {
    let row = |node: &Node| {
        let state = match (node.answers, node.takes_shops) {
            (false, _) => "no answer",
            (true, true) => "takes shops",
            (true, false) => "takes no shops",
        };
        let mib = format!("{}.{}", node.bytes >> 20, ((node.bytes & 0xf_ffff) * 10) >> 20);
        [node.name.clone(), node.shops.to_string(), mib, state.to_owned()]
    };
    let rows: Vec<_> = nodes.iter().map(row).collect();
    let table = print::table(["NODE", "SHOPS", "MIB", "STATE"], &rows);
    match undistributed {
        0 => table,
        some => format!(
            "{table}\n{some} shops are on the coordinator alone; `shophouse fleet distribute` places them\n"
        ),
    }
}

fn plan_as_text(plan: &[Move]) -> String {
    if plan.is_empty() {
        return "the servers hold equally much\n".to_owned();
    }
    let row = |planned: &Move| [planned.slug.clone(), planned.from.clone(), planned.to.clone()];
    print::table(["SHOP", "FROM", "TO"], &plan.iter().map(row).collect::<Vec<_>>())
}
