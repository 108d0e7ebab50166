//! What can be wrong with the configuration.

/// What is wrong with the configuration. The message names the setting.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A setting is unknown, or its value has the wrong type.
    #[error("configuration: {0}")]
    Value(String),
    /// A value is not allowed.
    #[error("configuration: {0}")]
    Bounds(String),
}
