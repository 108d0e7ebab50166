//! What the tests stand on: one PostgreSQL for the run, a database a test, and a client that speaks
//! like the product.
//!
//! | file | subject |
//! |---|---|
//! | `server` | the one PostgreSQL, and the template that databases are cloned from |
//! | `database` | a test's own database, and plain SQL on it |
//! | `bouncer` | PgBouncer before the one PostgreSQL, when it is wanted |
//! | `world` | a running shophouse, its people and their shops |
//! | `caller` | sending requests as somebody |
//! | `answer` | looking at what came back |
//! | `described` | … held against what the API says of itself |
//! | `concurrent` | many requests at the same moment |
//! | `token` | access tokens that the server would not give out |
//! | `tree` | migration trees of a test's own |
//! | `browser` | a headless browser |
//! | `process` | the built binary, to be killed |
//! | `installation` | the built binary as an operator has it, with a private PostgreSQL |
//! | `disposable_postgres` | a PostgreSQL of a test's own, to be stopped, killed and starved |
//! | `load` | a shop whose customers order all the time, and whether it kept its word to them |
//! | `log` | what all of these log, and what must not be in it |
//! | `connection` | HTTP spoken by hand over TCP |
//! | `waiting` | waiting for what other connections do |
//! | `catalogue` | what a schema holds |
//! | `inside` | plain SQL from inside a shop, through the engine's own door |
//! | `archive` | archives of shops, taken apart and put together |
//! | `goods` | products, orders and stock, as many tests ask for them |

pub mod answer;
pub mod archive;
pub mod bouncer;
pub mod browser;
pub mod caller;
pub mod catalogue;
pub mod connection;
pub mod concurrent;
pub mod database;
pub mod described;
pub mod goods;
mod inside;
pub mod installation;
pub mod load;
pub mod log;
pub mod process;
mod server;
pub mod token;
pub mod tree;
pub mod disposable_postgres;
pub mod waiting;
pub mod world;

pub use answer::Answer;
pub use caller::Caller;
pub use database::{Database, Sql};
pub use inside::inside;
pub use shophouse::database::private::Login;
pub use disposable_postgres::DisposablePostgres;
pub use world::{Member, World};
