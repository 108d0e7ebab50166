//! A running server with its own database: everything of it is the test's.

use std::ops::Deref;

use chrono::TimeDelta;
use rocket::figment::Figment;
use rocket::{Build, Rocket};
use serde_json::Value;
use shophouse::App;
use shophouse::commerce::DUE_WORK;
use shophouse::commerce::orders::ErasureKeeps;
use shophouse::config::Settings;
use shophouse::http::request::client::Proxies;
use shophouse::http::request::token::Tokens;
use shophouse::identity::{self, Email, Hasher, Lifetimes, Verification};
use shophouse::limits::{Limit, Quotas, Values};
use shophouse::tenancy::{Limits, Tenancy, Trees};

use super::database::limits;
use super::lending::Lent;
use super::tenants::Tenants;
use super::tree::trees;
use super::{Database, token};

pub use super::tenants::{Member, PASSWORD, Person};

/// The only origin whose web pages may call.
pub const ORIGIN: &str = "https://storefront.example";

/// A server as the product builds it. Fields are dropped in their order: the database last.
pub struct World {
    tenants: Tenants,
    pub tenancy: Tenancy,
    pub database: Database,
}

impl World {
    pub fn new() -> Self {
        Self::limited(limits())
    }

    /// A server with other limits.
    pub fn limited(limits: Limits) -> Self {
        Self::made(limits, |tenancy| tenancy, rocket)
    }

    /// A server with a changed Rocket.
    pub fn changed(change: impl FnOnce(Rocket<Build>) -> Rocket<Build>) -> Self {
        Self::made(limits(), |tenancy| tenancy, |tenancy| change(rocket(tenancy)))
    }

    /// A server with limits on rates and numbers; those that are not given are off.
    pub fn allowing(values: &[(Limit, u32)]) -> Self {
        Self::allowing_behind(values, Proxies::default())
    }

    /// The same, behind proxies.
    pub fn allowing_behind(values: &[(Limit, u32)], proxies: Proxies) -> Self {
        let values = values.iter().fold(Values::NONE, |values, (limit, value)| values.with(*limit, *value));
        let with_quotas = |tenancy: Tenancy| tenancy.with_quotas(Quotas::new(values));
        Self::made(limits(), with_quotas, |tenancy| rocket(tenancy).manage(proxies))
    }

    /// A server where email addresses have to be proved.
    pub fn proving() -> Self {
        Self::made(limits(), |tenancy| tenancy, rocket_that_proves)
    }

    /// A server on a new database.
    fn made(
        limits: Limits,
        change: impl FnOnce(Tenancy) -> Tenancy,
        serve: impl FnOnce(Tenancy) -> Rocket<Build>,
    ) -> Self {
        let database = Database::new();
        let tenancy = change(engine(&database, limits));
        Self::of(serve(tenancy.clone()), tenancy, database)
    }

    /// This server from now on with email addresses that have to be proved.
    pub fn now_proving(self) -> Self {
        let Self { tenancy, database, .. } = self;
        Self::of(rocket_that_proves(tenancy.clone()), tenancy, database)
    }

    fn of(rocket: Rocket<Build>, tenancy: Tenancy, database: Database) -> Self {
        Self { tenants: Tenants::alone(rocket, &database), tenancy, database }
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
        let tenancy = serving(Tenancy::open(database.logins(), limits(), trees).unwrap());
        Self::of(rocket(tenancy.clone()), tenancy, database)
    }

    /// Another instance on this database, with other migrations, as during a rolling upgrade.
    pub fn beside(&self, trees: Trees) -> Self {
        Self::on(self.database.shared(), trees)
    }

    /// Stops this server and starts another on its database, with other migrations.
    pub fn restarted_with(self, trees: Trees) -> Self {
        let Self { database, .. } = self;
        Self::on(database, trees)
    }

    /// The mounted routes, without the fallback.
    pub fn routes(&self) -> impl Iterator<Item = &rocket::Route> {
        self.tenants.client().rocket().routes().filter(|route| route.name.as_deref() != Some("fallback"))
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
        self.tenants.sql()
    }
}

impl Deref for World {
    type Target = Tenants;

    fn deref(&self) -> &Tenants {
        &self.tenants
    }
}

/// The engine of a server on a new database, which has this release's migrations and roles already.
pub(super) fn engine(database: &Database, limits: Limits) -> Tenancy {
    serving(Tenancy::attach(database.logins(), limits, trees()).unwrap())
}

/// An engine with what the server does.
fn serving(tenancy: Tenancy) -> Tenancy {
    tenancy.with_records(ErasureKeeps::Orders.change_records()).with_due_work(DUE_WORK)
}

/// The server as the product builds it, but with fewer password iterations.
pub fn rocket(tenancy: Tenancy) -> Rocket<Build> {
    rocket_with(tenancy, Hasher::new(1_000).unwrap())
}

/// The same with another hasher.
pub fn rocket_with(tenancy: Tenancy, hasher: Hasher) -> Rocket<Build> {
    rocket_asking(tenancy, hasher, Verification::Off)
}

/// The server where email addresses have to be proved.
fn rocket_that_proves(tenancy: Tenancy) -> Rocket<Build> {
    rocket_asking(tenancy, Hasher::new(1_000).unwrap(), Verification::On)
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

/// Runs work that no route does.
pub fn run<T>(work: impl Future<Output = T>) -> T {
    rocket::tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// A JSON string as text.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a string: {value}")).to_owned()
}
