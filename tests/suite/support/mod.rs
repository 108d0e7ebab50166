//! What the tests use: one PostgreSQL for the run, a database for each test, and clients.
//!
//! | file | subject |
//! |---|---|
//! | `server` | the one PostgreSQL, and the template that databases are cloned from |
//! | `database` | a test's own database, and plain SQL on it |
//! | `bouncer` | PgBouncer in front of the one PostgreSQL, when it is asked for |
//! | `world` | a running server, its users and their shops |
//! | `caller` | sending requests as a user or as nobody |
//! | `answer` | responses, and what is expected of them |
//! | `described` | comparing responses with the API's description |
//! | `crowd` | many requests at the same time |
//! | `token` | access tokens that the server would not issue |
//! | `tree` | migration trees of a later release |
//! | `browser` | a headless browser |
//! | `process` | the built binary as a process, on a test's database |
//! | `installation` | the built binary as an operator has it, with a private PostgreSQL |
//! | `victim` | a PostgreSQL of a test's own, to be stopped and killed |
//! | `load` | a shop under load, and whether every confirmed order is stored |
//! | `log` | everything that is logged, and what must not be in it |
//! | `connection` | HTTP written by hand over TCP |
//! | `waiting` | waiting for what other connections do |
//! | `catalogue` | the description of a schema |
//! | `inside` | plain SQL inside a shop, in a pinned transaction |
//! | `archive` | archives of shops: exported, imported and changed |
//! | `goods` | products, orders and stock, as many tests need them |

pub mod answer;
pub mod archive;
pub mod bouncer;
pub mod browser;
pub mod caller;
pub mod catalogue;
pub mod connection;
pub mod crowd;
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
pub mod victim;
pub mod waiting;
pub mod world;

pub use answer::Answer;
pub use caller::Caller;
pub use database::{Database, Sql};
pub use inside::inside;
pub use shophouse::database::private::Login;
pub use victim::Victim;
pub use world::{Member, World};
