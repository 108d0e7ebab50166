//! Tenant isolation: how PostgreSQL itself keeps the shops' data apart.
//!
//! | file | subject |
//! |---|---|
//! | `policies` | the row-level policy of each shop table, and the refusal of what would bypass it |
//! | `roles` | the shop role and the public role, and what each may do |

pub(in crate::tenancy) mod policies;
mod roles;

pub(in crate::tenancy) use roles::{Roles, ensure_roles, find_roles};
