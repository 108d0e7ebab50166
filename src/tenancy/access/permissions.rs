//! Permissions: which role may do what with a shop and its members.
//!
//! These actions are on the shop as a whole. Routes inside a shop state the role in their signature: `Tenant<Staff>`.

use crate::tenancy::shop::Role;

/// The caller's role does not allow the action.
#[derive(Debug, thiserror::Error)]
#[error("the role does not allow this")]
pub struct NotAllowed;

/// Something that a member does with a shop as a whole.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Action {
    /// Reads its name, slug, state and so on.
    ReadShop,
    /// Changes its name, slug or description.
    ChangeShop,
    /// Closes it; it is erased after the grace period.
    DeleteShop,
    /// Restores it within the grace period.
    RestoreShop,
    /// Reads who did what in it.
    ReadAudit,
    /// Lists its members.
    ListMembers,
    /// Adds or invites a member.
    AddMember,
    /// Changes the role of a member.
    ChangeRole,
    /// Removes another member.
    RemoveMember,
    /// Ends one's own membership.
    Leave,
}

impl Action {
    /// The lowest role that may do it.
    pub const fn least(self) -> Role {
        match self {
            Self::ReadShop | Self::Leave => Role::Customer,
            Self::ChangeShop
            | Self::DeleteShop
            | Self::RestoreShop
            | Self::ReadAudit
            | Self::ListMembers
            | Self::AddMember
            | Self::ChangeRole
            | Self::RemoveMember => Role::Owner,
        }
    }

    /// Checks that a member with this role may do it.
    ///
    /// # Errors
    /// [`NotAllowed`].
    pub fn check(self, role: Role) -> Result<(), NotAllowed> {
        if role >= self.least() { Ok(()) } else { Err(NotAllowed) }
    }
}
