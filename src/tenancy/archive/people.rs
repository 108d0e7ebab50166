//! The people of an archive: which users of this installation they are, and which of them become members.
//!
//! People are matched by email, with users who have proved theirs, and by their id here with the same email: the archive was
//! then made here. A person who is a user here gets the user's id. Any other person gets a new id: orders
//! and other rows refer to the person, and the old id may belong to another user here. The matching needs some tables
//! in the shop's schema, which are dropped before the policies are created.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text, Uuid as SqlUuid};
use serde::Serialize;
use uuid::Uuid;

use crate::schema::public::users;
use crate::tenancy::TenancyError;
use crate::tenancy::access::OwnerTx;
use crate::tenancy::shop::{Role, ShopId};

use super::copy::copy_in;
use super::error::ArchiveError;
use super::manifest::MEMBERS;
use super::progress::OnProgress;
use super::rows::{Part, load_rows, send};
use super::unpack::Archive;

const PREPARE: &str = "
    CREATE TEMP TABLE __import_members (person uuid PRIMARY KEY, email text NOT NULL, role text NOT NULL,
                                        joined timestamptz NOT NULL);
    CREATE TEMP TABLE __import_people (LIKE people);
    CREATE TEMP TABLE __import_ids (old uuid PRIMARY KEY, new uuid NOT NULL, known boolean NOT NULL)";

/// Addresses are compared in NFC. Older releases did not store them so.
const NORMALIZE: &str = "
    UPDATE __import_members SET email = normalize(email, NFC) WHERE email IS NOT NFC NORMALIZED;
    UPDATE __import_people SET email = normalize(email, NFC) WHERE email IS NOT NFC NORMALIZED";

/// If several people have the same email, only one of them becomes the user: the member, or else the newest. This
/// happens when a person was imported without being a user, and joined the shop later.
const MATCH: &str = "
    INSERT INTO __import_ids (old, new, known)
    SELECT p.id, coalesce(u.id, gen_random_uuid()), u.id IS NOT NULL
    FROM (SELECT q.id, coalesce(m.email, q.email) AS email,
                 row_number() OVER (PARTITION BY coalesce(m.email, q.email)
                                    ORDER BY m.person IS NULL, q.created_at DESC, q.id DESC) AS place
          FROM __import_people q LEFT JOIN __import_members m ON m.person = q.id) AS p
    LEFT JOIN public.users u
        ON u.email = p.email AND p.place = 1 AND (u.email_verified_at IS NOT NULL OR u.id = p.id);
    ANALYZE __import_ids";

const UNKNOWN: &str = "
    SELECT coalesce(m.email, p.email) AS email, m.role
    FROM __import_ids i
    JOIN __import_people p ON p.id = i.old
    LEFT JOIN __import_members m ON m.person = i.old
    WHERE NOT i.known AND NOT EXISTS (
        SELECT FROM public.users u
        WHERE u.email = coalesce(m.email, p.email) AND (
            u.email_verified_at IS NOT NULL OR u.id IN (SELECT new FROM __import_ids WHERE known)))
    ORDER BY array_position(ARRAY['owner', 'staff', 'customer'], m.role), 1";

const KNOWN_MEMBERS: &str = "
    SELECT m.email, m.role
    FROM __import_members m
    JOIN public.users u ON u.email = m.email AND (u.email_verified_at IS NOT NULL OR u.id = m.person)
    ORDER BY array_position(ARRAY['owner', 'staff', 'customer'], m.role), m.email";

const GRANT: &str = "
    INSERT INTO public.memberships (user_id, shop_id, role, created_at)
    SELECT u.id, $1, m.role, now()
    FROM __import_members m
    JOIN public.users u ON u.email = m.email AND (u.email_verified_at IS NOT NULL OR u.id = m.person)
    ON CONFLICT (user_id, shop_id) DO NOTHING";

/// As `registry::join` does for one user: the shop gets the emails and names of its members here.
const ADD_PEOPLE: &str = "
    INSERT INTO people (id, email, name, created_at)
    SELECT u.id, u.email, u.name, now()
    FROM public.memberships m
    JOIN public.users u ON u.id = m.user_id
    WHERE m.shop_id = $1
    ON CONFLICT (id) DO UPDATE SET email = excluded.email, name = excluded.name";

/// The people of an archive, matched with the users here.
#[derive(Clone, Debug, Default, Serialize)]
pub struct People {
    /// How many of them are users of this installation.
    pub matched: usize,
    /// Those who are not; members first.
    pub unknown: Vec<UnknownPerson>,
    /// The former members who are users here; owners first.
    pub members: Vec<Member>,
    /// Whether these became members of the new shop.
    pub granted: bool,
    /// Whether the new shop has an owner.
    pub has_owner: bool,
}

/// A person who is no user of this installation.
#[derive(Clone, Debug, QueryableByName, Serialize)]
pub struct UnknownPerson {
    /// The email in the archive.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// The role, if the person was a member.
    #[diesel(sql_type = Nullable<Text>)]
    pub role: Option<String>,
}

/// A member of the shop that was exported.
#[derive(Clone, Debug, QueryableByName, Serialize)]
pub struct Member {
    /// The email.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// The role there.
    #[diesel(sql_type = Text)]
    pub role: String,
}

/// A user of this installation.
pub(super) struct User {
    id: Uuid,
    email: String,
    name: String,
}

/// The user with this email.
pub(super) fn user_of(pg: &mut PgConnection, email: &str) -> Result<User, ArchiveError> {
    let found: Option<(Uuid, String, String)> = users::table
        .filter(users::email.eq(email))
        .select((users::id, users::email, users::name))
        .first(pg)
        .optional()?;
    let (id, email, name) = found.ok_or_else(|| ArchiveError::NoSuchUser(email.to_owned()))?;
    Ok(User { id, email, name })
}

/// Decides which id each person of the archive gets. The current schema must be the new shop's.
pub(super) fn identify(
    pg: &mut PgConnection,
    archive: &Archive,
    (entry, people): Part<'_>,
    progress: OnProgress<'_>,
) -> Result<(), ArchiveError> {
    pg.batch_execute(PREPARE)?;
    let target = "__import_members (person, email, role, joined)";
    copy_in(pg, target, |out| send(&archive.members, out, MEMBERS, progress))?;
    load_rows(pg, "__import_people", entry, people, progress)?;
    pg.batch_execute(NORMALIZE)?;
    Ok(pg.batch_execute(MATCH)?)
}

/// SQL for the new id of the person with the id `old`. An id of no person stays as it is.
pub(super) fn new_id_sql(old: &str) -> String {
    format!("coalesce((SELECT ids.new FROM __import_ids AS ids WHERE ids.old = {old}), {old})")
}

/// Adds the chosen owner and, with `grant_members`, the members of the archive. The schema must be current.
pub(super) fn add_members(
    owner: &mut OwnerTx<'_>,
    shop: ShopId,
    grant_members: bool,
    chosen: Option<&User>,
) -> Result<People, ArchiveError> {
    // First, because granting does not change a role: the chosen user may have had a lower one.
    if let Some(User { id, email, name }) = chosen {
        owner.use_public_schema()?;
        crate::tenancy::registry::join(owner, shop, *id, (email, name), Role::Owner)?;
        owner.use_schema(shop)?;
    }
    let pg = owner.pg();
    if grant_members {
        diesel::sql_query(GRANT).bind::<SqlUuid, _>(shop.0).execute(pg)?;
        diesel::sql_query(ADD_PEOPLE).bind::<SqlUuid, _>(shop.0).execute(pg)?;
    }
    let people = summary(pg, grant_members, chosen.is_some())?;
    pg.batch_execute("DROP TABLE __import_members, __import_people, __import_ids")?;
    Ok(people)
}

fn summary(pg: &mut PgConnection, granted: bool, chosen: bool) -> Result<People, TenancyError> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        people: i64,
    }
    let matched: Count =
        diesel::sql_query("SELECT count(*) AS people FROM __import_ids WHERE known").get_result(pg)?;
    let members: Vec<Member> = diesel::sql_query(KNOWN_MEMBERS).load(pg)?;
    let has_owner = chosen || (granted && members.iter().any(|member| member.role == Role::Owner.as_str()));
    Ok(People {
        matched: usize::try_from(matched.people).unwrap_or_default(),
        unknown: diesel::sql_query(UNKNOWN).load(pg)?,
        members,
        granted,
        has_owner,
    })
}
