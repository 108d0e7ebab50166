//! Migrations: the two trees, applying a tree to a schema, and the record of applied files.
//!
//! | file | subject |
//! |---|---|
//! | `step` | one migration |
//! | `tree` | the two migration trees, and the version that each leads to |
//! | `baseline` | the schema that they lead to, from which new shops are made |
//! | `history` | the record of applied files with their checksums: an edited file is refused |
//! | `apply` | applying a tree to a schema |

mod apply;
mod baseline;
mod history;
mod step;
mod tree;

pub(in crate::tenancy) use apply::{
    apply_public, apply_tenant, create_schema_sql, create_tenant, search_path_sql, step_sql,
};
pub(in crate::tenancy) use history::History;
pub use step::Step;
pub use tree::{Creation, Tree, Trees};
