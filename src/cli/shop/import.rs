//! `shophouse shop import`: a shop out of a file.

use std::io::{self, IsTerminal};

use clap::Args;

use crate::cli::installation::Installation;
use crate::cli::progress::Rows;
use crate::cli::stop::Stop;
use crate::cli::{BootError, print};
use crate::identity::Email;
use crate::tenancy::Slug;
use crate::tenancy::archive::{ImportOptions, Imported, People};

/// How many people are listed; --json lists all.
const LISTED: usize = 20;

/// Makes a new shop of an archive on standard input, all of it or nothing. Whoever of the shop's people has the email of a
/// user here is that user; the others stay people of the shop's orders, whom nobody can sign in as.
#[derive(Args)]
#[command(after_help = "Examples:
  shophouse shop import < the-loft.tar
  shophouse shop import --as the-loft-yesterday --owner ada@example.com < the-loft.tar")]
pub(in crate::cli) struct Arguments {
    /// The new shop's slug, in place of the old one's
    #[arg(long = "as", value_name = "SLUG")]
    slug: Option<Slug>,
    /// Make the old shop's members, as far as they are users here, members with the roles they had
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
        return Err(BootError::Usage("the archive comes from standard input: add < FILE.tar".to_owned()));
    }
    let options = ImportOptions {
        slug: arguments.slug.clone(),
        grant_members: arguments.grant_members,
        owner: arguments.owner.as_ref().map(|email| email.as_str().to_owned()),
    };
    Installation::visit(|installation| {
        let progress = Rows::new();
        let watch = |part: &str, rows: u64| {
            progress.show(part, rows);
            !stop.is_asked()
        };
        let imported = installation.tenancy.import_shop(input, &options, &watch)?;
        drop(progress);
        super::audit("shop_imported", imported.id.0);
        if arguments.json { print::json(&imported) } else { print::text(&told(&imported)) }
    })
}

fn told(imported: &Imported) -> String {
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
    list("Unknown here, and only in the shop's records:", lines.collect())
}

fn members(people: &People) -> String {
    let lines = people.members.iter().map(|member| (member.email.clone(), member.role.clone()));
    let title = if people.granted {
        "Members, with the roles they had:"
    } else {
        "Not members, though they were, and are users here (--grant-members makes them members):"
    };
    list(title, lines.collect())
}

fn next_steps(slug: &str, people: &People) -> String {
    if people.has_owner {
        return String::new();
    }
    format!(
        "\nThe shop has no owner. To have one, delete it with `shophouse shop delete {slug}`, and import the \
         archive again, under another slug,\nwith --owner EMAIL of somebody who is registered here, or with \
         --grant-members if its owner is.\n"
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
