//! Mail: an outbox in `public`, and sending what is in it.
//!
//! Whatever causes a message writes it into the outbox with [`send`], in its own transaction: the message exists if, and only if,
//! what it tells has happened. A server sends it a moment later.
//!
//! | file | subject |
//! |---|---|
//! | `message` | the messages, and what each says |
//! | `outbox` | the table of messages |
//! | `record` | the table as the operator sees it |
//! | `queue` | taking messages from it, and noting what became of each |
//! | `sender` | sending what is in it, as long as a server runs |
//! | `post` | what sending needs |
//! | `letter` | a message as a mail server takes it |
//! | `delivery` | handing it over |
//! | `templates` | how messages are worded; the operator can replace the built-in templates |
//! | `wake` | telling the sender that there is something to send |

mod delivery;
mod letter;
mod message;
mod outbox;
mod post;
mod queue;
mod record;
mod sender;
mod templates;
mod wake;

pub use message::Message;
pub use outbox::{delete_ended, delete_for, send};
pub use post::{MailError, MailOptions, Post, Prepare};
pub use record::{Record, list, retry};
pub use sender::supervise;
pub use templates::TemplateError;
