//! The table of attempts at passwords.

use chrono::{TimeDelta, Utc};
use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel::upsert::excluded;
use sha2::{Digest, Sha256};

use crate::identity::IdentityError;
use crate::schema::public::sign_in_attempts as attempts;
use crate::tenancy::{PublicConn, Transaction};

use super::rules::{Counter, Rule};

/// What is counted for: the key of a row.
pub(super) type Subject = Vec<u8>;

/// What is counted is stored as a hash only.
pub(super) fn hash(kind: &str, subject: &str) -> Subject {
    Sha256::digest(format!("{kind} {subject}")).to_vec()
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = attempts)]
struct Row {
    subject: Subject,
    attempts: i32,
    last_at: chrono::DateTime<Utc>,
    free_at: chrono::DateTime<Utc>,
}

impl Row {
    fn new(subject: &Subject, Counter { attempts, last_at, free_at }: Counter) -> Self {
        Self { subject: subject.clone(), attempts, last_at, free_at }
    }
}

/// Counters whose rows are locked.
pub(super) struct Locked(Vec<Row>);

impl Locked {
    /// The counter of a subject.
    pub fn of(&self, subject: &Subject) -> Result<Counter, IdentityError> {
        let row = self.0.iter().find(|row| row.subject == *subject).ok_or(diesel::result::Error::NotFound)?;
        Ok(Counter { attempts: row.attempts, last_at: row.last_at, free_at: row.free_at })
    }
}

/// Locks the rows of some subjects, in this order; missing ones are added, without an attempt. Read the clock after this:
/// another transaction may have had a lock meanwhile.
pub(super) fn lock<'s>(
    conn: &mut impl Transaction,
    subjects: impl Iterator<Item = &'s Subject>,
) -> Result<Locked, IdentityError> {
    let now = Utc::now();
    let new = Counter { attempts: 0, last_at: now, free_at: now };
    let rows: Vec<Row> = subjects.map(|subject| Row::new(subject, new)).collect();
    let locked = diesel::insert_into(attempts::table)
        .values(rows)
        .on_conflict(attempts::subject)
        .do_update()
        .set(attempts::attempts.eq(attempts::attempts))
        .returning(Row::as_returning())
        .load(conn.pg())?;
    Ok(Locked(locked))
}

/// Stores counters whose rows are locked.
pub(super) fn store(
    conn: &mut impl Transaction,
    counters: &[(&Subject, Counter)],
) -> Result<(), IdentityError> {
    let rows: Vec<Row> = counters.iter().map(|(subject, counter)| Row::new(subject, *counter)).collect();
    diesel::insert_into(attempts::table)
        .values(rows)
        .on_conflict(attempts::subject)
        .do_update()
        .set((
            attempts::attempts.eq(excluded(attempts::attempts)),
            attempts::last_at.eq(excluded(attempts::last_at)),
            attempts::free_at.eq(excluded(attempts::free_at)),
        ))
        .execute(conn.pg())?;
    Ok(())
}

/// Forgets a subject. Returns its attempts.
pub(super) fn delete(conn: &mut PublicConn<'_>, subject: &Subject) -> Result<i32, IdentityError> {
    let made = diesel::delete(attempts::table.find(subject)).returning(attempts::attempts);
    Ok(made.get_result(conn.pg()).optional()?.unwrap_or(0))
}

/// Takes attempts off a counter. If only free ones are left, their wait is removed too; if none, the row.
pub(super) fn take_off(
    conn: &mut impl Transaction,
    subject: &Subject,
    made: i32,
    rule: &Rule,
) -> Result<(), IdentityError> {
    let row = || attempts::table.find(subject);
    let emptied = diesel::delete(row().filter(attempts::attempts.le(made))).execute(conn.pg())?;
    if emptied == 0 {
        let is_free = attempts::attempts.lt(rule.free.saturating_add(made));
        diesel::update(row())
            .set((
                attempts::attempts.eq(attempts::attempts - made),
                attempts::free_at.eq(case_when(is_free, attempts::last_at).otherwise(attempts::free_at)),
            ))
            .execute(conn.pg())?;
    }
    Ok(())
}

/// Counts an attempt for one subject that is not waiting.
pub(super) fn count(
    conn: &mut PublicConn<'_>,
    subject: &Subject,
    rule: &Rule,
) -> Result<Counter, IdentityError> {
    let found = lock(conn, [subject].into_iter())?.of(subject)?;
    let now = Utc::now();
    if let Some(left) = found.wait(rule, now) {
        return Err(IdentityError::TooManyAttempts(in_seconds(left)));
    }
    let counter = found.counted(rule, now);
    store(conn, &[(subject, counter)])?;
    Ok(counter)
}

/// Rounded up, so that whoever waits that long has waited.
pub(super) fn in_seconds(left: TimeDelta) -> u32 {
    let seconds = left.num_seconds() + i64::from(left.subsec_nanos() > 0);
    u32::try_from(seconds).unwrap_or(1)
}
