//! The shops to measure: opened by the product's code, then given consecutive ids and the same products each.
//!
//! With these ids pgbench can choose a shop and a product by a random number: it can put a number into a statement, but
//! cannot look up an id without a query.

use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use rocket::tokio::runtime::Runtime;
use shophouse::database::private::Login;
use shophouse::http::request::token::Tokens;
use shophouse::tenancy::{Caller, Currency, NewShop, ShopId, Tenancy};

use crate::common::{Outcome, RunningBinary, SECRET, Server, one};

/// The name of the database.
pub const DATABASE: &str = "http";
/// The first characters of all ids here; twelve decimal digits follow.
pub const ID: &str = "00000000-0000-7000-8000-";
/// The digits of the first shop.
pub const FIRST_SHOP: usize = 100_000_000_001;
/// The digits of the first product, in every shop.
pub const FIRST_PRODUCT: usize = 200_000_000_001;
/// The digits of the first product's first variant; those of the next product's first variant are higher by ten.
pub const FIRST_VARIANT: usize = 300_000_000_011;
/// Products of a shop.
pub const PRODUCTS: usize = 30;
/// Threads that open shops.
const BUILDERS: usize = 4;

/// The shops, and the one user, who is a customer of all of them.
pub struct Shops<'a> {
    pub server: &'a Server,
    pub caller: Caller,
    /// The shop role.
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
        let binary = RunningBinary::start(server, DATABASE, &[])?;
        binary.token(&ureq::Agent::new_with_defaults(), "ada@example.com")?;
        drop(binary);
        let mut pg = server.connect(Login::Owner, DATABASE)?;
        let session = one(&mut pg, "SELECT id FROM sessions")?.parse()?;
        let user = one(&mut pg, "SELECT id FROM users")?.parse()?;
        let engine = server.engine(DATABASE, shophouse::trees()?)?;
        let (role, version) = (engine.shop_role().to_owned(), engine.tenant_version().to_owned());
        let caller = Caller { session, user };
        Ok(Self { server, caller, role, version, engine, count: AtomicUsize::new(0) })
    }

    /// The role in which `public` is read.
    pub fn public_role(&self) -> String {
        self.role.replace("_shop", "_public")
    }

    pub fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Opens shops until there are `many`, and vacuums and analyzes the catalogues.
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
        vacuum_catalogues(&mut self.server.connect(Login::Admin, DATABASE)?)
    }

    /// A line for each shop: an access token of its customer, valid for ten minutes.
    pub fn tokens(&self, shops: usize) -> Outcome<String> {
        let tokens = Tokens::new(&SECRET.into());
        let mut lines = String::new();
        for number in 0..shops {
            lines += &tokens.sign(self.caller, Some(shop(number)?), None)?;
            lines.push('\n');
        }
        Ok(lines)
    }
}

/// The id of a shop, counted from 0.
pub fn shop(number: usize) -> Outcome<ShopId> {
    Ok(ShopId(format!("{ID}{}", FIRST_SHOP + number).parse()?))
}

/// A builder reconnects after this many shops, on average. A backend that has loaded thousands of tables must discard them
/// all whenever other backends send more invalidations than PostgreSQL's queue holds.
const SHOPS_PER_CONNECTION: usize = 20;

/// Opens and fills shops, one after the other.
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
        if number.is_multiple_of(SHOPS_PER_CONNECTION) {
            self.pg = self.shops.server.connect(Login::Owner, DATABASE)?;
        }
        // The digits of the id and of a product also name them, so that pgbench knows the names.
        let slug = format!("shop-{}", FIRST_SHOP + number);
        let new = NewShop {
            slug: slug.parse()?,
            name: slug,
            description: String::new(),
            currency: Currency::USD,
            order_hold_minutes: None,
        };
        let opened = self.runtime.block_on(self.shops.engine.open_shop(self.shops.caller, new))?;
        let (old, new) = (ShopId(opened.id), shop(number)?);
        let schema = old.schema();
        // Through pg_depend, which has an index on the schema: a filter on relnamespace would read the tables of all shops.
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
        let rename = rename_schema_sql(&schema, &new.schema(), &tables);
        self.pg.batch_execute(&format!(
            "BEGIN; {rename}
             DELETE FROM public.memberships WHERE shop_id = '{old}';
             UPDATE public.shops SET id = '{new}' WHERE id = '{old}';
             INSERT INTO public.memberships VALUES ('{user}', '{new}', 'customer', now());
             SET LOCAL search_path TO {};
             {}; SELECT pg_stat_force_next_flush(); COMMIT",
            new.schema(),
            fill_sql(),
        ))?;
        // After the commit, when the statistics count the new rows. Otherwise autovacuum would analyze the tables in the middle
        // of a measurement, after which each connection has to load them again.
        let tables =
            ["products", "variants", "images", "product_words", "product_tags", "people", "counters"];
        let tables = tables.map(|table| format!("{}.{table}", new.schema())).join(", ");
        Ok(self.pg.batch_execute(&format!("ANALYZE {tables}"))?)
    }
}

/// Renames a schema, and changes the row-level policy of each table to the new name.
fn rename_schema_sql(old: &str, new: &str, tables: &str) -> String {
    let policies = tables.split(' ').map(|table| {
        format!("ALTER POLICY wall ON {new}.{table} USING ((SELECT current_schema() = '{new}'));")
    });
    format!("ALTER SCHEMA {old} RENAME TO {new};") + &policies.collect::<String>()
}

/// Products with two variants and two images each, and stock that never runs out.
fn fill_sql() -> String {
    let (product, variant) = (FIRST_PRODUCT - 1, FIRST_VARIANT - 11);
    let (each, twice) = (
        format!("generate_series(1, {PRODUCTS}) AS p"),
        format!("generate_series(1, {PRODUCTS}) AS p, generate_series(1, 2) AS n"),
    );
    let time = "timestamptz '2026-01-01' + p * interval '1 minute'";
    format!(
        "INSERT INTO products SELECT ('{ID}' || ({product} + p))::uuid, 'product-' || ({product} + p), 'Product ' || p,
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

/// Does now what autovacuum would do during a measurement.
fn vacuum_catalogues(pg: &mut PgConnection) -> Outcome<()> {
    let catalogues =
        "pg_class, pg_attribute, pg_attrdef, pg_index, pg_constraint, pg_depend, pg_shdepend, pg_policy,
        pg_namespace, pg_type, pg_statistic, pg_proc, pg_trigger";
    pg.batch_execute(&format!("VACUUM (ANALYZE) {catalogues}, shops, memberships, users, sessions"))?;
    Ok(pg.batch_execute("CHECKPOINT")?)
}
