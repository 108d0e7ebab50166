//! What each party has had of a pool and has there now: its turns, its jobs, and whether it is here.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use super::party::Party;

/// How long a party without jobs still counts as being here: whoever asks ten times a second does.
const PRESENT: Duration = Duration::from_millis(100);

/// The accounts of the parties that have jobs here, waiting or running, or had some a moment ago.
#[derive(Default)]
pub(super) struct Accounts {
    of: HashMap<Party, Account>,
    /// Parties that had no job any more at some moment, in order.
    left: VecDeque<(Party, Instant)>,
    /// The turn of the job that started last: the virtual time.
    now_served: u64,
}

/// What a party has had and has.
#[derive(Default)]
struct Account {
    /// The last turn that it was given, moved back by the milliseconds that its jobs held lanes.
    last: u64,
    waiting: usize,
    held: usize,
    /// When it had no job any more, the last time.
    left: Option<Instant>,
}

impl Accounts {
    /// A job of the party begins to wait. Returns the job's turn.
    pub(super) fn wait(&mut self, party: Party) -> u64 {
        let account = self.of.entry(party).or_default();
        account.last = account.last.max(self.now_served) + 1;
        account.waiting += 1;
        account.last
    }

    /// A job of the party waits no more.
    pub(super) fn wait_no_more(&mut self, party: Party) {
        self.of.entry(party).or_default().waiting -= 1;
    }

    /// A job of the party, whose turn it is, holds one more lane.
    pub(super) fn hold(&mut self, party: Party, turn: u64) {
        self.now_served = self.now_served.max(turn);
        self.of.entry(party).or_default().held += 1;
    }

    /// A job of the party has held a lane for so long, and does no more.
    pub(super) fn hold_no_more(&mut self, party: Party, held: Duration) {
        if let Some(account) = self.of.get_mut(&party) {
            account.held -= 1;
            account.last = account.last.saturating_add(u64::try_from(held.as_millis()).unwrap_or(u64::MAX));
        }
    }

    /// Notes that a party may have left.
    pub(super) fn note_if_idle(&mut self, party: Party, now: Instant) {
        let Some(account) = self.of.get_mut(&party) else { return };
        if account.is_idle() {
            account.left = Some(now);
            self.left.push_back((party, now));
        }
    }

    /// Forgets the parties that left long enough ago. One that comes back later has no turns that are still to come.
    pub(super) fn forget_gone(&mut self, now: Instant) {
        while let Some((party, left)) = self.left.front().copied() {
            if now.duration_since(left) < PRESENT {
                break;
            }
            self.left.pop_front();
            if self.of.get(&party).is_some_and(|account| account.is_idle() && account.left == Some(left)) {
                self.of.remove(&party);
            }
        }
    }

    /// How many parties are here. The operator takes little and seldom.
    pub(super) fn present(&self) -> usize {
        self.of.len() - usize::from(self.of.contains_key(&Party::OPERATOR))
    }

    /// How many jobs of the party wait.
    pub(super) fn waiting(&self, party: Party) -> usize {
        self.of.get(&party).map_or(0, |account| account.waiting)
    }

    /// How many lanes the party holds.
    pub(super) fn held(&self, party: Party) -> usize {
        self.of.get(&party).map_or(0, |account| account.held)
    }
}

impl Account {
    fn is_idle(&self) -> bool {
        self.waiting == 0 && self.held == 0
    }
}
