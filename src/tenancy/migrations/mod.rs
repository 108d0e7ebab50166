//! Migrations: the two trees, how one is applied to a schema, and the history of what was applied.
//!
//! | file | subject |
//! |---|---|
//! | `tree` | the two migration trees, and the version that each leads to |
//! | `history` | which files were applied, with their checksums: an edited file is refused |
//! | `apply` | one tree to one schema |

mod apply;
mod history;
mod tree;

pub(in crate::tenancy) use apply::{apply_public, apply_tenant, make_schema, noted, standing_in};
pub(in crate::tenancy) use history::History;
pub use tree::{Step, Tree, Trees};
