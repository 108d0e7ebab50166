//! Connection strings, which hold passwords and so never print.

use std::fmt;

use rocket::http::RawStr;
use secrecy::{ExposeSecret, SecretString};

/// The settings by which a connection over a network notices that its other end is gone: a server that lost its
/// power, or a firewall that forgot the connection, closes nothing. By default the system waits a quarter of an hour for
/// the confirmation of what it has sent, and two hours for what it is to receive, and libpq waits for ever for the first
/// answer. Unix sockets ignore these settings.
const NETWORK_LIMITS: [(&str, &str); 5] = [
    // Seconds.
    ("connect_timeout", "5"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "3"),
    // Milliseconds.
    ("tcp_user_timeout", "15000"),
];

/// The setting that only a session has which was opened for this client: poolers refuse it, or leave it out.
pub(super) const OWN_SESSION: &str = "shophouse.own_session";

/// A libpq connection string, as `postgresql://…` or as `key=value` pairs.
#[derive(Clone)]
pub struct DatabaseUrl(SecretString);

impl DatabaseUrl {
    /// Takes the string as given, except that a server certificate that is to be verified without
    /// a stated root is checked against the system's own roots: the OpenSSL that is built in does not know where
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

    /// The same for one of PostgreSQL's programs, with options for its sessions. The password is returned apart.
    pub fn for_program(&self, options: &str) -> ProgramUrl {
        let (text, password) = without_password(self.expose());
        ProgramUrl { text: with_parameter(&text, "options", options), password: password.map(Into::into) }
    }

    /// The string to connect with: the parameters of [`NETWORK_LIMITS`] are added, each unless the string has it already.
    pub(super) fn for_pool(&self) -> String {
        let missing = NETWORK_LIMITS.iter().filter(|(key, _)| !self.expose().contains(&format!("{key}=")));
        missing.fold(self.expose().to_owned(), |text, (key, value)| with_parameter(&text, key, value))
    }

    /// The same, with a setting that only a session of the client's own has.
    pub(super) fn for_own_session(&self) -> String {
        with_parameter(&self.for_pool(), "options", &format!("-c {OWN_SESSION}=yes"))
    }

    /// Whether the operator may have given the sessions options, which [`DatabaseUrl::for_own_session`] replaces.
    pub(super) fn may_have_options(&self) -> bool {
        ["options", "service"].iter().any(|key| self.expose().contains(key))
            || ["PGOPTIONS", "PGSERVICE"].iter().any(|name| std::env::var_os(name).is_some())
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// A connection string that may be put in a command line, which every user of the machine can read.
pub struct ProgramUrl {
    /// The string, without a password.
    pub text: String,
    /// The password, for the environment.
    pub password: Option<SecretString>,
}

/// Takes the password out of a connection string.
fn without_password(text: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = text.split_once("://") else {
        return without_password_pair(text);
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, mut rest) = (&rest[..end], rest[end..].to_owned());
    let (mut authority, mut password) = (authority.to_owned(), None);
    if let Some((who, host)) = authority.clone().rsplit_once('@')
        && let Some((user, hidden)) = who.split_once(':')
    {
        authority = format!("{user}@{host}");
        password = Some(decoded(hidden));
    }
    if let Some((path, query)) = rest.clone().split_once('?') {
        let (hidden, kept): (Vec<&str>, Vec<&str>) =
            query.split('&').partition(|pair| pair.starts_with("password="));
        password =
            hidden.last().and_then(|pair| pair.split_once('=')).map(|pair| decoded(pair.1)).or(password);
        rest = if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) };
    }
    (format!("{scheme}://{authority}{rest}"), password)
}

fn decoded(text: &str) -> String {
    RawStr::new(text).percent_decode_lossy().into_owned()
}

/// The same for `key=value` pairs, whose values may stand in quotes.
fn without_password_pair(text: &str) -> (String, Option<String>) {
    let (mut kept, mut password) = (String::new(), None);
    let mut chars = text.trim_start().chars().peekable();
    while chars.peek().is_some() {
        let mut pair = String::new();
        let (mut value, mut in_value, mut quoted) = (String::new(), false, false);
        while let Some(char) = chars.next() {
            if char.is_whitespace() && in_value && !quoted && !value.is_empty() {
                break;
            }
            pair.push(char);
            match char {
                '=' if !in_value => in_value = true,
                '\\' if in_value => {
                    pair.extend(chars.peek());
                    value.extend(chars.next());
                }
                '\'' if in_value && quoted => break,
                '\'' if in_value && value.is_empty() => quoted = true,
                char if in_value && (quoted || !char.is_whitespace()) => value.push(char),
                _ => {}
            }
        }
        if pair.split('=').next().is_some_and(|key| key.trim() == "password") {
            password = Some(value);
        } else {
            kept = format!("{kept}{} ", pair.trim());
        }
        while chars.next_if(|char| char.is_whitespace()).is_some() {}
    }
    (kept.trim_end().to_owned(), password)
}

fn with_parameter(text: &str, key: &str, value: &str) -> String {
    if !text.contains("://") {
        let quoted = value.replace('\\', r"\\").replace('\'', r"\'");
        return format!("{text} {key}='{quoted}'");
    }
    let separator = if text.contains('?') { '&' } else { '?' };
    format!("{text}{separator}{key}={}", encoded(value))
}

/// Percent-encodes all characters but those that need no encoding.
fn encoded(value: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' | b',' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    value.bytes().map(encode).collect()
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
    fn a_password_never_stands_in_a_command_line() {
        let split = |text: &str| without_password(text);
        let url = |text: &str, password: Option<&str>| (text.to_owned(), password.map(str::to_owned));
        assert_eq!(split("postgres://a:b%40c@h:1/d?x=1"), url("postgres://a@h:1/d?x=1", Some("b@c")));
        assert_eq!(split("postgres://a@h/d?password=p%20q&x=1"), url("postgres://a@h/d?x=1", Some("p q")));
        assert_eq!(split("postgres://a:b@h?password=p"), url("postgres://a@h", Some("p")));
        assert_eq!(split("postgres:///d?host=/tmp"), url("postgres:///d?host=/tmp", None));
        assert_eq!(split("user=a password=b host=/c"), url("user=a host=/c", Some("b")));
        assert_eq!(
            split(r"user='a b' password = 'it\'s \\ x' dbname=d"),
            url("user='a b' dbname=d", Some(r"it's \ x"))
        );
        assert_eq!(split("host='/a b' user=a"), url("host='/a b' user=a", None));
        assert_eq!(split("password='' user=a"), url("user=a", Some("")));
    }

    #[test]
    fn options_for_a_program_are_added_in_either_notation() {
        let text = |url: &str| DatabaseUrl::new(url).for_program("-c a=b,c").text;
        assert_eq!(text("postgres://a@h/d"), "postgres://a@h/d?options=-c%20a%3Db,c");
        assert_eq!(text("host=h"), "host=h options='-c a=b,c'");
    }

    #[test]
    fn a_dead_peer_is_noticed_unless_stated_otherwise() {
        let given = DatabaseUrl::new("postgres://a@h/d?connect_timeout=30&keepalives_count=1");
        assert_eq!(
            given.for_pool(),
            "postgres://a@h/d?connect_timeout=30&keepalives_count=1&keepalives_idle=10&keepalives_interval=5&\
             tcp_user_timeout=15000"
        );
        assert!(
            DatabaseUrl::new("host=h")
                .for_pool()
                .starts_with("host=h connect_timeout='5' keepalives_idle='10'")
        );
    }

    #[test]
    fn a_session_of_its_own_has_a_setting_that_no_other_has() {
        let url = DatabaseUrl::new("postgres://a@h/d").for_own_session();
        assert!(url.ends_with("&options=-c%20shophouse.own_session%3Dyes"), "{url}");
    }

    #[test]
    fn a_stated_root_certificate_is_left_alone() {
        let url = DatabaseUrl::new("host=a sslmode=verify-full sslrootcert=/mine");
        assert_eq!(url.expose(), "host=a sslmode=verify-full sslrootcert=/mine");
    }
}
