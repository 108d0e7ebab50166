//! The settings of mail.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::mail::{MailOptions, Prepare};

use super::error::ConfigError;

/// The settings of mail that are not secret.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct MailSettings {
    /// The sender's address.
    mail_from: Option<String>,
    /// The folder of the operator's templates.
    mail_templates: Option<PathBuf>,
    /// Where links in messages lead: the front end.
    public_url: Option<String>,
}

/// The sender's address in files: nobody receives them.
const NOBODY: &str = "Shophouse <shophouse@localhost>";

impl MailSettings {
    pub(super) fn check(&self, has_server: bool) -> Result<(), ConfigError> {
        if has_server && self.mail_from.is_none() {
            let missing =
                "SHOPHOUSE_SMTP_URL needs SHOPHOUSE_MAIL_FROM too: the address that messages come from";
            return Err(ConfigError::Bounds(missing.to_owned()));
        }
        let is_url = |url: &str| {
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(['#', '?', '"', '<', '>', ' ']))
        };
        match &self.public_url {
            Some(url) if !is_url(url) => Err(ConfigError::Bounds(format!(
                "public_url is {url}, but must be a URL such as https://shop.example.com, without ? and #"
            ))),
            _ => Ok(()),
        }
    }

    /// What sending needs. Without a mail server, messages become files below `data_dir`.
    pub(super) fn options(
        &self,
        server: Option<SecretString>,
        data_dir: &Path,
        prepare: Prepare,
    ) -> MailOptions {
        MailOptions {
            server,
            folder: data_dir.join("mail"),
            from: self.mail_from.clone().unwrap_or_else(|| NOBODY.to_owned()),
            templates: self.mail_templates.clone(),
            public_url: self.public_url.clone(),
            prepare,
        }
    }
}
