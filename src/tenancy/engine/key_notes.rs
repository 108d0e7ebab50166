//! Noting behind a request that its API key was used.

use std::time::Instant;

use rocket::tokio;

use crate::database::Party;
use crate::tenancy::{TenancyError, registry};

use super::classes::Class;
use super::tenancy::Tenancy;

impl Tenancy {
    /// Notes that a key was let in.
    pub(super) fn note_key_use(&self, hash: [u8; 32]) {
        if !self.key_uses.is_due(hash, Instant::now()) {
            return;
        }
        // A transaction of its own, which the request is not charged for, and which writes also when the request only reads.
        let web = self.pools.of(Class::Interactive).clone();
        let party = Party::without_home(hash.iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte)));
        let engine = Self { web, only_reads: false, ..self.clone() }.for_party(party);
        tokio::spawn(async move {
            let noted: Result<(), TenancyError> =
                engine.in_public(move |conn| registry::note_key_use(conn, &hash)).await;
            // Expected while the database takes no changes, and once a minute for each key.
            if let Err(error) = noted {
                tracing::debug!(%error, "the use of an API key was not noted");
            }
        });
    }
}
