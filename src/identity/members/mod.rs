//! The members of a shop, and invitations.
//!
//! | file | subject |
//! |---|---|
//! | `queries` | listing, removing and joining members, and changing roles |
//! | `invitations` | invitations, as the owners of a shop make and manage them |
//! | `acceptance` | invitations, as whoever is invited sees, accepts and declines them |
//! | `counts` | how many invitations are made |
//! | `shop_lock` | the lock under which all of this changes |
//! | `routes`, `invitation_routes`, `acceptance_routes` | the routes, and what the API says of them |

pub(super) mod acceptance;
pub(super) mod acceptance_routes;
pub(super) mod counts;
pub(super) mod invitation_routes;
pub(super) mod invitations;
pub(super) mod queries;
pub(super) mod routes;
mod shop_lock;

pub(super) use queries::*;
