//! Mail: an outbox in `public`, and sending what is in it.
//!
//! Whatever causes a message writes it into the outbox with [`send`], in its own transaction: the message exists if, and only if,
//! what it tells has happened. A server sends it a moment later.
//!
//! | file | subject |
//! |---|---|
//! | `message` | the messages, and what each says |
//! | `outbox` | the table of messages |
//! | `templates` | how messages are worded; the operator can replace the built-in templates |
//! | `wake` | telling the sender that there is something to send |

mod message;
mod outbox;
mod templates;
mod wake;

pub use message::Message;
pub use outbox::{delete_ended, delete_for, send};
pub use templates::{Templates, Wording};
