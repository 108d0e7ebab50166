//! The list of what can happen.

use std::fmt;
use std::str::FromStr;

/// A word that is no event.
#[derive(Debug, thiserror::Error)]
#[error("there is no event {0:?}")]
pub struct UnknownEvent(pub String);

/// Makes the enum, and the word for each of its values.
macro_rules! events {
    ($($name:ident = $word:literal,)+) => {
        /// Something that happened. The words stand in the log and in the database: add some, and change none.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        #[allow(missing_docs, reason = "the words say it")]
        pub enum Event {
            $($name,)+
        }

        impl Event {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Its word.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }
        }
    };
}

events! {
    // Accounts and signing in.
    Registered = "registered",
    SignedIn = "signed_in",
    SignInFailed = "sign_in_failed",
    RefreshTokenReused = "refresh_token_reused",
    Logout = "logout",
    SessionEnded = "session_ended",
    ProfileChanged = "profile_changed",
    EmailChangeAsked = "email_change_asked",
    EmailChanged = "email_changed",
    EmailVerified = "email_verified",
    EmailLost = "email_lost",
    Erased = "erased",
    ErasureFailed = "erasure_failed",
    // Passwords.
    ResetTokenMade = "reset_token_made",
    PasswordReset = "password_reset",
    PasswordResetFailed = "password_reset_failed",
    PasswordChanged = "password_changed",
    PasswordChangeFailed = "password_change_failed",
    ReauthenticationFailed = "reauthentication_failed",
    // The second factor.
    FactorBegun = "factor_begun",
    FactorAdded = "factor_added",
    FactorRemoved = "factor_removed",
    FactorFailed = "factor_failed",
    FactorReset = "factor_reset",
    RecoveryCodesMade = "recovery_codes_made",
    // API keys.
    KeyCreated = "key_created",
    KeyRotated = "key_rotated",
    KeyRevoked = "key_revoked",
    // Members of a shop.
    MemberInvited = "member_invited",
    InvitationResent = "invitation_resent",
    InvitationRevoked = "invitation_revoked",
    InvitationAccepted = "invitation_accepted",
    InvitationDeclined = "invitation_declined",
    MemberJoined = "member_joined",
    RoleChanged = "role_changed",
    RoleOffered = "role_offered",
    RoleAccepted = "role_accepted",
    MemberRemoved = "member_removed",
    MemberLeft = "member_left",
    OwnerMade = "owner_made",
    // Shops.
    ShopOpened = "shop_opened",
    ShopImported = "shop_imported",
    ShopSuspended = "shop_suspended",
    ShopResumed = "shop_resumed",
    ShopDeleted = "shop_deleted",
    ShopRestored = "shop_restored",
    ShopErased = "shop_erased",
    LimitsChanged = "limits_changed",
    SecondFactorRequired = "second_factor_required",
    SecondFactorNotRequired = "second_factor_not_required",
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Event {
    type Err = UnknownEvent;

    fn from_str(text: &str) -> Result<Self, UnknownEvent> {
        let found = Self::ALL.iter().find(|event| event.as_str() == text);
        found.copied().ok_or_else(|| UnknownEvent(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_a_word_of_its_own() {
        for event in Event::ALL {
            assert_eq!(event.as_str().parse::<Event>().unwrap(), *event);
        }
        assert!("key_used".parse::<Event>().is_err(), "each request of a key would be a row");
    }
}
