//! The messages, and what each says.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// A message to one address. The name of a variant in snake case is the name of its two templates.
///
/// There is no `Debug`: a message may hold a token. The text of a message must not come from a stranger, who would use it to
/// advertise: a message to an address that is not proved has no name in it, for whoever registers chooses it.
#[derive(Clone, Serialize)]
#[serde(tag = "template", content = "contents", rename_all = "snake_case")]
pub enum Message {
    /// To a new address of somebody who registers: the token proves it.
    VerifyRegistration {
        /// In plain text.
        token: String,
        /// When the token ends.
        expires_at: DateTime<Utc>,
    },
    /// To a new address of a user who changes it: the token proves it.
    VerifyChange {
        /// In plain text.
        token: String,
        /// When the token ends.
        expires_at: DateTime<Utc>,
    },
    /// To a user's address, with which somebody tried to register, or to which somebody tried to change.
    AddressTaken {},
    /// To a user who may set a new password with the token.
    ResetPassword {
        /// In plain text.
        token: String,
        /// When the token ends.
        expires_at: DateTime<Utc>,
    },
    /// To whoever has forgotten a password, a user or not. The sender makes it a [`Message::ResetPassword`], or nothing. So whoever asks learns nothing, and the token is never stored in plain text.
    PasswordForgotten {},
    /// To whoever is invited to a shop.
    Invitation {
        /// In plain text.
        token: String,
        /// When the invitation ends.
        expires_at: DateTime<Utc>,
        /// The name of the shop.
        shop: String,
        /// The role: `owner`, `staff` or `customer`.
        role: String,
    },
    /// To a user whose password was changed or reset.
    PasswordChanged {},
    /// To the former address of a user.
    AddressChanged {
        /// The new one.
        new_address: String,
    },
    /// To a user whose second factor was removed.
    SecondFactorRemoved {},
}

/// A message without a token is worth sending for so long.
const WORTH_SENDING: TimeDelta = TimeDelta::days(3);
/// Whoever forgot a password either still waits, or has asked again.
const WORTH_RESETTING: TimeDelta = TimeDelta::hours(12);

impl Message {
    /// When it is not worth sending any more.
    pub(super) fn give_up_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::VerifyRegistration { expires_at, .. }
            | Self::VerifyChange { expires_at, .. }
            | Self::ResetPassword { expires_at, .. }
            | Self::Invitation { expires_at, .. } => (*expires_at).min(now + WORTH_SENDING),
            Self::PasswordForgotten {} => now + WORTH_RESETTING,
            Self::AddressTaken {}
            | Self::PasswordChanged {}
            | Self::AddressChanged { .. }
            | Self::SecondFactorRemoved {} => now + WORTH_SENDING,
        }
    }

    /// The name of [`Message::PasswordForgotten`], which has no templates.
    pub(super) const FORGOTTEN: &str = "password_forgotten";

    /// The name of its templates, and what it says.
    pub(super) fn parts(&self) -> serde_json::Result<(String, serde_json::Value)> {
        #[derive(Deserialize)]
        struct Parts {
            template: String,
            contents: serde_json::Value,
        }
        let Parts { template, contents } = serde_json::from_value(serde_json::to_value(self)?)?;
        Ok((template, contents))
    }

    /// One of each, to try the templates with.
    pub(super) fn examples() -> [Self; 9] {
        let (token, expires_at) = (String::from("token"), DateTime::UNIX_EPOCH);
        [
            Self::VerifyRegistration { token: token.clone(), expires_at },
            Self::VerifyChange { token: token.clone(), expires_at },
            Self::AddressTaken {},
            Self::ResetPassword { token: token.clone(), expires_at },
            Self::PasswordForgotten {},
            Self::Invitation { token, expires_at, shop: "The Loft".to_owned(), role: "staff".to_owned() },
            Self::PasswordChanged {},
            Self::AddressChanged { new_address: "ada@example.org".to_owned() },
            Self::SecondFactorRemoved {},
        ]
    }
}
