//! What sending needs: where messages go, how they are worded, and whom they are from.

use std::error::Error;
use std::path::PathBuf;

use lettre::message::Mailbox;
use secrecy::SecretString;

use crate::tenancy::OwnerTx;

use super::delivery::{BadServer, Delivery};
use super::message::Message;
use super::templates::{TemplateError, Templates};

/// Makes the message for whoever has forgotten a password, by the address; none if there is no such user.
pub type Prepare = fn(&mut OwnerTx<'_>, &str) -> Result<Option<Message>, Box<dyn Error + Send + Sync>>;

/// How messages are sent.
pub struct MailOptions {
    /// The URL of the mail server. Without one, messages become files.
    pub server: Option<SecretString>,
    /// The folder of these files. It is made when it is needed.
    pub folder: PathBuf,
    /// The sender, such as `The Loft <shop@example.com>`.
    pub from: String,
    /// The folder of templates that replace built-in ones.
    pub templates: Option<PathBuf>,
    /// Where links lead.
    pub public_url: Option<String>,
    /// Makes the message for whoever has forgotten a password.
    pub prepare: Prepare,
}

/// Mail cannot be sent like this.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The URL of the mail server is wrong.
    #[error(transparent)]
    Server(#[from] BadServer),
    /// The address of the sender is wrong.
    #[error("SHOPHOUSE_MAIL_FROM is {0}, but must be an address such as The Loft <loft@shop.example>")]
    From(String),
    /// A template is wrong.
    #[error(transparent)]
    Template(#[from] TemplateError),
}

/// What sending needs.
pub struct Post {
    pub(super) delivery: Delivery,
    pub(super) templates: Templates,
    pub(super) from: Mailbox,
    pub(super) prepare: Prepare,
}

impl Post {
    /// Checks everything but whether the mail server answers.
    ///
    /// # Errors
    /// [`MailError`].
    pub fn new(options: MailOptions) -> Result<Self, MailError> {
        let MailOptions { server, folder, from, templates, public_url, prepare } = options;
        let delivery = match server {
            Some(url) => Delivery::to_server(&url)?,
            None => Delivery::Folder(folder),
        };
        let templates = Templates::new(templates.as_deref(), public_url.as_deref())?;
        let from = from.parse().map_err(|_| MailError::From(from))?;
        Ok(Self { delivery, templates, from, prepare })
    }
}
