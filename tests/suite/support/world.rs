//! A running server with its own database, its users and their shops.

use std::ops::Deref;

use chrono::TimeDelta;
use rocket::figment::Figment;
use rocket::local::blocking::Client;
use rocket::{Build, Rocket};
use serde_json::{Value, json};
use shophouse::App;
use shophouse::commerce::DUE_WORK;
use shophouse::commerce::orders::ErasureKeeps;
use shophouse::config::Settings;
use shophouse::http::request::client::Proxies;
use shophouse::http::request::token::Tokens;
use shophouse::identity::{self, Email, Hasher, Lifetimes, Verification};
use shophouse::limits::{Limit, Quotas, Values};
use shophouse::tenancy::{Limits, ShopId, Tenancy, Trees};

use uuid::Uuid;

use super::database::limits;
use super::lending::{Lender, Lent};
use super::tree::trees;
use super::{Caller, Database, Login, token};

/// The password of every user.
pub const PASSWORD: &str = "correct horse";

/// The only origin whose web pages may call.
pub const ORIGIN: &str = "https://storefront.example";

/// A server as the product builds it. Fields are dropped in their order: the database last.
pub struct World {
    client: Client,
    pub tenancy: Tenancy,
    /// The owner's connections of [`World::sql`].
    owner: Lender,
    pub database: Database,
}

/// A user who has signed in, without a shop.
#[derive(Clone)]
pub struct Person<'w> {
    world: &'w World,
    caller: Caller<'w>,
    pub id: String,
    pub email: String,
    pub refresh_token: String,
}

/// A user with a token for one shop.
#[derive(Clone)]
pub struct Member<'w> {
    world: &'w World,
    caller: Caller<'w>,
    /// The user.
    pub user: String,
    /// The shop's id.
    pub shop: String,
}

impl World {
    pub fn new() -> Self {
        Self::limited(limits())
    }

    /// A server with other limits.
    pub fn limited(limits: Limits) -> Self {
        let trees = trees();
        Self::with(Database::new(), trees, limits, |rocket| rocket)
    }

    /// A server with a changed Rocket.
    pub fn changed(change: impl FnOnce(Rocket<Build>) -> Rocket<Build>) -> Self {
        let trees = trees();
        Self::with(Database::new(), trees, limits(), change)
    }

    /// A server with limits on rates and numbers; those that are not given are off.
    pub fn allowing(values: &[(Limit, u32)]) -> Self {
        Self::allowing_behind(values, Proxies::default())
    }

    /// The same, behind proxies.
    pub fn allowing_behind(values: &[(Limit, u32)], proxies: Proxies) -> Self {
        let values = values.iter().fold(Values::NONE, |values, (limit, value)| values.with(*limit, *value));
        let (database, trees) = (Database::new(), trees());
        let change = |rocket: Rocket<Build>| rocket.manage(proxies);
        Self::with_quotas(database, trees, limits(), Quotas::new(values), change)
    }

    fn with(
        database: Database,
        trees: Trees,
        limits: Limits,
        change: impl FnOnce(Rocket<Build>) -> Rocket<Build>,
    ) -> Self {
        Self::with_quotas(database, trees, limits, Quotas::default(), change)
    }

    fn with_quotas(
        database: Database,
        trees: Trees,
        limits: Limits,
        quotas: Quotas,
        change: impl FnOnce(Rocket<Build>) -> Rocket<Build>,
    ) -> Self {
        let tenancy = Tenancy::open(database.logins(), limits, trees).unwrap().with_quotas(quotas);
        let tenancy = tenancy.with_records(ErasureKeeps::Orders.change_records()).with_due_work(DUE_WORK);
        let client = Client::untracked(change(rocket(tenancy.clone()))).unwrap();
        Self { client, tenancy, owner: Lender::default(), database }
    }

    /// A server where email addresses have to be proved.
    pub fn proving() -> Self {
        Self::on(Database::new(), trees()).now_proving()
    }

    /// This server from now on with email addresses that have to be proved.
    pub fn now_proving(self) -> Self {
        let Self { tenancy, database, .. } = self;
        let rocket = rocket_asking(tenancy.clone(), Hasher::new(1_000).unwrap(), Verification::On);
        Self { client: Client::untracked(rocket).unwrap(), tenancy, owner: Lender::default(), database }
    }

    /// A new user with a proved address, signed in.
    pub fn proved_user(&self, name: &str) -> Person<'_> {
        let email = format!("{name}@example.com");
        let (address, password) = (email.parse().unwrap(), PASSWORD.to_owned().try_into().unwrap());
        let hasher = Hasher::new(1_000).unwrap();
        let made = identity::create_user(&self.tenancy, &hasher, address, password, name.to_owned());
        self.signed_in(run(made).unwrap().id.to_string(), email)
    }

    /// A server on an existing database.
    pub fn on(database: Database, trees: Trees) -> Self {
        Self::with(database, trees, limits(), |rocket| rocket)
    }

    /// Signs an existing user in.
    pub fn signs_in(&self, email: &str) -> Person<'_> {
        let login = json!({ "email": email, "password": PASSWORD });
        let pair = self.nobody().post("/auth/login", login).expect(200);
        let caller = self.nobody().with_token(text(&pair["access_token"]));
        let id = text(&caller.get("/me").expect(200)["id"]);
        self.signed_in(id, email.to_owned())
    }

    /// Another instance on this database, with other migrations, as during a rolling upgrade.
    pub fn beside(&self, trees: Trees) -> Self {
        Self::with(self.database.shared(), trees, limits(), |rocket| rocket)
    }

    /// Stops this server and starts another on its database, with other migrations.
    pub fn restarted_with(self, trees: Trees) -> Self {
        let Self { database, .. } = self;
        Self::with(database, trees, limits(), |rocket| rocket)
    }

    /// The mounted routes, without the fallback.
    pub fn routes(&self) -> impl Iterator<Item = &rocket::Route> {
        self.client.rocket().routes().filter(|route| route.name.as_deref() != Some("fallback"))
    }

    pub fn nobody(&self) -> Caller<'_> {
        Caller::new(&self.client, None)
    }

    /// A new user, signed in.
    pub fn user(&self, name: &str) -> Person<'_> {
        let email = format!("{name}@example.com");
        let nobody = self.nobody();
        let registration = json!({ "email": email, "password": PASSWORD, "name": name });
        let user = nobody.post("/auth/register", registration).expect(201);
        self.signed_in(text(&user["id"]), email)
    }

    fn signed_in(&self, id: String, email: String) -> Person<'_> {
        let login = json!({ "email": email, "password": PASSWORD });
        let pair = self.nobody().post("/auth/login", login).expect(200);
        let caller = self.nobody().with_token(text(&pair["access_token"]));
        Person { world: self, caller, id, email, refresh_token: text(&pair["refresh_token"]) }
    }

    /// A reset token, as the operator creates it for a user.
    pub fn reset_token(&self, email: &str) -> String {
        let email = Email::try_from(email.to_owned()).unwrap();
        run(identity::reset_token(&self.tenancy, email)).unwrap().token
    }

    /// A token that proves the address of a new user.
    pub fn proof_token(&self, name: &str) -> String {
        let (id, token) = (self.user(name).id, format!("token-of-{name}"));
        self.sql().run(format!(
            "INSERT INTO address_proofs (token_hash, email, purpose, user_id, created_at, expires_at)
             VALUES (sha256('{token}'), '{name}@example.com', 'own', '{id}', now(), now() + interval '1 day')"
        ));
        token
    }

    /// A connection as the database owner for a moment, with `public` as its schema.
    pub fn sql(&self) -> Lent {
        self.owner.lend(|| self.database.connect(Login::Owner))
    }
}

/// The server as the product builds it, but with fewer password iterations.
pub fn rocket(tenancy: Tenancy) -> Rocket<Build> {
    rocket_with(tenancy, Hasher::new(1_000).unwrap())
}

/// The same with another hasher.
pub fn rocket_with(tenancy: Tenancy, hasher: Hasher) -> Rocket<Build> {
    rocket_asking(tenancy, hasher, Verification::Off)
}

/// The same where email addresses have to be proved, or where they do not.
fn rocket_asking(tenancy: Tenancy, hasher: Hasher, verification: Verification) -> Rocket<Build> {
    let figment = Figment::from(rocket::Config::default()).merge(("log_level", "off")).merge(("workers", 2));
    let tokens = Tokens::new(&token::SECRET.into());
    let cors = ORIGIN.parse().unwrap();
    let lifetimes = Lifetimes { idle: TimeDelta::days(30), absolute: TimeDelta::days(90) };
    shophouse::server(
        figment,
        App {
            tenancy,
            tokens,
            hasher,
            lifetimes,
            verification,
            cors,
            transfers: Settings::default().transfers(),
            jobs: Settings::default().jobs(),
            refusal_delay: std::time::Duration::ZERO,
            metrics: true,
        },
    )
}

impl<'w> Person<'w> {
    /// Opens a shop, and signs in to it.
    pub fn opens_shop(&self, slug: &str) -> Member<'w> {
        let shop = self.post("/shops", json!({ "name": slug, "slug": slug })).expect(201);
        self.in_shop(&text(&shop["id"]))
    }

    /// Signs in once more.
    pub fn again(&self) -> Person<'w> {
        self.world.signed_in(self.id.clone(), self.email.clone())
    }

    /// Signs in to a shop that this user is a member of.
    pub fn in_shop(&self, shop: &str) -> Member<'w> {
        let switched = self.post("/auth/switch", json!({ "shop": shop })).expect(200);
        let caller = self.caller.with_token(text(&switched["access_token"]));
        Member { world: self.world, caller, user: self.id.clone(), shop: shop.to_owned() }
    }
}

impl<'w> Member<'w> {
    pub(super) fn world(&self) -> &'w World {
        self.world
    }

    pub fn schema(&self) -> String {
        self.shop_id().schema()
    }

    pub fn shop_id(&self) -> ShopId {
        ShopId(self.shop.parse().unwrap())
    }

    /// A new user with a role in this shop.
    pub fn joined_by(&self, name: &str, role: &str) -> Member<'w> {
        let person = self.world.user(name);
        let Person { id, email, .. } = &person;
        let (shop, schema) = (&self.shop, self.schema());
        self.world.sql().run(format!(
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
        self.world.sql().run(format!(
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
        self.world.sql().run(format!(
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
        self.world.sql().run(lost);
    }

    /// Ends the session; the token stays.
    pub fn is_signed_out(&self) {
        let session = self.as_caller().session;
        self.world.sql().run(format!("UPDATE sessions SET revoked_at = now() WHERE id = '{session}'"));
    }

    /// Sets the shop's state.
    pub fn shop_becomes(&self, state: &str) {
        let shop = &self.shop;
        let deleting =
            if state == "deleting" { "'active', now(), now() + '1 day'" } else { "NULL, NULL, NULL" };
        self.world.sql().run(format!(
            "UPDATE shops SET state = '{state}', (deleted_from, deleted_at, erase_after) = ({deleting})
             WHERE id = '{shop}'"
        ));
    }

    /// Undoes a change or a deletion of the shop.
    pub fn shop_is_reset(&self) {
        self.shop_becomes("active");
        let shop = &self.shop;
        self.world.sql().run(format!("UPDATE shops SET slug = 'books' WHERE id = '{shop}'"));
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

/// Runs work that no route does.
pub fn run<T>(work: impl Future<Output = T>) -> T {
    rocket::tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// A JSON string as text.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a string: {value}")).to_owned()
}
