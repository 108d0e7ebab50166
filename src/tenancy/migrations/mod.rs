//! Migrations: the two trees, applying a tree to a schema, and the record of applied files.
//!
//! | file | subject |
//! |---|---|
//! | `tree` | the two migration trees, and the version that each leads to |
//! | `history` | the record of applied files with their checksums: an edited file is refused |
//! | `apply` | applying a tree to a schema |

mod apply;
mod history;
mod tree;

pub(in crate::tenancy) use apply::{
    apply_public, apply_tenant, create_schema_sql, search_path_sql, step_sql,
};
pub(in crate::tenancy) use history::History;
pub use tree::{Step, Tree, Trees};
