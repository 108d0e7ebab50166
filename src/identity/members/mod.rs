//! The members of a shop, and invitations.
//!
//! | file | subject |
//! |---|---|
//! | `queries` | listing, adding and removing members, and changing roles |
//! | `invitations` | invitations for people without an account |
//! | `routes` | the routes |
//! | `docs` | their OpenAPI descriptions |

pub(super) mod docs;
pub(super) mod invitations;
pub(super) mod queries;
pub(super) mod routes;

pub(super) use queries::*;
