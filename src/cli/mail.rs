//! `shophouse mail …`: the messages that wait, and those that could not be sent.

use clap::{Args, Subcommand};
use uuid::Uuid;

use crate::mail::{self, Record};

use super::installation::Installation;
use super::{BootError, print};

/// See the messages that wait or could not be sent, and try them again
#[derive(Subcommand)]
pub(super) enum Command {
    List(ListArguments),
    Retry(RetryArguments),
}

/// List the messages that wait or could not be sent, the oldest first
///
/// What a message says is not shown: it may have a token.
#[derive(Args)]
#[command(after_help = "Example:\n  shophouse mail list --json | jq '.[].error'")]
pub(super) struct ListArguments {
    /// List also the messages that were sent within the last days
    #[arg(long)]
    sent: bool,
    /// The most messages to list
    #[arg(long, default_value_t = 100, value_name = "NUMBER")]
    limit: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Try messages again at once
///
/// A running server sends them. Failed messages are tried again only by this command.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  shophouse mail retry 0193f1a2-7c3b-7d4e-8f5a-6b7c8d9e0f1a\n  shophouse mail retry --all"
)]
#[group(required = true, multiple = false)]
pub(super) struct RetryArguments {
    /// The id of a message, as `mail list` prints it
    id: Option<Uuid>,
    /// Try all messages again that failed, or that wait after a failure
    #[arg(long)]
    all: bool,
}

pub(super) fn run(command: &Command) -> Result<(), BootError> {
    match command {
        Command::List(arguments) => list(arguments),
        Command::Retry(arguments) => retry(arguments),
    }
}

fn list(arguments: &ListArguments) -> Result<(), BootError> {
    Installation::with(|Installation { tenancy, .. }| {
        let (sent, limit) = (arguments.sent, arguments.limit.into());
        let messages = tenancy.as_operator(|owner| mail::list(owner, sent, limit))?;
        if arguments.json { print::json(&messages) } else { print::text(&as_text(&messages)) }
    })
}

fn as_text(messages: &[Record]) -> String {
    let row = |message: &Record| {
        let next = if message.state == "waiting" { print::time(Some(message.due_at)) } else { String::new() };
        [
            message.id.to_string(),
            print::one_line(&message.recipient),
            message.template.clone(),
            message.state.clone(),
            message.attempts.to_string(),
            next,
            print::one_line(message.error.as_deref().unwrap_or_default()),
        ]
    };
    let rows: Vec<_> = messages.iter().map(row).collect();
    print::table(["ID", "TO", "MESSAGE", "STATE", "TRIED", "NEXT", "ERROR"], &rows)
}

fn retry(arguments: &RetryArguments) -> Result<(), BootError> {
    Installation::with(|Installation { tenancy, .. }| {
        let count = tenancy.as_operator(|owner| mail::retry(owner, arguments.id))?;
        match (count, arguments.id) {
            (0, Some(id)) => Err(BootError::NoSuchMessage(id)),
            _ => print::text(&format!("{count} messages are tried again\n")),
        }
    })
}
