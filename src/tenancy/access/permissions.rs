//! Who may do what with a shop and its people: the table of roles, read from top to bottom.
//!
//! Routes inside a shop say it in their signature, `Tenant<Staff>`; these acts stand outside one.

use crate::tenancy::shop::Role;

/// The caller's role does not allow the act.
#[derive(Debug, thiserror::Error)]
#[error("the role does not allow this")]
pub struct NotAllowed;

/// Something that a member does with a shop.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Action {
    /// Looks at the shop's entry.
    ReadShop,
    /// Changes its name, slug or description.
    ChangeShop,
    /// Closes it, to be erased after its days of grace.
    DeleteShop,
    /// Brings it back until then.
    RestoreShop,
    /// Looks at who belongs to it.
    ListMembers,
    /// Makes somebody a member, or invites somebody.
    AddMember,
    /// Gives a member another role.
    ChangeRole,
    /// Takes somebody else's membership away.
    RemoveMember,
    /// Gives up one's own membership.
    Leave,
}

impl Action {
    /// The least role that may.
    pub const fn least(self) -> Role {
        match self {
            Self::ReadShop | Self::Leave => Role::Customer,
            Self::ChangeShop
            | Self::DeleteShop
            | Self::RestoreShop
            | Self::ListMembers
            | Self::AddMember
            | Self::ChangeRole
            | Self::RemoveMember => Role::Owner,
        }
    }

    /// Whether a member with this role may.
    ///
    /// # Errors
    /// [`NotAllowed`].
    pub fn check(self, role: Role) -> Result<(), NotAllowed> {
        if role >= self.least() { Ok(()) } else { Err(NotAllowed) }
    }
}
