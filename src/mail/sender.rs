//! Sending what is in the outbox, as long as a server runs.
//!
//! A message is handed over at most once at a time, whatever number of instances there is. It is sent twice only if the process dies,
//! or loses the mail server, after that server accepted the message and before this is noted: SMTP has no way to ask. Both copies
//! then have the same Message-ID.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use rocket::tokio::runtime::Runtime;
use rocket::tokio::task::JoinSet;
use rocket::tokio::{select, time};
use serde_json::Value;

use crate::metrics::Mailed;
use crate::tenancy::Tenancy;

use super::delivery::Failure;
use super::letter::Letter;
use super::message::Message;
use super::post::Post;
use super::queue::{self, Outcome, Taken};
use super::wake::woken;

/// How often it looks for what is due: one query, answered by an index.
const PAUSE: Duration = Duration::from_secs(2);
/// After a message was written here, it looks again after this time, and then each time after twice as long.
const SHORT_PAUSE: Duration = Duration::from_millis(20);
/// How long it waits after the database or the mail server failed.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(15);
/// How often it checks whether it has to stop.
const POLL: Duration = Duration::from_millis(250);
/// How long it waits for messages that are being sent, when it has to stop.
const LAST_PATIENCE: Duration = Duration::from_secs(5);
/// How often waiting messages are counted.
const COUNT_PAUSE: Duration = Duration::from_secs(30);
/// The most messages that are being sent at a time.
const AT_A_TIME: usize = 8;
/// The most characters that are kept of an error.
const MOST_OF_ERROR: usize = 500;
/// How often it tries to note what became of a message.
const NOTE_TRIES: u32 = 60;

/// Sends what is in the outbox, until `stopped` returns true. Runs on a thread of its own.
pub fn supervise(tenancy: &Tenancy, post: Post, runtime: &Runtime, stopped: &dyn Fn() -> bool) {
    let mut sender = Sender {
        tenancy: tenancy.clone(),
        post: Arc::new(post),
        sending: JoinSet::new(),
        next: Instant::now(),
        pause: PAUSE,
        next_count: Instant::now(),
    };
    runtime.block_on(sender.run(stopped));
}

struct Sender {
    tenancy: Tenancy,
    post: Arc<Post>,
    /// Each says whether the mail server works.
    sending: JoinSet<bool>,
    /// When to look for what is due.
    next: Instant,
    /// How long to wait then.
    pause: Duration,
    next_count: Instant,
}

impl Sender {
    async fn run(&mut self, stopped: &dyn Fn() -> bool) {
        while !stopped() {
            self.count().await;
            let has_room = self.sending.len() < AT_A_TIME;
            if has_room && Instant::now() >= self.next {
                self.start_some().await;
            }
            let wait = if has_room { self.next.saturating_duration_since(Instant::now()) } else { POLL };
            select! {
                Some(ended) = self.sending.join_next() => match ended {
                    Ok(true) => {}
                    Ok(false) => self.look_after(PAUSE_AFTER_ERROR),
                    Err(error) => tracing::error!(%error, "sending a message has panicked"),
                },
                () = woken() => self.look_soon(),
                () = time::sleep(wait.clamp(SHORT_PAUSE, POLL)) => {}
            }
        }
        let last = async { while self.sending.join_next().await.is_some() {} };
        if time::timeout(LAST_PATIENCE, last).await.is_err() {
            tracing::warn!("messages were still being sent; they are tried again later");
        }
    }

    fn look_after(&mut self, pause: Duration) {
        self.pause = PAUSE;
        self.next = Instant::now() + pause;
    }

    /// What was written may not be committed yet. While the mail server or the database fails, it waits nevertheless.
    fn look_soon(&mut self) {
        if self.next <= Instant::now() + PAUSE {
            self.pause = SHORT_PAUSE;
            self.next = Instant::now();
        }
    }

    async fn start_some(&mut self) {
        let most = AT_A_TIME - self.sending.len();
        let limit = i64::try_from(most).unwrap_or(1);
        match self.tenancy.as_owner(None, move |owner| queue::take(owner, limit)).await {
            Ok(taken) => {
                // If there may be more, it looks again as soon as there is room.
                let pause = if taken.len() == most { Duration::ZERO } else { self.pause };
                self.next = Instant::now() + pause;
                self.pause = (self.pause * 2).min(PAUSE);
                for message in taken {
                    self.sending.spawn(send(self.tenancy.clone(), Arc::clone(&self.post), message));
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the outbox cannot be read; this is tried again soon");
                self.look_after(PAUSE_AFTER_ERROR);
            }
        }
    }

    async fn count(&mut self) {
        if Instant::now() < self.next_count {
            return;
        }
        self.next_count = Instant::now() + COUNT_PAUSE;
        match self.tenancy.as_owner(None, queue::count).await {
            Ok((waiting, failed, oldest)) => {
                let age = oldest.map_or(0, |oldest| (Utc::now() - oldest).num_seconds());
                self.tenancy.metrics().mail.set_counts(waiting, failed, age);
            }
            Err(error) => {
                tracing::warn!(%error, "the messages could not be counted; the next run tries again");
            }
        }
    }
}

/// Sends a message, and notes what became of it. False if the mail server takes no message now.
async fn send(tenancy: Tenancy, post: Arc<Post>, taken: Taken) -> bool {
    let (outcome, is_general) = match attempt(&tenancy, &post, &taken).await {
        Ok(Some(())) => (Outcome::Sent, false),
        Ok(None) => (Outcome::Dropped, false),
        Err(failure) => {
            let is_over = failure.is_permanent || Utc::now() >= taken.give_up_at;
            let (error, attempts, id) = (failure.for_log.as_str(), taken.attempts, taken.id);
            tracing::warn!(%id, error, attempts, given_up = is_over, "a message could not be sent");
            let text = failure.text.chars().take(MOST_OF_ERROR).collect();
            let outcome = if is_over { Outcome::Failed(text) } else { Outcome::Later(text) };
            (outcome, failure.is_general)
        }
    };
    match &outcome {
        Outcome::Sent => tenancy.metrics().mail.count(Mailed::Sent),
        Outcome::Later(_) => tenancy.metrics().mail.count(Mailed::Retried),
        Outcome::Failed(_) => tenancy.metrics().mail.count(Mailed::Failed),
        Outcome::Dropped => {}
    }
    note(&tenancy, &taken, outcome).await;
    !is_general
}

/// None if there is nothing to send.
async fn attempt(tenancy: &Tenancy, post: &Post, taken: &Taken) -> Result<Option<()>, Failure> {
    if Utc::now() >= taken.give_up_at {
        return Err(Failure::of_message("it was not worth sending any more".to_owned()));
    }
    let (template, contents) = if taken.template == Message::FORGOTTEN {
        let (prepare, address) = (post.prepare, taken.recipient.clone());
        let prepared = tenancy.as_owner(None, move |owner| prepare(owner, &address)).await;
        let prepared = prepared.map_err(|error| Failure::passing(error.to_string()))?;
        let Some(message) = prepared else { return Ok(None) };
        message.parts().map_err(|error| Failure::of_message(error.to_string()))?
    } else {
        (taken.template.clone(), taken.contents.clone().unwrap_or_default())
    };
    let wording = post
        .templates
        .word(&template, &contents, &taken.recipient, taken.created_at)
        .map_err(|error| Failure::of_message(error.to_string()))?;
    let letter = Letter::new(taken.id, &template, &post.from, &taken.recipient, wording)
        .map_err(|error| Failure::of_message(error.to_string()))?;
    let handed_over = post.delivery.hand_over(&letter).await;
    handed_over.map(Some).map_err(|failure| without_token(failure, &contents))
}

/// Notes what became of a message. It tries for a while: a message that was sent, and not noted, is sent again.
async fn note(tenancy: &Tenancy, taken: &Taken, outcome: Outcome) {
    for _ in 0..NOTE_TRIES {
        let (taken, outcome) = (taken.clone(), outcome.clone());
        let noted = tenancy.as_owner(None, move |owner| queue::note(owner, &taken, &outcome));
        let Err(error) = noted.await else { return };
        tracing::warn!(%error, "what became of a message could not be noted; this is tried again soon");
        time::sleep(PAUSE).await;
    }
}

/// A server may quote the message, and the text is stored.
fn without_token(failure: Failure, contents: &Value) -> Failure {
    match contents.get("token").and_then(Value::as_str) {
        Some(token) => Failure { text: failure.text.replace(token, "[token]"), ..failure },
        None => failure,
    }
}
