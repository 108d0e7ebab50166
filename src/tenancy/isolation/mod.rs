//! Tenant isolation: how PostgreSQL itself keeps the shops' data apart.
//!
//! | file | subject |
//! |---|---|
//! | `policies` | the row-level policy of each shop table, and the refusal of what would bypass it |
//! | `logins` | the two database logins, and what lets them take roles |
//! | `roles` | the shop role and the public role, and what each may do |

mod logins;
pub(in crate::tenancy) mod policies;
mod roles;

pub(in crate::tenancy) use roles::{Roles, ensure_roles, find_roles};
