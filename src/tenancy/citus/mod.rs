//! Citus: an extension that spreads the shops' schemas over several PostgreSQL servers. What is different there stands
//! here, behind [`Server`]; the rest of the code asks no server what it is.
//!
//! | file | subject |
//! |---|---|
//! | `server` | [`Server`]: how the same is said to PostgreSQL alone and to Citus |
//! | `facts` | what the database runs on, for the operator |
//! | `nodes` | the servers, and which shops they hold |
//! | `noted` | what was seen last: servers that do not answer, and servers that have more than their share |
//! | `new_schema` | creating a schema on a server that has not more than its share |
//! | `rights` | rights that an administrator has to take away |
//! | `setup` | taking them away |
//! | `statements` | a text of SQL as single statements |

mod facts;
mod new_schema;
mod nodes;
mod noted;
mod rights;
mod server;
mod setup;
mod statements;

pub use facts::ServerFacts;
pub(in crate::tenancy) use new_schema::create_schema;
pub use nodes::{Move, Node, Undistributed};
pub(in crate::tenancy) use nodes::{distribute, move_schema, nodes, place, plan, progress, undistributed};
pub(in crate::tenancy) use noted::{FullNode, NotedNodes, full_nodes, silent_nodes};
pub use rights::{closing_sql, introducing_sql};
pub(in crate::tenancy) use server::{BEGIN_QUESTION, Server};
pub use setup::prepare;
