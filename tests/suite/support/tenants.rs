//! Users and their shops, on a server that a test has for itself or shares with others.
//!
//! A server and its database take longer to make than most tests take. So a test that speaks HTTP alone has [`Tenants`] of a
//! server that many tests share: its users and shops have names of their own, and it sees nothing of the others, as the product promises
//! its users. By them it has no way to the database, to the engine or to anything else that the others would notice; who needs these has
//! a [`World`](super::World).

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rocket::local::blocking::Client;
use rocket::{Build, Rocket};
use serde_json::{Value, json};
use shophouse::database::PoolOptions;
use shophouse::tenancy::{Limits, ShopId, Tenancy};
use uuid::Uuid;

use super::database::limits;
use super::lending::{Lender, Lent};
use super::world::{engine, rocket, text};
use super::{Caller, Database, Login};

/// The password of every user.
pub const PASSWORD: &str = "correct horse";

/// The users of a test and their shops, over HTTP.
pub struct Tenants {
    /// There until this is dropped.
    client: Option<Client>,
    /// The owner's connections.
    owner: Lender,
    database: Database,
    /// The server that others use too, and what the names here end with there.
    shared: Option<(Arc<SharedServer>, String)>,
}

/// A server that many tests share. Each test has a client of its own: one serves a thread at a time.
struct SharedServer {
    /// Those that nobody uses at the moment.
    clients: Mutex<Vec<Client>>,
    tenancy: Tenancy,
    owner: Lender,
    database: Database,
}

/// The server of the next test, and how many tests it has had.
static SHARED: Mutex<Option<(Arc<SharedServer>, u32)>> = Mutex::new(None);

/// So many tests share a server, which bounds the size of its database.
const TESTS: u32 = 100;

impl SharedServer {
    /// Its pools are large enough for many tests at once.
    fn new() -> Self {
        let (database, limits) = (Database::new(), limits());
        let web = PoolOptions { size: limits.web.size.max(16), ..limits.web };
        let tenancy = engine(&database, Limits { web, ..limits });
        Self { clients: Mutex::default(), tenancy, owner: Lender::default(), database }
    }

    /// The server for one more test, and the test's number there.
    fn for_one_more() -> (Arc<Self>, u32) {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        let (server, number) = match shared.take() {
            Some((server, number)) if number < TESTS => (server, number + 1),
            _ => (Arc::new(Self::new()), 1),
        };
        *shared = Some((Arc::clone(&server), number));
        (server, number)
    }

    fn client(&self) -> Client {
        let idle = self.clients.lock().unwrap().pop();
        idle.unwrap_or_else(|| Client::untracked(rocket(self.tenancy.clone())).unwrap())
    }
}

/// A user who has signed in, without a shop.
#[derive(Clone)]
pub struct Person<'w> {
    tenants: &'w Tenants,
    caller: Caller<'w>,
    pub id: String,
    pub email: String,
    pub refresh_token: String,
}

/// A user with a token for one shop.
#[derive(Clone)]
pub struct Member<'w> {
    tenants: &'w Tenants,
    caller: Caller<'w>,
    /// The user.
    pub user: String,
    /// The shop's id.
    pub shop: String,
}

impl Tenants {
    /// One of many on a server.
    pub fn new() -> Self {
        let (server, number) = SharedServer::for_one_more();
        let (client, owner, database) = (server.client(), server.owner.clone(), server.database.shared());
        Self { client: Some(client), owner, database, shared: Some((server, number.to_string())) }
    }

    /// The only one of its server.
    pub(super) fn alone(rocket: Rocket<Build>, database: &Database) -> Self {
        let client = Some(Client::untracked(rocket).unwrap());
        Self { client, owner: Lender::default(), database: database.shared(), shared: None }
    }

    /// The name that a user or a shop of this name has on this server.
    pub fn own(&self, name: &str) -> String {
        self.shared.as_ref().map_or_else(|| name.to_owned(), |(_, ending)| format!("{name}-{ending}"))
    }

    pub(super) fn client(&self) -> &Client {
        self.client.as_ref().expect("it is there until this is dropped")
    }

    /// A connection as the database owner for a moment, with `public` as its schema.
    pub(super) fn sql(&self) -> Lent {
        self.owner.lend(|| self.database.connect(Login::Owner))
    }

    pub fn nobody(&self) -> Caller<'_> {
        Caller::new(self.client(), None)
    }

    /// A new user, signed in.
    pub fn user(&self, name: &str) -> Person<'_> {
        let email = format!("{}@example.com", self.own(name));
        let nobody = self.nobody();
        let registration = json!({ "email": email, "password": PASSWORD, "name": name });
        let user = nobody.post("/auth/register", registration).expect(201);
        self.signed_in(text(&user["id"]), email)
    }

    pub(super) fn signed_in(&self, id: String, email: String) -> Person<'_> {
        let login = json!({ "email": email, "password": PASSWORD });
        let pair = self.nobody().post("/auth/login", login).expect(200);
        let caller = self.nobody().with_token(text(&pair["access_token"]));
        Person { tenants: self, caller, id, email, refresh_token: text(&pair["refresh_token"]) }
    }

    /// Signs an existing user in.
    pub fn signs_in(&self, email: &str) -> Person<'_> {
        let login = json!({ "email": email, "password": PASSWORD });
        let pair = self.nobody().post("/auth/login", login).expect(200);
        let caller = self.nobody().with_token(text(&pair["access_token"]));
        let id = text(&caller.get("/me").expect(200)["id"]);
        self.signed_in(id, email.to_owned())
    }
}

impl Drop for Tenants {
    fn drop(&mut self) {
        if let Some((server, _)) = &self.shared {
            // After a test that has failed, nobody knows what it does.
            if !thread::panicking() {
                server.clients.lock().unwrap().extend(self.client.take());
            }
            self.database.log_is_clean();
        }
    }
}

impl<'w> Person<'w> {
    /// Opens a shop, and signs in to it.
    pub fn opens_shop(&self, slug: &str) -> Member<'w> {
        let of_its_own = self.tenants.own(slug);
        let shop = self.post("/shops", json!({ "name": slug, "slug": of_its_own })).expect(201);
        self.in_shop(&text(&shop["id"]))
    }

    pub(super) fn tenants(&self) -> &'w Tenants {
        self.tenants
    }

    /// Signs in once more.
    pub fn again(&self) -> Person<'w> {
        self.tenants.signed_in(self.id.clone(), self.email.clone())
    }

    /// Signs in to a shop that this user is a member of.
    pub fn in_shop(&self, shop: &str) -> Member<'w> {
        let switched = self.post("/auth/switch", json!({ "shop": shop })).expect(200);
        let caller = self.caller.with_token(text(&switched["access_token"]));
        Member { tenants: self.tenants, caller, user: self.id.clone(), shop: shop.to_owned() }
    }
}

impl<'w> Member<'w> {
    pub(super) fn tenants(&self) -> &'w Tenants {
        self.tenants
    }

    pub fn schema(&self) -> String {
        self.shop_id().schema()
    }

    pub fn shop_id(&self) -> ShopId {
        ShopId(self.shop.parse().unwrap())
    }

    /// A new user with a role in this shop.
    pub fn joined_by(&self, name: &str, role: &str) -> Member<'w> {
        let person = self.tenants.user(name);
        let Person { id, email, .. } = &person;
        let (shop, schema) = (&self.shop, self.schema());
        self.tenants.sql().run(format!(
            "INSERT INTO memberships (user_id, shop_id, role, created_at) VALUES ('{id}', '{shop}', '{role}', now());
             INSERT INTO {schema}.people (id, email, name, created_at) VALUES ('{id}', '{email}', '{name}', now())"
        ));
        person.in_shop(&self.shop)
    }

    /// Adds another member of the shop, and a session and a key of this user. Returns their ids.
    pub fn has_belongings(&self) -> [String; 3] {
        let ids = [(); 3].map(|()| Uuid::now_v7().to_string());
        let ([member, session, key], Self { user, shop, .. }) = (&ids, self);
        let schema = self.schema();
        self.tenants.sql().run(format!(
            "INSERT INTO users (id, email, name, password_hash, created_at, updated_at)
             VALUES ('{member}', '{member}@example.com', '', '', now(), now());
             INSERT INTO memberships (user_id, shop_id, role, created_at)
             VALUES ('{member}', '{shop}', 'customer', now());
             INSERT INTO {schema}.people (id, email, name, created_at)
             VALUES ('{member}', '{member}@example.com', '', now());
             INSERT INTO sessions (id, user_id, created_at, expires_at)
             VALUES ('{session}', '{user}', now(), now() + interval '1 day');
             INSERT INTO api_keys (id, user_id, shop_id, role, name, key_hash, created_at)
             VALUES ('{key}', '{user}', '{shop}', 'customer', 'k', '{key}', now())"
        ));
        ids
    }

    /// Invites an address, as an owner of this shop, and offers a user of it a higher role. Returns the two ids. The token of
    /// the offer is `token-` and its id.
    pub fn has_invited(&self, user: &str) -> [String; 2] {
        let ids = [(); 2].map(|()| Uuid::now_v7().to_string());
        let ([invitation, offer], Self { user: owner, shop, .. }) = (&ids, self);
        self.tenants.sql().run(format!(
            "INSERT INTO invitations (id, shop_id, email, role, token_hash, invited_by, created_at, expires_at, user_id)
             SELECT id, '{shop}', id || '@example.com', 'staff', sha256(('token-' || id)::bytea), '{owner}', now(),
                    now() + interval '1 day', user_id
             FROM (VALUES (uuid '{invitation}', NULL), (uuid '{offer}', uuid '{user}')) AS new (id, user_id)"
        ));
        ids
    }

    /// Removes the membership; the token stays.
    pub fn is_removed(&self) {
        let Self { user, shop, .. } = self;
        let lost = format!("DELETE FROM memberships WHERE user_id = '{user}' AND shop_id = '{shop}'");
        self.tenants.sql().run(lost);
    }

    /// Ends the session; the token stays.
    pub fn is_signed_out(&self) {
        let session = self.as_caller().session;
        self.tenants.sql().run(format!("UPDATE sessions SET revoked_at = now() WHERE id = '{session}'"));
    }

    /// Sets the shop's state.
    pub fn shop_becomes(&self, state: &str) {
        let shop = &self.shop;
        let deleting =
            if state == "deleting" { "'active', now(), now() + '1 day'" } else { "NULL, NULL, NULL" };
        self.tenants.sql().run(format!(
            "UPDATE shops SET state = '{state}', (deleted_from, deleted_at, erase_after) = ({deleting})
             WHERE id = '{shop}'"
        ));
    }

    /// Undoes a change or a deletion of the shop.
    pub fn shop_is_reset(&self) {
        self.shop_becomes("active");
        let shop = &self.shop;
        let slug = self.tenants.own("books");
        self.tenants.sql().run(format!("UPDATE shops SET slug = '{slug}' WHERE id = '{shop}'"));
    }

    /// Creates a simple product.
    pub fn sells(&self, title: &str) -> Value {
        self.post("/products", json!({ "title": title, "price": { "amount": 5000 }, "stock": 10 }))
            .expect(201)
    }
}

impl<'w> Deref for Person<'w> {
    type Target = Caller<'w>;

    fn deref(&self) -> &Caller<'w> {
        &self.caller
    }
}

impl<'w> Deref for Member<'w> {
    type Target = Caller<'w>;

    fn deref(&self) -> &Caller<'w> {
        &self.caller
    }
}
