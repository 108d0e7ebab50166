//! Who may do what with a shop and its people: the table of roles, read from top to bottom.
//!
//! Routes inside a shop say it in their signature, `Tenant<Staff>`; these acts stand outside one.

use super::Role;
use super::registry::RegistryError;

/// Something that a member does with a shop.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Act {
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

impl Act {
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
    /// [`RegistryError::NotOwner`].
    pub fn by(self, role: Role) -> Result<(), RegistryError> {
        if role >= self.least() { Ok(()) } else { Err(RegistryError::NotOwner) }
    }
}
