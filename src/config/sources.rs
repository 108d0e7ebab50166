//! Where settings come from: built-in defaults, then `Rocket.toml`, then the environment. Later ones win.

use rocket::figment::error::Kind;
use rocket::figment::providers::{Env, Format, Serialized, Toml};
use rocket::figment::{self, Figment, Profile, Source};

use super::error::ConfigError;
use super::settings::Settings;

/// The table of our own settings in `Rocket.toml`.
pub(super) const TABLE: &str = "shophouse";

/// Variables that are not part of [`Settings`]: they contain secrets and are read with [`variable`].
const READ_SEPARATELY: [&str; 4] = ["secret", "verifying_secrets", "migration_url", "smtp_url"];

/// All settings, ours and Rocket's. `Rocket.toml` is optional.
pub(super) fn figment() -> Figment {
    Figment::from(rocket_defaults())
        .merge(Toml::file(Env::var_or("ROCKET_CONFIG", "Rocket.toml")).nested())
        .merge(Env::prefixed("ROCKET_").ignore(&["PROFILE", "CONFIG"]).global())
        .merge(
            Env::prefixed("SHOPHOUSE_")
                .ignore(&READ_SEPARATELY)
                .map(|key| format!("{TABLE}.{key}").into())
                .global(),
        )
        .select(Profile::from_env_or("ROCKET_PROFILE", "default"))
}

/// An environment variable; none when it is empty.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Names the setting as the operator wrote it: the variable, or the key and the file.
pub(super) fn unreadable(errors: figment::Error) -> ConfigError {
    let named = |error: figment::Error| {
        let file = match error.metadata.as_ref().and_then(|metadata| metadata.source.as_ref()) {
            Some(source @ Source::File(_)) => Some(source),
            _ => None,
        };
        let mut key = error.path.iter().find(|part| *part != TABLE).map_or("", String::as_str);
        let is_ours = error.path.iter().any(|part| part == TABLE);
        if let (true, "", Kind::UnknownField(name, _)) = (is_ours, key, &error.kind) {
            key = name;
        }
        let prefix = if is_ours { "SHOPHOUSE_" } else { "ROCKET_" };
        let place = match (file, key) {
            // The whole file cannot be read.
            (Some(file), "") => file.to_string(),
            // The message names the setting.
            (None, "") => return error.kind.to_string(),
            (Some(file), key) => format!("{key} in {file}"),
            (None, key) => format!("{prefix}{}", key.to_uppercase()),
        };
        format!("{place}: {}", error.kind)
    };
    ConfigError::Value(errors.into_iter().map(named).collect::<Vec<_>>().join("; "))
}

fn rocket_defaults() -> Figment {
    Figment::from(Serialized::defaults(rocket::Config::default()))
        // Rocket's log would contain request bodies; we write our own log.
        .merge(("log_level", "off"))
        // A client could send any value in the header. http/request/client.rs finds the client's address.
        .merge(("ip_header", false))
        .merge(("ident", false))
        // Rocket listens for signals only after its liftoff; see cli/stop.rs.
        .merge(("shutdown.ctrlc", false))
        .merge(("shutdown.signals", [""; 0]))
        // Not as tuples: those are global and would override the file.
        .merge(Serialized::default("shutdown.grace", 8))
        .merge(Serialized::default("shutdown.mercy", 2))
        .merge(Serialized::default(TABLE, Settings::default()))
}
