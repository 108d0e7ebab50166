//! Connection strings, which hold passwords and so never print.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// A libpq connection string, as `postgresql://…` or as `key=value` pairs.
#[derive(Clone)]
pub struct DatabaseUrl(SecretString);

impl DatabaseUrl {
    /// Takes the string as given, except that a server certificate that is to be verified without
    /// a stated root is held against the system's own: the OpenSSL that is built in does not know where
    /// the system keeps them.
    pub fn new(text: impl Into<String>) -> Self {
        let text: String = text.into();
        let verifies = text.contains("sslmode=verify-full") || text.contains("sslmode=verify-ca");
        if !verifies || text.contains("sslrootcert=") {
            return Self(text.into());
        }
        match openssl_probe::probe().cert_file {
            Some(roots) => Self(with_parameter(&text, "sslrootcert", &roots.to_string_lossy()).into()),
            None => Self(text.into()),
        }
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

fn with_parameter(text: &str, key: &str, value: &str) -> String {
    if !text.contains("://") {
        let quoted = value.replace('\\', r"\\").replace('\'', r"\'");
        return format!("{text} {key}='{quoted}'");
    }
    let separator = if text.contains('?') { '&' } else { '?' };
    format!("{text}{separator}{key}={}", value.replace('%', "%25").replace('&', "%26"))
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DatabaseUrl([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_never_prints_its_password() {
        let url = DatabaseUrl::new("postgresql://me:hunter2@localhost/shop");
        assert!(!format!("{url:?}").contains("hunter2"));
        assert!(url.expose().contains("hunter2"));
    }

    #[test]
    fn a_root_certificate_is_added_in_either_notation() {
        assert_eq!(with_parameter("host=a", "sslrootcert", "/c a"), "host=a sslrootcert='/c a'");
        assert_eq!(with_parameter("postgresql://a/b", "k", "/c"), "postgresql://a/b?k=/c");
        assert_eq!(with_parameter("postgresql://a/b?x=1", "k", "/c"), "postgresql://a/b?x=1&k=/c");
    }

    #[test]
    fn a_stated_root_certificate_is_left_alone() {
        let url = DatabaseUrl::new("host=a sslmode=verify-full sslrootcert=/mine");
        assert_eq!(url.expose(), "host=a sslmode=verify-full sslrootcert=/mine");
    }
}
