//! The database: connection strings, pools, transactions on blocking threads, and the private PostgreSQL.
//!
//! Nothing here knows of shops. `tenancy` says how a transaction begins; this module makes sure that it ends, and that
//! a connection goes back to its pool only in a known state.
//!
//! | file | subject |
//! |---|---|
//! | `pool` | a pool, and a transaction in it |
//! | `lanes` | the threads that run jobs on a pool's connections |
//! | `party` | who a job is for |
//! | `queue` | which job runs on which connection, and when |
//! | `accounts` | what each party has had of a pool, and who is here |
//! | `manager` | the r2d2 pools: opening, checking out and replacing connections |
//! | `connection` | one connection, and the transaction on it |
//! | `session` | whether a connection has a session of its own, which keeps prepared statements |
//! | `progress` | how far a transaction is, for the task that waits for it |
//! | `error`, `error_kind` | what goes wrong |
//! | `url` | connection strings |
//! | `private` | the PostgreSQL that the binary runs itself |

mod accounts;
mod connection;
mod error;
mod error_kind;
mod lanes;
mod manager;
mod party;
mod pool;
pub mod private;
mod progress;
mod queue;
mod session;
mod url;

pub use connection::{Ending, Recycle};
pub use error::DatabaseError;
pub use error_kind::{REFUSAL_PREFIX, Trouble};
pub use party::Party;
pub use pool::{Pool, PoolOptions};
pub use session::{PreparedStatements, Sessions};
pub use url::{DatabaseUrl, ProgramUrl};
