//! `shophouse audit`: read the audit trail.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clap::Args;
use uuid::Uuid;

use crate::audit::{self, Event, Filter, Recorded};
use crate::cli::installation::Installation;
use crate::cli::{BootError, print};
use crate::identity::{Email, users};
use crate::tenancy::registry::ledger;
use crate::tenancy::{OwnerTx, ShopName, TenancyError};

/// Show who did what to whom, newest first
///
/// How long it is kept is set by SHOPHOUSE_AUDIT_DAYS. A user who was erased, or a shop that was, is named by its id.
#[derive(Args)]
#[command(after_help = "Examples:
  shophouse audit --since 24h --event sign_in_failed
  shophouse audit --shop the-loft --since 2026-01-31
  shophouse audit --user ada@example.com --json")]
pub(super) struct Arguments {
    /// What this user did, and what was done to this user
    #[arg(long, value_name = "EMAIL|ID", value_parser = user_name)]
    user: Option<UserName>,
    /// What was done with or in this shop
    #[arg(long, value_name = "SLUG|ID")]
    shop: Option<ShopName>,
    /// Only this event, such as `role_changed`
    #[arg(long, value_parser = |text: &str| text.parse::<Event>())]
    event: Option<Event>,
    /// Only from this time on: a day, a time in UTC, or how long ago, such as 24h or 7d
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<DateTime<Utc>>,
    /// The most events that are shown
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone)]
enum UserName {
    Email(Email),
    Id(Uuid),
}

fn user_name(text: &str) -> Result<UserName, String> {
    match text.parse() {
        Ok(id) => Ok(UserName::Id(id)),
        Err(_) => text.parse().map(UserName::Email).map_err(|_| "give an email address or an id".to_owned()),
    }
}

fn since(text: &str) -> Result<DateTime<Utc>, String> {
    let ago = |number: &str, seconds: i64| {
        let number: i64 = number.parse().ok()?;
        Utc::now().checked_sub_signed(TimeDelta::try_seconds(number.checked_mul(seconds)?)?)
    };
    let relative = match text.split_at_checked(text.len().saturating_sub(1)) {
        Some((number, "h")) => ago(number, 3_600),
        Some((number, "d")) => ago(number, 86_400),
        _ => None,
    };
    let day =
        || text.parse::<NaiveDate>().ok().and_then(|day| day.and_hms_opt(0, 0, 0)).map(|day| day.and_utc());
    let time = relative.or_else(day).or_else(|| text.parse().ok());
    time.ok_or_else(|| {
        "give a day such as 2026-01-31, a time such as 2026-01-31T09:30:00Z, or 24h or 7d".to_owned()
    })
}

pub(super) fn run(arguments: &Arguments) -> Result<(), BootError> {
    let Arguments { user, shop, event, since, limit, json } = arguments;
    Installation::with(|Installation { tenancy, .. }| {
        let (rows, names) = tenancy.as_operator(|owner| {
            let user = user.as_ref().map(|user| user_id(owner, user)).transpose()?;
            let shop = shop.as_ref().map(|shop| shop_id(owner, shop)).transpose()?;
            let filter = Filter { user, shop, event: *event, from: *since, ..Filter::default() };
            let rows = audit::list(owner.pg(), &filter, None, (*limit).into()).map_err(TenancyError::from)?;
            let names = if *json { BTreeMap::new() } else { names(owner, &rows)? };
            Ok::<_, BootError>((rows, names))
        })?;
        if *json { print::json(&rows) } else { print::text(&as_text(&rows, &names)) }
    })
}

fn user_id(owner: &mut OwnerTx<'_>, user: &UserName) -> Result<Uuid, BootError> {
    match user {
        UserName::Id(id) => Ok(*id),
        UserName::Email(email) => {
            users::id_of(owner, email)?.ok_or_else(|| BootError::NoSuchUser(email.clone()))
        }
    }
}

/// The id of a shop. One that was erased has still a trail.
fn shop_id(owner: &mut OwnerTx<'_>, shop: &ShopName) -> Result<Uuid, BootError> {
    match shop {
        ShopName::Id(id) => Ok(id.0),
        ShopName::Slug(_) => ledger::find(owner, shop)?
            .map(|entry| entry.id)
            .ok_or_else(|| BootError::NoSuchShop(shop.clone())),
    }
}

/// The addresses of the users and the slugs of the shops in some rows, by id.
fn names(owner: &mut OwnerTx<'_>, rows: &[Recorded]) -> Result<BTreeMap<Uuid, String>, BootError> {
    let people: Vec<Uuid> = rows.iter().flat_map(|row| [row.actor_id, row.subject_id]).flatten().collect();
    let shops: Vec<Uuid> = rows.iter().filter_map(|row| row.shop_id).collect();
    let mut names = users::emails_of(owner, &people)?;
    names.extend(ledger::slugs_of(owner, &shops)?);
    Ok(names.into_iter().collect())
}

fn as_text(rows: &[Recorded], names: &BTreeMap<Uuid, String>) -> String {
    let name = |id: Option<Uuid>| {
        id.map_or_else(String::new, |id| names.get(&id).cloned().unwrap_or_else(|| id.to_string()))
    };
    let cells = |row: &Recorded| {
        let actor = if row.actor_id.is_some() { name(row.actor_id) } else { row.actor.clone() };
        let details = row.details.as_object().into_iter().flatten();
        let details: Vec<String> = details
            .map(|(name, value)| {
                format!("{name}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            })
            .collect();
        [
            row.created_at.format("%Y-%m-%d %H:%M:%S").to_string(),
            row.event.clone(),
            actor,
            name(row.subject_id),
            name(row.shop_id),
            row.address.clone().unwrap_or_default(),
            print::one_line(&details.join(" ")),
        ]
    };
    print::table(
        ["TIME (UTC)", "EVENT", "BY", "TO", "SHOP", "ADDRESS", "DETAILS"],
        &rows.iter().map(cells).collect::<Vec<_>>(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_day_a_moment_or_how_long_ago() {
        assert_eq!(since("2026-01-31").unwrap().to_rfc3339(), "2026-01-31T00:00:00+00:00");
        assert_eq!(since("2026-01-31T09:30:00Z").unwrap().to_rfc3339(), "2026-01-31T09:30:00+00:00");
        for (text, hours) in [("24h", 24), ("7d", 7 * 24)] {
            let (before, found, after) = (Utc::now(), since(text).unwrap(), Utc::now());
            let ago = TimeDelta::hours(hours);
            assert!((before - ago..=after - ago).contains(&found), "{text}: {found}");
        }
        for bad in ["", "d", "soon", "99999999999999999d", "ä"] {
            assert!(since(bad).is_err(), "{bad}");
        }
    }
}
