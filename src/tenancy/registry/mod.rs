//! The registry: the shops and memberships in `public`.
//!
//! | file | subject |
//! |---|---|
//! | `error` | what can be wrong with what a member asks of a shop |
//! | `names` | which shop a slug or an id means |
//! | `permits` | what a user may do with a shop |
//! | `shops` | the shops, for their members |
//! | `ledger` | all shops with their version and state, for the operator |
//! | `limits` | the limits that the operator has set for single shops |
//! | `removals` | who was removed from a shop by one of its owners |
//! | `keys` | when an API key was last used |
//! | `members` | joining a shop, its owners, and the members' emails and names in it |

mod error;
mod keys;
pub mod ledger;
pub mod limits;
mod members;
mod names;
mod permits;
mod removals;
mod shops;

pub use error::RegistryError;
pub(in crate::tenancy) use keys::note_key_use;
pub use members::{erase_person, join, update_person_everywhere};
pub(in crate::tenancy) use members::{has_owner, make_owner};
pub(in crate::tenancy) use names::id_of;
pub use names::{active_by_slug, id_in_path, membership_by_name};
pub use permits::{permit, require_factor, role_in};
pub use removals::{lift_removal, lift_removal_of, record_removal, was_removed, was_removed_since};
pub use shops::{FleetState, Shop, ShopChanges, find, fleet_state, list_of, lock_and_find, update};
