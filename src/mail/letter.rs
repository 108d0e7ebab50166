//! A letter: a message as a mail server takes it.

use chrono::Utc;
use lettre::address::Envelope;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message as Mime};
use uuid::Uuid;

use super::templates::Wording;

/// A message that is ready to be sent.
pub(super) struct Letter {
    id: Uuid,
    template: String,
    envelope: Envelope,
    bytes: Vec<u8>,
}

/// RFC 3834: nothing shall answer by itself.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Letter {
    /// A letter. Its Message-ID is that of the row: a second copy of it can be recognised.
    ///
    /// # Errors
    /// When mail cannot be sent to this address.
    pub fn new(
        id: Uuid,
        template: &str,
        from: &Mailbox,
        to: &str,
        wording: Wording,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let to: Address = to.parse()?;
        let Wording { subject, text, html } = wording;
        let message = Mime::builder()
            .from(from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .message_id(Some(format!("<{id}@{}>", from.email.domain())))
            .date(Utc::now().into())
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(text, html))?;
        let (envelope, bytes) = (message.envelope().clone(), message.formatted());
        Ok(Self { id, template: template.to_owned(), envelope, bytes })
    }

    pub fn id(&self) -> Uuid {
        self.id
    }

    pub fn template(&self) -> &str {
        &self.template
    }

    pub fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}
