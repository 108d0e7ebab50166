//! A row of the trail to be, and writing it.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::schema::public::audit_events as events;

use super::Event;
use super::read::time_of;

/// Where an act was done from.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The id of the request. It stands in the log only.
    pub request_id: Option<String>,
    /// The client's address.
    pub address: Option<IpAddr>,
    /// The client's `User-Agent`.
    pub agent: String,
}

/// Who did something.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Actor {
    User(Uuid),
    Operator,
    System,
    /// Somebody who did not prove to be anybody.
    Unknown,
}

impl Actor {
    fn word(self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Operator => "operator",
            Self::System => "system",
            Self::Unknown => "unknown",
        }
    }

    fn id(self) -> Option<Uuid> {
        match self {
            Self::User(user) => Some(user),
            _ => None,
        }
    }
}

/// An act, to be recorded by its transaction and logged after it.
#[derive(Clone, Debug)]
pub struct Entry {
    event: Event,
    actor: Actor,
    subject: Option<Uuid>,
    shop: Option<Uuid>,
    place: Place,
    details: Map<String, Value>,
}

impl Entry {
    fn new(event: Event, actor: Actor, place: Place) -> Self {
        Self { event, actor, subject: actor.id(), shop: None, place, details: Map::new() }
    }

    /// What a user did, to themselves unless [`Entry::to`] says whom.
    pub fn by_user(event: Event, user: Uuid, place: Place) -> Self {
        Self::new(event, Actor::User(user), place)
    }

    /// What somebody did who did not prove to be anybody, such as a failed sign-in.
    pub fn by_unknown(event: Event, place: Place) -> Self {
        Self::new(event, Actor::Unknown, place)
    }

    /// What the operator did, by a command.
    pub fn by_operator(event: Event) -> Self {
        Self::new(event, Actor::Operator, Place::default())
    }

    /// What happened because it was due.
    pub fn by_system(event: Event) -> Self {
        Self::new(event, Actor::System, Place::default())
    }

    /// The user to whom it was done; none when nobody knows.
    #[must_use]
    pub fn to(self, subject: impl Into<Option<Uuid>>) -> Self {
        Self { subject: subject.into(), ..self }
    }

    /// The shop in which it was done. Its owners then see it, so a sign-in has none.
    #[must_use]
    pub fn in_shop(self, shop: impl Into<Uuid>) -> Self {
        Self { shop: Some(shop.into()), ..self }
    }

    /// A detail, such as the role before. Never a secret, an email address or a name.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// Writes the line in the log. Call it when the transaction is committed.
    pub fn log(&self) {
        let by = match self.actor {
            Actor::User(user) if self.subject != Some(user) => Some(user.to_string()),
            Actor::Operator => Some(self.actor.word().to_owned()),
            _ => None,
        };
        tracing::info!(
            audit = self.event.as_str(),
            request_id = self.place.request_id,
            user = self.subject.map(tracing::field::display),
            by = by.map(tracing::field::display),
            shop = self.shop.map(tracing::field::display),
            address = self.place.address.map(tracing::field::display),
            "audit"
        );
    }

    /// What failed attempts have in common, of which only one is to be a row.
    fn bucket(&self, now: DateTime<Utc>) -> Vec<u8> {
        let address = self.place.address.map(|address| address.to_string()).unwrap_or_default();
        let slot = Sha256::digest(address)[0] % SLOTS;
        let window = now.timestamp() / WINDOW.num_seconds();
        let subject = self.subject.unwrap_or_default();
        Sha256::digest(format!("{} {subject} {window} {slot}", self.event)).to_vec()
    }
}

/// Of the failed attempts at one account in this time, no more than [`SLOTS`] are rows.
const WINDOW: TimeDelta = TimeDelta::minutes(10);
const SLOTS: u8 = 16;

/// Records an act. Call it in the transaction of the act, with the schema `public`.
///
/// # Errors
/// When the database fails.
pub fn record(pg: &mut PgConnection, entry: &Entry) -> QueryResult<()> {
    insert(pg, entry, None)
}

/// Records a failed attempt, unless there is a row for its like. In ten minutes the attempts at one account make sixteen rows
/// at the most, and one for each address; all attempts at accounts that do not exist together count as at one. So nobody fills
/// the table by guessing. The log has a line for each.
///
/// # Errors
/// When the database fails.
pub fn record_bounded(pg: &mut PgConnection, entry: &Entry) -> QueryResult<()> {
    insert(pg, entry, Some(entry.bucket(Utc::now())))
}

fn insert(pg: &mut PgConnection, entry: &Entry, once: Option<Vec<u8>>) -> QueryResult<()> {
    let id = Uuid::now_v7();
    diesel::insert_into(events::table)
        .values((
            events::id.eq(id),
            // The clock is read once: a second reading may be in the next millisecond, and `from` that time misses the row.
            events::created_at.eq(time_of(id)),
            events::event.eq(entry.event.as_str()),
            events::actor.eq(entry.actor.word()),
            events::actor_id.eq(entry.actor.id()),
            events::subject_id.eq(entry.subject),
            events::shop_id.eq(entry.shop),
            events::address.eq(entry.place.address.map(|address| address.to_string())),
            events::user_agent.eq(&entry.place.agent),
            events::details.eq(Value::Object(entry.details.clone())),
            events::once.eq(once),
        ))
        .on_conflict_do_nothing()
        .execute(pg)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_many_guess_an_account_has_few_buckets() {
        let (user, now) = (Uuid::now_v7(), DateTime::UNIX_EPOCH);
        let at = |user: Uuid, number: u32, now| {
            let place = Place { address: Some(IpAddr::from(number.to_be_bytes())), ..Place::default() };
            Entry::by_unknown(Event::SignInFailed, place).to(user).bucket(now)
        };
        let buckets: std::collections::BTreeSet<_> = (0..5_000).map(|number| at(user, number, now)).collect();
        assert_eq!(buckets.len(), usize::from(SLOTS));
        assert!(buckets.contains(&at(user, 7, now + TimeDelta::seconds(599))));
        assert!(!buckets.contains(&at(user, 7, now + WINDOW)), "the next ten minutes have their own");
        assert!(!buckets.contains(&at(Uuid::now_v7(), 7, now)), "another account has its own");
    }
}
