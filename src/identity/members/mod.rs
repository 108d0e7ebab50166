//! The members of a shop, and invitations.
//!
//! | file | subject |
//! |---|---|
//! | `queries` | listing, adding and removing members, and changing roles |
//! | `invitations` | invitations of people who have no account yet |
//! | `routes` | the routes, and what the API says of them |

pub(super) mod invitations;
pub(super) mod queries;
pub(super) mod routes;

pub(super) use queries::*;
