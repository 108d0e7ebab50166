//! Shops to be asked: opened by the engine, then given ids that count up and the same goods each.
//!
//! The ids are such that pgbench can choose a shop and a product by a random number: it can put a number into a
//! statement, but look nothing up without asking the server.

use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use rocket::tokio::runtime::Runtime;
use shophouse::database::private::Login;
use shophouse::http::request::token::Tokens;
use shophouse::tenancy::{Caller, Currency, NewShop, ShopId, Tenancy};

use crate::common::{Outcome, SECRET, Server, Serving, one};

/// The name of the database.
pub const DATABASE: &str = "http";
/// What all ids here begin with; twelve decimal digits follow.
pub const ID: &str = "00000000-0000-7000-8000-";
/// The digits of the first shop.
pub const FIRST_SHOP: usize = 100_000_000_001;
/// The digits of the first product, in every shop.
pub const FIRST_PRODUCT: usize = 200_000_000_001;
/// The digits of the first product's first variant; the next product's are ten further.
pub const FIRST_VARIANT: usize = 300_000_000_011;
/// Products of a shop.
pub const PRODUCTS: usize = 30;
/// Shops opened at the same time.
const BUILDERS: usize = 4;

/// The shops, and the one user who is a customer of all of them.
pub struct Shops<'a> {
    pub server: &'a Server,
    pub caller: Caller,
    /// The role that works inside shops.
    pub role: String,
    /// The newest tenant migration.
    pub version: String,
    engine: Tenancy,
    count: AtomicUsize,
}

impl<'a> Shops<'a> {
    /// A database without a shop.
    pub fn new(server: &'a Server) -> Outcome<Self> {
        server.database(DATABASE)?;
        let serving = Serving::start(server, DATABASE, &[])?;
        serving.token(&ureq::Agent::new_with_defaults(), "ada@example.com")?;
        drop(serving);
        let mut pg = server.connect(Login::Owner, DATABASE)?;
        let session = one(&mut pg, "SELECT id FROM sessions")?.parse()?;
        let user = one(&mut pg, "SELECT id FROM users")?.parse()?;
        let engine = server.engine(DATABASE, shophouse::trees()?)?;
        let (role, version) = (engine.shop_role().to_owned(), engine.tenant_version().to_owned());
        let caller = Caller { session, user };
        Ok(Self { server, caller, role, version, engine, count: AtomicUsize::new(0) })
    }

    pub fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Opens shops until there are `many`, and tells PostgreSQL's planner of all that is new.
    pub fn grow_to(&self, many: usize) -> Outcome<()> {
        let next = AtomicUsize::new(self.count());
        let build = || -> Result<(), String> {
            let mut builder = Builder::new(self).map_err(|error| error.to_string())?;
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= many {
                    return Ok(());
                }
                builder.build(number).map_err(|error| error.to_string())?;
                if number.is_multiple_of(500) && number > 0 {
                    eprintln!("{number} shops");
                }
            }
        };
        std::thread::scope(|scope| {
            let builders: Vec<_> = (0..BUILDERS).map(|_| scope.spawn(build)).collect();
            builders
                .into_iter()
                .try_for_each(|builder| builder.join().map_err(|_| "panicked")?.map_err(Box::from))
                as Outcome<()>
        })?;
        self.count.store(many.max(self.count()), Ordering::Relaxed);
        settle(&mut self.server.connect(Login::Admin, DATABASE)?)
    }

    /// A line for each shop: an access token of its customer, good for ten minutes.
    pub fn tokens(&self, shops: usize) -> Outcome<String> {
        let tokens = Tokens::new(&SECRET.into());
        let mut lines = String::new();
        for number in 0..shops {
            lines += &tokens.sign(self.caller, Some(shop(number)?))?;
            lines.push('\n');
        }
        Ok(lines)
    }
}

/// The id of a shop, counted from 0.
pub fn shop(number: usize) -> Outcome<ShopId> {
    Ok(ShopId(format!("{ID}{}", FIRST_SHOP + number).parse()?))
}

/// After so many shops of all builders, on average, each has a new connection: one that knows thousands of tables has to
/// forget them all whenever the others have changed more than PostgreSQL keeps note of.
const RENEWAL: usize = 20;

/// Builds one shop after the other.
struct Builder<'a> {
    shops: &'a Shops<'a>,
    runtime: Runtime,
    pg: PgConnection,
}

impl<'a> Builder<'a> {
    fn new(shops: &'a Shops<'a>) -> Outcome<Self> {
        let pg = shops.server.connect(Login::Owner, DATABASE)?;
        Ok(Self { shops, runtime: Runtime::new()?, pg })
    }

    fn build(&mut self, number: usize) -> Outcome<()> {
        if number.is_multiple_of(RENEWAL) {
            self.pg = self.shops.server.connect(Login::Owner, DATABASE)?;
        }
        let slug = format!("shop-{number}");
        let new =
            NewShop { slug: slug.parse()?, name: slug, description: String::new(), currency: Currency::USD };
        let opened = self.runtime.block_on(self.shops.engine.open_shop(self.shops.caller, new))?;
        let (old, new) = (ShopId(opened.id), shop(number)?);
        let schema = old.schema();
        // By its name, which has an index: a filter on the schema alone reads all tables of all shops.
        let tables = one(
            &mut self.pg,
            &format!(
                "SELECT string_agg(relname, ' ') FROM pg_class
                 JOIN pg_depend ON refclassid = 'pg_namespace'::regclass AND refobjid = '{schema}'::regnamespace
                     AND classid = 'pg_class'::regclass AND objid = pg_class.oid
                 WHERE relrowsecurity"
            ),
        )?;
        let user = self.shops.caller.user;
        let renamed = renamed(&schema, &new.schema(), &tables);
        self.pg.batch_execute(&format!(
            "BEGIN; {renamed}
             DELETE FROM public.memberships WHERE shop_id = '{old}';
             UPDATE public.shops SET id = '{new}' WHERE id = '{old}';
             INSERT INTO public.memberships VALUES ('{user}', '{new}', 'customer', now());
             SET LOCAL search_path TO {};
             {}; SELECT pg_stat_force_next_flush(); COMMIT",
            new.schema(),
            goods(),
        ))?;
        // When what was written has been counted, which is after the commit: otherwise PostgreSQL would look through it once
        // more, in the middle of a measurement, which makes each connection learn the tables anew.
        let tables =
            ["products", "variants", "images", "product_words", "product_tags", "people", "counters"];
        let tables = tables.map(|table| format!("{}.{table}", new.schema())).join(", ");
        Ok(self.pg.batch_execute(&format!("ANALYZE {tables}"))?)
    }
}

/// Moves a schema, and the wall of each of its tables with it.
fn renamed(old: &str, new: &str, tables: &str) -> String {
    let walls = tables.split(' ').map(|table| {
        format!("ALTER POLICY wall ON {new}.{table} USING ((SELECT current_schema() = '{new}'));")
    });
    format!("ALTER SCHEMA {old} RENAME TO {new};") + &walls.collect::<String>()
}

/// Products with two variants and two images each, and stock that never runs out.
fn goods() -> String {
    let (product, variant) = (FIRST_PRODUCT - 1, FIRST_VARIANT - 11);
    let (each, twice) = (
        format!("generate_series(1, {PRODUCTS}) AS p"),
        format!("generate_series(1, {PRODUCTS}) AS p, generate_series(1, 2) AS n"),
    );
    let time = "timestamptz '2026-01-01' + p * interval '1 minute'";
    format!(
        "INSERT INTO products SELECT ('{ID}' || ({product} + p))::uuid, 'product-' || p, 'Product ' || p,
             repeat('What is to be said of it. ', 10), 'Maker ' || p % 5, 'Kind ' || p % 3, '{{new,sale}}', 'active',
             '{{Size}}', {time}, {time} FROM {each};
         INSERT INTO variants SELECT ('{ID}' || ({variant} + 10 * p + n))::uuid, ('{ID}' || ({product} + p))::uuid,
             'SKU-' || p || '-' || n, ARRAY[(ARRAY['Small', 'Large'])[n]], 1000 + p, NULL, 'USD', true, false,
             1000000000, NULL, 250, n, {time}, {time} FROM {twice};
         INSERT INTO images SELECT ('{ID}' || (400000000000 + 10 * p + n))::uuid, ('{ID}' || ({product} + p))::uuid,
             'https://images.example.com/product-' || p || '-' || n || '.jpg', 'Product ' || p, n FROM {twice};
         INSERT INTO product_words SELECT word, id FROM products, unnest(ARRAY['product', split_part(title, ' ', 2)]) AS word;
         INSERT INTO product_tags SELECT tag, id FROM products, unnest(tags) AS tag"
    )
}

/// What the vacuum would do in the background, and disturb.
fn settle(pg: &mut PgConnection) -> Outcome<()> {
    let catalogues =
        "pg_class, pg_attribute, pg_attrdef, pg_index, pg_constraint, pg_depend, pg_shdepend, pg_policy,
        pg_namespace, pg_type, pg_statistic, pg_proc, pg_trigger";
    pg.batch_execute(&format!("VACUUM (ANALYZE) {catalogues}, shops, memberships, users, sessions"))?;
    Ok(pg.batch_execute("CHECKPOINT")?)
}
