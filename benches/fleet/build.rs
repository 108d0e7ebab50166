//! A fleet to measure: a database, an engine on it, and as many shops as are asked for.

use std::sync::atomic::{AtomicUsize, Ordering};

use rocket::tokio::runtime::Runtime;
use shophouse::database::private::Login;
use shophouse::tenancy::{Caller, Currency, NewShop, Step, Tenancy, TenancyError, Trees};

use crate::common::{Outcome, Server, Serving, one};

/// Shops opened at the same time while a fleet is built; nothing is measured meanwhile.
const BUILDERS: usize = 4;

pub struct Fleet<'a> {
    pub server: &'a Server,
    pub database: &'static str,
    caller: Caller,
    /// Steps that the migrations measured so far have taken.
    step: AtomicUsize,
}

impl<'a> Fleet<'a> {
    pub fn new(server: &'a Server, database: &'static str) -> Outcome<Self> {
        let serving = Serving::start(server, database, &[])?;
        serving.token(&ureq::Agent::new_with_defaults(), "ada@example.com")?;
        let mut pg = server.connect(Login::Owner, database)?;
        let session = one(&mut pg, "SELECT id FROM sessions")?.parse()?;
        let user = one(&mut pg, "SELECT id FROM users")?.parse()?;
        Ok(Self { server, database, caller: Caller { session, user }, step: AtomicUsize::new(0) })
    }

    /// The engine of a release with these trees.
    pub fn engine(&self, trees: Trees) -> Outcome<Tenancy> {
        self.server.engine(self.database, trees)
    }

    pub fn count(&self) -> Outcome<usize> {
        let mut pg = self.server.connect(Login::Owner, self.database)?;
        Ok(one(&mut pg, "SELECT count(*) FROM shops")?.parse()?)
    }

    /// Opens shops until there are `many`, at the newest version that was measured.
    pub fn grow_to(&self, many: usize) -> Outcome<()> {
        let engine = self.engine(trees(self.step())?)?;
        let present = self.count()?;
        let next = AtomicUsize::new(present);
        let open = || -> Result<(), String> {
            let runtime = Runtime::new().map_err(|error| error.to_string())?;
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= many {
                    return Ok(());
                }
                let new = shop(&format!("built-{number}")).map_err(|error| error.to_string())?;
                runtime.block_on(engine.open_shop(self.caller, new)).map_err(|error| error.to_string())?;
                if number.is_multiple_of(500) && number > present {
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

    /// Steps that have been measured.
    pub fn step(&self) -> usize {
        self.step.load(Ordering::Relaxed)
    }

    /// One step on.
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
    })
}

/// What a migration of a release does, as it is to be written: no `ADD COLUMN … DEFAULT`.
pub fn step(number: usize) -> Result<Step, TenancyError> {
    let up = format!(
        "ALTER TABLE products ADD COLUMN added_{number} BIGINT;
         ALTER TABLE products ALTER COLUMN added_{number} SET DEFAULT 0;
         ALTER TABLE products ALTER COLUMN added_{number} SET NOT NULL"
    );
    Step::new(&format!("9999-01-01-{number:06}_added"), &up, "")
}

/// The trees with the first `steps` of them.
pub fn trees(steps: usize) -> Outcome<Trees> {
    let mut trees = shophouse::trees()?;
    for number in 1..=steps {
        trees = trees.with_tenant(step(number)?)?;
    }
    Ok(trees)
}
