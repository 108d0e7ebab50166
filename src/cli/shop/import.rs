//! `shophouse shop import`: create a shop from an archive.

use std::io::{self, IsTerminal};

use clap::Args;

use crate::cli::installation::Installation;
use crate::cli::progress::Rows;
use crate::cli::stop::Stop;
use crate::cli::{BootError, print};
use crate::identity::Email;
use crate::tenancy::archive::{ImportOptions, Imported, People};
use crate::tenancy::{OwnerTx, Slug};

/// The most people that are listed; --json lists all.
const LISTED: usize = 20;

/// Imports everything or nothing. People are matched to users of this installation by email address. People without an
/// account here stay in the shop's records, but cannot sign in.
#[derive(Args)]
#[command(after_help = "Examples:
  shophouse shop import < the-loft.tar
  shophouse shop import --as the-loft-yesterday --owner ada@example.com < the-loft.tar")]
pub(in crate::cli) struct Arguments {
    /// The slug of the new shop [default: the slug in the archive]
    #[arg(long = "as", value_name = "SLUG")]
    slug: Option<Slug>,
    /// Give former members who are users here their roles again
    #[arg(long)]
    grant_members: bool,
    /// Make this user the owner
    #[arg(long, value_name = "EMAIL")]
    owner: Option<Email>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, stop: &Stop) -> Result<(), BootError> {
    let input = io::stdin().lock();
    if input.is_terminal() {
        return Err(BootError::Usage("the archive is read from standard input: add < FILE.tar".to_owned()));
    }
    let options = ImportOptions {
        slug: arguments.slug.clone(),
        grant_members: arguments.grant_members,
        owner: arguments.owner.as_ref().map(|email| email.as_str().to_owned()),
    };
    Installation::with(|installation| {
        if let Some(email) = &arguments.owner {
            let verification = installation.config.verification();
            let check = |owner: &mut OwnerTx<'_>| super::owner_to_be(owner, email, verification);
            installation.tenancy.as_operator(check)?;
        }
        let progress = Rows::new();
        let watch = |part: &str, rows: u64| {
            progress.show(part, rows);
            !stop.is_requested()
        };
        let imported = installation.tenancy.import_shop(input, &options, &watch)?;
        drop(progress);
        if arguments.json { print::json(&imported) } else { print::text(&as_text(&imported)) }
    })
}

fn as_text(imported: &Imported) -> String {
    let Imported { slug, id, from_version, version, tables, people } = imported;
    let migrated =
        if from_version == version { String::new() } else { format!(", migrated from {from_version}") };
    let rows: Vec<_> = tables.iter().map(|table| [table.name.clone(), table.rows.to_string()]).collect();
    [
        format!("The shop {slug} is open: {id}, at version {version}{migrated}\n\n"),
        print::table(["TABLE", "ROWS"], &rows),
        format!("\nPeople who are users here: {}\n", people.matched),
        unknown(people),
        members(people),
        next_steps(slug, people),
    ]
    .concat()
}

fn unknown(people: &People) -> String {
    let line = |email: &str, role: Option<&str>| (email.to_owned(), role.unwrap_or("no member").to_owned());
    let lines = people.unknown.iter().map(|person| line(&person.email, person.role.as_deref()));
    list("Not users here; they stay in the shop's records:", lines.collect())
}

fn members(people: &People) -> String {
    let lines = people.members.iter().map(|member| (member.email.clone(), member.role.clone()));
    let title = if people.granted {
        "Members, with their former roles:"
    } else {
        "Users here, but no longer members (--grant-members makes them members):"
    };
    list(title, lines.collect())
}

fn next_steps(slug: &str, people: &People) -> String {
    if people.has_owner {
        return String::new();
    }
    format!(
        "\nThe shop has no owner. Give it one with `shophouse shop owner {slug} EMAIL` (a registered user).\n"
    )
}

fn list(title: &str, people: Vec<(String, String)>) -> String {
    if people.is_empty() {
        return String::new();
    }
    let more = people.len().saturating_sub(LISTED);
    let lines = people.iter().take(LISTED);
    let mut text: String = lines
        .map(|(email, role)| format!("  {} ({})\n", print::one_line(email), print::one_line(role)))
        .collect();
    if more > 0 {
        text = format!("{text}  and {more} more; --json lists all\n");
    }
    format!("{title}\n{text}")
}
