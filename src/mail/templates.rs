//! How messages are worded: two templates for each, in the language of Jinja. What stands in an HTML template is escaped.
//!
//! The operator replaces a template with a file of the same name. The first line of a text template is the subject.

use std::fs;
use std::io;
use std::path::Path;

use chrono::{DateTime, Utc};
use minijinja::{Environment, UndefinedBehavior, Value};
use serde_json::json;

use super::message::Message;

/// The built-in templates, by the names of their files.
macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        const BUILT_IN: &[(&str, &str)] = &[
            ("layout.html", include_str!("templates/layout.html")),
            $(
                (concat!($name, ".txt"), include_str!(concat!("templates/", $name, ".txt"))),
                (concat!($name, ".html"), include_str!(concat!("templates/", $name, ".html"))),
            )*
        ];
    };
}
built_in![
    "verify_registration",
    "verify_change",
    "address_taken",
    "reset_password",
    "invitation",
    "password_changed",
    "address_changed",
    "second_factor_removed",
];

/// A template is missing or wrong.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The file cannot be read.
    #[error("the template {0}: {1}")]
    Unreadable(String, io::Error),
    /// Jinja refuses it, or it uses a value that the message does not have.
    #[error("the template {0}: {1}")]
    Wrong(String, minijinja::Error),
    /// What a message says is not JSON.
    #[error(transparent)]
    Contents(#[from] serde_json::Error),
    /// The folder has a file that replaces no template.
    #[error("{0} in the folder of the templates is the name of no template")]
    Unknown(String),
}

/// A message as it is sent.
#[derive(Clone, Eq, PartialEq)]
pub struct Wording {
    /// One line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// All templates.
pub struct Templates {
    environment: Environment<'static>,
    public_url: Option<String>,
}

impl Templates {
    /// The built-in templates, and those of the folder in their place. Links begin with `public_url`; without one there are none.
    ///
    /// # Errors
    /// [`TemplateError`], also if a template cannot be used for its message.
    pub fn new(folder: Option<&Path>, public_url: Option<&str>) -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.add_filter("moment", moment);
        if let Some(folder) = folder {
            refuse_unknown(folder)?;
        }
        for &(name, built_in) in BUILT_IN {
            let source = match folder.map(|folder| fs::read_to_string(folder.join(name))) {
                None => built_in.to_owned(),
                Some(Err(error)) if error.kind() == io::ErrorKind::NotFound => built_in.to_owned(),
                Some(read) => read.map_err(|error| TemplateError::Unreadable(name.to_owned(), error))?,
            };
            add(&mut environment, name, &source)?;
        }
        let public_url = public_url.map(|url| url.trim_end_matches('/').to_owned());
        let templates = Self { environment, public_url };
        templates.try_all()?;
        Ok(templates)
    }

    /// Words a message. `contents` is what the outbox has of it.
    ///
    /// # Errors
    /// [`TemplateError::Wrong`].
    pub fn word(
        &self,
        template: &str,
        contents: &serde_json::Value,
        to: &str,
        time: DateTime<Utc>,
    ) -> Result<Wording, TemplateError> {
        let mut values = contents.clone();
        if let Some(values) = values.as_object_mut() {
            values.insert("to".to_owned(), json!(to));
            values.insert("time".to_owned(), json!(time));
            values.insert("public_url".to_owned(), json!(self.public_url));
        }
        let values = Value::from_serialize(&values);
        let render = |name: String| {
            let rendered = self.environment.get_template(&name).and_then(|it| it.render(&values));
            rendered.map_err(|error| TemplateError::Wrong(name, error))
        };
        Ok(Wording {
            subject: on_one_line(&render(format!("{template}{SUBJECT}"))?),
            text: render(format!("{template}{TEXT}"))?,
            html: render(format!("{template}{HTML}"))?,
        })
    }

    /// Words an example of each message.
    fn try_all(&self) -> Result<(), TemplateError> {
        for message in Message::examples() {
            let (template, contents) = message.parts()?;
            if template != Message::FORGOTTEN {
                self.word(&template, &contents, "ada@example.com", Utc::now())?;
            }
        }
        Ok(())
    }
}

const SUBJECT: &str = ".subject";
const TEXT: &str = ".txt";
const HTML: &str = ".html";

/// Adds a template; of a text, its subject is one of its own. So no value can end the subject.
fn add(environment: &mut Environment<'static>, name: &str, source: &str) -> Result<(), TemplateError> {
    let mut add = |name: String, source: &str| {
        let added = environment.add_template_owned(name.clone(), source.to_owned());
        added.map_err(|error| TemplateError::Wrong(name, error))
    };
    match name.strip_suffix(TEXT) {
        None => add(name.to_owned(), source),
        Some(template) => {
            let (subject, text) = source.split_once('\n').unwrap_or((source, ""));
            add(format!("{template}{SUBJECT}"), subject.trim())?;
            add(name.to_owned(), text.trim_start())
        }
    }
}

/// Refuses a folder with another template: its author expects that it is used.
fn refuse_unknown(folder: &Path) -> Result<(), TemplateError> {
    let unreadable = |error| TemplateError::Unreadable(folder.display().to_string(), error);
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned();
        let is_template = [TEXT, HTML].iter().any(|end| name.ends_with(end));
        if is_template && !BUILT_IN.iter().any(|(known, _)| *known == name) {
            return Err(TemplateError::Unknown(name));
        }
    }
    Ok(())
}

/// The filter `moment`: a time for people.
fn moment(time: String) -> String {
    let parsed = time.parse::<DateTime<Utc>>();
    parsed.map_or(time, |time| time.format("%-d %B %Y, %H:%M UTC").to_string())
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worded(message: &Message, public_url: Option<&str>) -> Wording {
        let (template, contents) = message.parts().unwrap();
        let templates = Templates::new(None, public_url).unwrap();
        templates.word(&template, &contents, "ada@example.com", DateTime::UNIX_EPOCH).unwrap()
    }

    fn invitation(shop: &str) -> Message {
        let (token, role) = ("the-token".to_owned(), "staff".to_owned());
        Message::Invitation { token, expires_at: DateTime::UNIX_EPOCH, shop: shop.to_owned(), role }
    }

    #[test]
    fn what_others_wrote_is_escaped_in_html_and_ends_no_subject() {
        let wording = worded(&invitation("<b>Loft</b>\r\nBcc: x@y.z"), None);
        assert!(wording.html.contains("&lt;b&gt;Loft&lt;&#x2f;b&gt;"), "{}", wording.html);
        assert!(wording.text.contains("<b>Loft</b>"));
        assert_eq!(wording.subject, "You are invited to <b>Loft</b> Bcc: x@y.z");
    }

    #[test]
    fn a_link_leads_to_the_public_url_and_without_one_there_is_the_code_alone() {
        let with = worded(&invitation("Loft"), Some("https://loft.example/"));
        assert!(with.text.contains("\n  https://loft.example/invitation#token=the-token\n"), "{}", with.text);
        assert!(with.text.contains("\n  the-token\n") && with.text.contains("1 January 1970, 00:00 UTC"));
        let without = worded(&invitation("Loft"), None);
        assert!(!without.html.contains("href") && without.html.contains("<code>the-token</code>"));
    }

    #[test]
    fn the_operator_replaces_a_template_and_a_wrong_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password_changed.txt");
        fs::write(&file, "Geändert\n\nAm {{ time|moment }}.").unwrap();
        let templates = Templates::new(Some(folder.path()), None).unwrap();
        let wording = templates.word("password_changed", &json!({}), "a@b.c", DateTime::UNIX_EPOCH).unwrap();
        assert_eq!(wording.text, "Am 1 January 1970, 00:00 UTC.");
        fs::write(&file, "Subject\n{{ token }}").unwrap();
        assert!(matches!(Templates::new(Some(folder.path()), None), Err(TemplateError::Wrong(..))));
        fs::remove_file(&file).unwrap();
        fs::write(folder.path().join("pasword_changed.txt"), "Subject\n").unwrap();
        assert!(matches!(Templates::new(Some(folder.path()), None), Err(TemplateError::Unknown(_))));
    }
}
