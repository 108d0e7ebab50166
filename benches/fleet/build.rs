//! Building a fleet to measure: a database with a number of shops.

use std::sync::atomic::{AtomicUsize, Ordering};

use rocket::tokio::runtime::Runtime;
use shophouse::database::private::Login;
use shophouse::tenancy::{Caller, Currency, NewShop, Step, Tenancy, TenancyError, Trees};

use crate::common::{Outcome, RunningBinary, Server, one};

/// Threads that open shops while a fleet is built; nothing is measured then.
const BUILDERS: usize = 4;

pub struct Fleet<'a> {
    pub server: &'a Server,
    pub database: &'static str,
    caller: Caller,
    /// The number of migration steps that were applied so far.
    step: AtomicUsize,
}

impl<'a> Fleet<'a> {
    pub fn new(server: &'a Server, database: &'static str) -> Outcome<Self> {
        let binary = RunningBinary::start(server, database, &[])?;
        binary.token(&ureq::Agent::new_with_defaults(), "ada@example.com")?;
        let mut pg = server.connect(Login::Owner, database)?;
        let session = one(&mut pg, "SELECT id FROM sessions")?.parse()?;
        let user = one(&mut pg, "SELECT id FROM users")?.parse()?;
        Ok(Self { server, database, caller: Caller { session, user }, step: AtomicUsize::new(0) })
    }

    /// A tenancy engine with these migration trees.
    pub fn engine(&self, trees: Trees) -> Outcome<Tenancy> {
        self.server.engine(self.database, trees)
    }

    pub fn count(&self) -> Outcome<usize> {
        let mut pg = self.server.connect(Login::Owner, self.database)?;
        Ok(one(&mut pg, "SELECT count(*) FROM shops")?.parse()?)
    }

    /// Opens shops until there are `many`, at the version of the newest step.
    pub fn grow_to(&self, many: usize) -> Outcome<()> {
        let engine = self.engine(trees(self.step())?)?;
        let existing = self.count()?;
        let next = AtomicUsize::new(existing);
        let open = || -> Result<(), String> {
            let runtime = Runtime::new().map_err(|error| error.to_string())?;
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= many {
                    return Ok(());
                }
                let new = shop(&format!("built-{number}")).map_err(|error| error.to_string())?;
                runtime.block_on(engine.open_shop(self.caller, new)).map_err(|error| error.to_string())?;
                if number.is_multiple_of(500) && number > existing {
                    eprintln!("{}: {number} shops", self.database);
                }
            }
        };
        std::thread::scope(|scope| {
            let builders: Vec<_> = (0..BUILDERS).map(|_| scope.spawn(open)).collect();
            builders
                .into_iter()
                .try_for_each(|builder| builder.join().map_err(|_| "panicked")?.map_err(Into::into))
        })
    }

    /// The number of steps so far.
    pub fn step(&self) -> usize {
        self.step.load(Ordering::Relaxed)
    }

    /// Adds one step, and returns the number of steps.
    pub fn advance(&self) -> usize {
        self.step.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub fn user(&self) -> uuid::Uuid {
        self.caller.user
    }
}

fn shop(slug: &str) -> Outcome<NewShop> {
    Ok(NewShop {
        slug: slug.parse()?,
        name: slug.to_owned(),
        description: String::new(),
        currency: Currency::USD,
        order_hold_minutes: None,
    })
}

/// A typical migration of a release, written as the rules say: without `ADD COLUMN … DEFAULT`.
pub fn step(number: usize) -> Result<Step, TenancyError> {
    let up = format!(
        "ALTER TABLE products ADD COLUMN added_{number} BIGINT;
         ALTER TABLE products ALTER COLUMN added_{number} SET DEFAULT 0;
         ALTER TABLE products ALTER COLUMN added_{number} SET NOT NULL"
    );
    Step::new(&format!("9999-01-01-{number:06}_added"), &up, "")
}

/// The product's migration trees, followed by the first `steps` of these steps.
pub fn trees(steps: usize) -> Outcome<Trees> {
    let mut trees = shophouse::trees()?;
    for number in 1..=steps {
        trees = trees.with_tenant(step(number)?)?;
    }
    Ok(trees)
}
