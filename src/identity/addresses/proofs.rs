//! Addresses that somebody has still to prove: the table of their tokens.
//!
//! The token is sent to the address and stored as a hash. It is good for one use, and for a day (NIST SP 800-63A-4, section 3.14.3:
//! a code that is sent to an email address is valid for 24 hours at most).

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::identity::passwords::requests;
use crate::identity::users::{self, User};
use crate::identity::{IdentityError, secret};
use crate::mail::{self, Message};
use crate::schema::public::address_proofs as proofs;
use crate::tenancy::{PublicConn, ShopId, Transaction};

use super::holders::holder;

/// How long a token is valid.
const LIFETIME: TimeDelta = TimeDelta::hours(24);

/// What proving an address is for.
#[derive(Clone, Debug)]
pub(in crate::identity) enum Purpose {
    /// The address that the user has.
    Own(Uuid),
    /// Another address, which the user wants instead.
    Change(Uuid),
    /// An address that another user has without a proof: whoever proves it gets a new account.
    Claim(NewAccount),
    /// Nothing, since another user has proved the address. A user who wants it sees no difference.
    Nothing(Option<Uuid>),
}

/// What an account is made of.
#[derive(Clone, Debug)]
pub(in crate::identity) struct NewAccount {
    pub name: String,
    pub password_hash: String,
}

/// What the account joins with the proof.
#[derive(Clone, Debug, Default)]
pub(in crate::identity) struct Joins {
    pub shop: Option<ShopId>,
    /// The hash of an invitation's token.
    pub invitation: Option<Vec<u8>>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = proofs)]
struct Row {
    token_hash: Vec<u8>,
    email: String,
    purpose: String,
    user_id: Option<Uuid>,
    password_hash: Option<String>,
    name: Option<String>,
    shop_id: Option<Uuid>,
    invitation_hash: Option<Vec<u8>>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

/// A proof of an address: its token has come back.
pub(super) struct Proof {
    pub email: String,
    pub purpose: Purpose,
    pub joins: Joins,
}

impl Row {
    fn new(email: &str, purpose: &Purpose, joins: Joins, token: &str) -> Self {
        let (word, user_id) = match purpose {
            Purpose::Own(user) => ("own", Some(*user)),
            Purpose::Change(user) => ("change", Some(*user)),
            Purpose::Claim(_) => ("claim", None),
            Purpose::Nothing(user) => ("none", *user),
        };
        let account = if let Purpose::Claim(account) = purpose { Some(account.clone()) } else { None };
        let (name, password_hash) = account.map(|account| (account.name, account.password_hash)).unzip();
        let now = Utc::now();
        Self {
            token_hash: secret::hash(token),
            email: email.to_owned(),
            purpose: word.to_owned(),
            user_id,
            password_hash,
            name,
            shop_id: joins.shop.map(|shop| shop.0),
            invitation_hash: joins.invitation,
            created_at: now,
            expires_at: now + LIFETIME,
        }
    }

    /// None if nothing can be proved with it.
    fn into_proof(self) -> Option<Proof> {
        let purpose = match (self.purpose.as_str(), self.user_id, self.name, self.password_hash) {
            ("own", Some(user), ..) => Purpose::Own(user),
            ("change", Some(user), ..) => Purpose::Change(user),
            ("claim", _, Some(name), Some(password_hash)) => {
                Purpose::Claim(NewAccount { name, password_hash })
            }
            _ => return None,
        };
        let joins = Joins { shop: self.shop_id.map(ShopId), invitation: self.invitation_hash };
        Some(Proof { email: self.email, purpose, joins })
    }
}

/// Sends a message to an address, with a token to prove it, or to say that it is proved already. One message in five minutes:
/// within that time nothing is done, and whoever asks does not see it.
///
/// # Errors
/// When the database fails; roll the transaction back then.
pub(in crate::identity) fn ask(
    conn: &mut impl Transaction,
    email: &str,
    purpose: &Purpose,
    joins: Joins,
) -> Result<(), IdentityError> {
    if requests::may_write(conn, email)? {
        let (token, expires_at) = insert(conn, email, purpose, joins)?;
        send(conn, email, purpose, token, expires_at)?;
    }
    Ok(())
}

/// The same for an address that a user wants, which the profile shows until it is proved. It takes the place of another one
/// that the user wanted before. Who has the address makes no difference that the user sees.
///
/// # Errors
/// When the database fails; roll the transaction back then.
pub(in crate::identity) fn ask_for_change(
    conn: &mut impl Transaction,
    user: Uuid,
    email: &str,
) -> Result<(), IdentityError> {
    let is_free = holder(conn, email)?.is_none_or(|holder| holder.yields);
    let purpose = if is_free { Purpose::Change(user) } else { Purpose::Nothing(Some(user)) };
    let may_write = requests::may_write(conn, email)?;
    if !may_write && wanted(conn, user)?.is_some_and(|wanted| wanted == email) {
        // The token that is on its way stays good.
        return Ok(());
    }
    forget_wanted(conn, user)?;
    let (token, expires_at) = insert(conn, email, &purpose, Joins::default())?;
    if may_write {
        send(conn, email, &purpose, token, expires_at)?;
    }
    Ok(())
}

/// Sends the message to a user once more: to the address that the user wants, or else to the user's own while it is not proved.
///
/// # Errors
/// When the database fails; roll the transaction back then.
pub(in crate::identity) fn ask_again(conn: &mut impl Transaction, user: Uuid) -> Result<(), IdentityError> {
    if let Some(email) = wanted(conn, user)? {
        return ask_for_change(conn, user, &email);
    }
    let User { email, email_verified, .. } = users::find(conn, user)?;
    if email_verified { Ok(()) } else { ask(conn, &email, &Purpose::Own(user), Joins::default()) }
}

fn insert(
    conn: &mut impl Transaction,
    email: &str,
    purpose: &Purpose,
    joins: Joins,
) -> Result<(String, DateTime<Utc>), IdentityError> {
    let token = secret::random_text()?;
    let row = Row::new(email, purpose, joins, &token);
    let expires_at = row.expires_at;
    diesel::insert_into(proofs::table).values(row).execute(conn.pg())?;
    Ok((token, expires_at))
}

fn send(
    conn: &mut impl Transaction,
    email: &str,
    purpose: &Purpose,
    token: String,
    expires_at: DateTime<Utc>,
) -> Result<(), IdentityError> {
    let message = match purpose {
        Purpose::Own(_) | Purpose::Claim(_) => Message::VerifyRegistration { token, expires_at },
        Purpose::Change(_) => Message::VerifyChange { token, expires_at },
        Purpose::Nothing(_) => Message::AddressTaken {},
    };
    Ok(mail::send(conn.pg(), email, &message)?)
}

/// The address that a user wants and has still to prove.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn wanted(
    conn: &mut impl Transaction,
    user: Uuid,
) -> Result<Option<String>, IdentityError> {
    Ok(proofs::table
        .filter(proofs::user_id.eq(user).and(proofs::purpose.eq_any(WANTED)))
        .filter(proofs::expires_at.gt(Utc::now()))
        .order(proofs::created_at.desc())
        .select(proofs::email)
        .first(conn.pg())
        .optional()?)
}

const WANTED: [&str; 2] = ["change", "none"];

/// Forgets what address a user wants.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn forget_wanted(
    conn: &mut impl Transaction,
    user: Uuid,
) -> Result<(), IdentityError> {
    let wanted = proofs::user_id.eq(user).and(proofs::purpose.eq_any(WANTED));
    diesel::delete(proofs::table.filter(wanted)).execute(conn.pg())?;
    Ok(())
}

/// Forgets what is to be proved for a user and for an address.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn forget(
    conn: &mut impl Transaction,
    user: Uuid,
    email: &str,
) -> Result<(), diesel::result::Error> {
    diesel::delete(proofs::table.filter(proofs::user_id.eq(user))).execute(conn.pg())?;
    diesel::delete(proofs::table.filter(proofs::email.eq(email))).execute(conn.pg())?;
    Ok(())
}

/// Checks a token, so that a guessed one costs one look at an index and none of the owner's few connections.
///
/// # Errors
/// [`IdentityError::InvalidProof`].
pub(in crate::identity) fn check(conn: &mut PublicConn<'_>, token: &str) -> Result<(), IdentityError> {
    let valid = proofs::table
        .find(secret::hash(token))
        .filter(proofs::expires_at.gt(Utc::now()).and(proofs::purpose.ne("none")));
    let is_valid: bool = diesel::select(diesel::dsl::exists(valid)).get_result(conn.pg())?;
    if is_valid { Ok(()) } else { Err(IdentityError::InvalidProof) }
}

/// Uses a token up.
///
/// # Errors
/// [`IdentityError::InvalidProof`].
pub(super) fn spend(conn: &mut impl Transaction, token: &str) -> Result<Proof, IdentityError> {
    let is_valid = proofs::expires_at.gt(Utc::now()).and(proofs::purpose.ne("none"));
    let spent: Option<Row> = diesel::delete(proofs::table.find(secret::hash(token)).filter(is_valid))
        .returning(Row::as_returning())
        .get_result(conn.pg())
        .optional()?;
    spent.and_then(Row::into_proof).ok_or(IdentityError::InvalidProof)
}
