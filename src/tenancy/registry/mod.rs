//! The registry: the shops and memberships in `public`.
//!
//! | file | subject |
//! |---|---|
//! | `shops` | shops and memberships, for members |
//! | `ledger` | all shops with their version and state, for the operator |
//! | `limits` | the limits that the operator has set for single shops |
//! | `removals` | who was removed from a shop by one of its owners |
//! | `keys` | when an API key was last used |
//! | `members` | joining a shop, its owners, and the members' emails and names in it |

mod keys;
pub mod ledger;
pub mod limits;
mod members;
mod removals;
mod shops;

pub(in crate::tenancy) use keys::note_key_use;
pub use members::{erase_person, join, update_person_everywhere};
pub(in crate::tenancy) use members::{has_owner, make_owner};
pub use removals::{lift_removal, lift_removal_of, record_removal, was_removed, was_removed_since};
pub(in crate::tenancy) use shops::id_of;
pub use shops::{
    FleetState, RegistryError, Shop, ShopChanges, active_by_slug, find, fleet_state, id_in_path, list_of,
    lock_and_find, membership_by_name, permit, require_factor, role_in, update,
};
