//! What a private server is started with.

use std::path::PathBuf;

/// What a private server is started with.
pub struct PrivateOptions {
    /// Where its data, socket and log are.
    pub data_dir: PathBuf,
    /// Where PostgreSQL's programs are. Without it the usual places are searched.
    pub pg_bin: Option<PathBuf>,
    /// No fsync: for tests and throw-away servers only.
    pub unsafe_fast: bool,
    /// PostgreSQL's setting of that name.
    pub max_connections: u32,
}
