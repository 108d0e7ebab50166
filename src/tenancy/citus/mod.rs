//! Citus: an extension that spreads the shops' schemas over several PostgreSQL servers. What is different there stands
//! here, behind [`Server`]; the rest of the code asks no server what it is.
//!
//! | file | subject |
//! |---|---|
//! | `server` | [`Server`]: how the same is said to PostgreSQL alone and to Citus |
//! | `facts` | what the database runs on, for the operator |
//! | `nodes` | the servers, and which shops they hold |
//! | `silent_nodes` | the servers that do not answer |
//! | `rights` | rights that an administrator has to take away |
//! | `setup` | taking them away |
//! | `statements` | a text of SQL as single statements |

mod facts;
mod nodes;
mod rights;
mod server;
mod setup;
mod silent_nodes;
mod statements;

pub use facts::ServerFacts;
pub use nodes::{Move, Node, Undistributed};
pub(in crate::tenancy) use nodes::{distribute, move_schema, nodes, place, plan, progress, undistributed};
pub use rights::{closing_sql, introducing_sql};
pub(in crate::tenancy) use server::Server;
pub use setup::prepare;
pub(in crate::tenancy) use silent_nodes::{SilentNodes, silent_nodes};
