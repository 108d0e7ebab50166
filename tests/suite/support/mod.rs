//! What the tests use: one PostgreSQL for the run, a database for each test, and clients.
//!
//! | file | subject |
//! |---|---|
//! | `server` | the PostgreSQL of the run, and the template that databases are cloned from |
//! | `cluster` | a PostgreSQL cluster that is made once and copied |
//! | `database` | a test's own database |
//! | `sql` | plain SQL on a database, for what HTTP cannot show |
//! | `lending` | connections that are kept for the next one who asks |
//! | `citus` | an optional Citus in place of that PostgreSQL |
//! | `bouncer` | an optional PgBouncer in front of that PostgreSQL |
//! | `tenants` | people and their shops, on a server that a test shares with others or has for itself |
//! | `world` | a running shophouse that a test has for itself |
//! | `caller` | sending requests as a user, or as nobody |
//! | `answer` | responses, and checks of them |
//! | `described` | comparing responses with the OpenAPI document |
//! | `concurrent` | many requests at the same moment |
//! | `token` | access tokens that the server would not issue |
//! | `tree` | migration trees for a test |
//! | `browser` | a headless browser |
//! | `process` | the built binary as a process, on a test's database |
//! | `installation` | the built binary as an operator has it, with a private PostgreSQL |
//! | `disposable_postgres` | a PostgreSQL of one test, to be stopped and killed |
//! | `mail_server` | a mail server that shows what arrived |
//! | `standby` | a standby of that PostgreSQL, to be promoted |
//! | `invitations` | inviting people to a shop, and accepting |
//! | `load` | a shop with many customers, and a check that no acknowledged order is lost |
//! | `log` | everything that is logged, and a check that it contains no secret |
//! | `connection` | HTTP written by hand over TCP |
//! | `waiting` | waiting for other connections |
//! | `catalogue` | the objects of a schema |
//! | `inside` | plain SQL inside a shop, through the engine |
//! | `archive` | reading and writing archives of shops |
//! | `factor` | second factors of users, as rows |
//! | `holds` | letting time pass for orders that expire |
//! | `goods` | helpers for products, orders and stock |

pub mod answer;
pub mod archive;
pub mod bouncer;
pub mod browser;
pub mod caller;
pub mod catalogue;
pub mod certificate;
pub mod citus;
mod cluster;
pub mod concurrent;
pub mod connection;
pub mod database;
pub mod described;
pub mod disposable_postgres;
pub mod factor;
pub mod goods;
pub mod holds;
mod inside;
pub mod installation;
mod invitations;
mod lending;
pub mod load;
pub mod log;
pub mod mail_server;
pub mod process;
mod server;
pub mod sql;
pub mod standby;
pub mod tenants;
pub mod token;
pub mod tree;
pub mod waiting;
pub mod world;

pub use answer::Answer;
pub use caller::Caller;
pub use database::Database;
pub use disposable_postgres::DisposablePostgres;
pub use inside::inside;
pub use lending::Lent;
pub use shophouse::database::private::Login;
pub use sql::Sql;
pub use tenants::{Member, Person, Tenants};
pub use world::World;
