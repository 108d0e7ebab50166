//! Handing a message over: to a mail server, or without one to a file.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::transport::smtp;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use rocket::tokio::time;
use secrecy::{ExposeSecret, SecretString};

use super::letter::Letter;

/// How long one message may take. RFC 5321, section 4.5.3.2, wants patience: a client that gives up while the server accepts the
/// message sends it a second time.
pub(super) const PATIENCE: Duration = Duration::from_mins(5);
/// How long the server may be silent.
const SILENCE: Duration = Duration::from_mins(2);

/// Where messages go.
pub(super) enum Delivery {
    /// To a mail server.
    Server(Box<AsyncSmtpTransport<Tokio1Executor>>),
    /// Into files of this folder.
    Folder(PathBuf),
}

/// Why a message was not handed over.
#[derive(Debug)]
pub(super) struct Failure {
    /// The server will never take this message.
    pub is_permanent: bool,
    /// The server takes no message now.
    pub is_general: bool,
    /// For the operator: it may quote the message.
    pub text: String,
    /// For the log: it quotes nothing that came from a client.
    pub for_log: String,
}

/// The URL is none of a mail server.
#[derive(Debug, thiserror::Error)]
#[error(
    "SHOPHOUSE_SMTP_URL is not understood; examples: smtps://user:password@mail.example.com, \
     smtp://user:password@mail.example.com:587 (with STARTTLS), smtp://127.0.0.1:1025?tls=none"
)]
pub struct BadServer;

impl Delivery {
    /// To the mail server with this URL. `smtp` asks for TLS too (STARTTLS), and sends nothing without; `?tls=none` says that there is
    /// none.
    pub(super) fn to_server(url: &SecretString) -> Result<Self, BadServer> {
        let url = url.expose_secret();
        let (plain, tls) = match url.split_once('?') {
            None => (url, None),
            Some((plain, query)) => (plain, Some(query.strip_prefix("tls=").ok_or(BadServer)?)),
        };
        let url = match (plain.split_once("://").ok_or(BadServer)?.0, tls) {
            ("smtps", None) | ("smtp", Some("none")) => plain.to_owned(),
            ("smtp", None | Some("required")) => format!("{plain}?tls=required"),
            _ => return Err(BadServer),
        };
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&url).map_err(|_| BadServer)?;
        Ok(Self::Server(Box::new(builder.timeout(Some(SILENCE)).build())))
    }

    /// Hands a letter over.
    pub(super) async fn hand_over(&self, letter: &Letter) -> Result<(), Failure> {
        match self {
            Self::Server(server) => {
                let sending = server.send_raw(letter.envelope(), letter.bytes());
                match time::timeout(PATIENCE, sending).await {
                    Ok(sent) => sent.map(drop).map_err(Failure::of_server),
                    Err(_) => Err(Failure::passing("the mail server took too long".to_owned())),
                }
            }
            Self::Folder(folder) => {
                let path = folder.join(format!("{}.eml", letter.id()));
                write(folder, &path, letter.bytes())
                    .map_err(|error| Failure::passing(format!("{}: {error}", path.display())))?;
                let (path, template) = (path.display(), letter.template());
                tracing::info!(%path, template, "there is no mail server: a message was written to a file");
                Ok(())
            }
        }
    }
}

impl Failure {
    /// It is tried again. The text quotes nothing that came from a client.
    pub(super) fn passing(text: String) -> Self {
        Self { is_permanent: false, is_general: true, for_log: text.clone(), text }
    }

    /// The message is not one that can be sent.
    pub(super) fn of_message(text: String) -> Self {
        let for_log = "the message cannot be sent".to_owned();
        Self { is_permanent: true, is_general: false, text, for_log }
    }

    fn of_server(error: smtp::Error) -> Self {
        let text = error.to_string();
        let Some(code) = error.status() else {
            // What the server said may quote the message.
            let quotes = error.is_response();
            let for_log = if quotes { "the mail server was not understood".to_owned() } else { text.clone() };
            return Self { is_permanent: false, is_general: true, text, for_log };
        };
        let code = u16::from(code);
        // 530 to 539 are about the login (RFC 4954), 421 ends the connection: all messages fail then.
        let is_general = code == 421 || (530..540).contains(&code);
        let is_permanent = error.is_permanent() && !is_general;
        Self { is_permanent, is_general, text, for_log: format!("the mail server answered {code}") }
    }
}

/// Written to a draft and renamed: nobody sees a part of it. Only the owner may read it, for it may have a token.
fn write(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let draft = path.with_extension("draft");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&draft, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_without_encryption_has_to_be_asked_for() {
        let is_good = |url: &str| Delivery::to_server(&url.into()).is_ok();
        for good in
            ["smtps://a:b@mail.example.com", "smtp://mail.example.com", "smtp://127.0.0.1:1025?tls=none"]
        {
            assert!(is_good(good), "{good}");
        }
        for bad in
            ["mail.example.com", "http://a", "smtp://a?tls=opportunistic", "smtps://a?tls=none", "smtp://"]
        {
            assert!(!is_good(bad), "{bad}");
        }
    }
}
