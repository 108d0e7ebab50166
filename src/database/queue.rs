//! Which job runs on which lane, and when. A lane is one connection's worth of work. Nothing here runs anything.
//!
//! **Turns.** Each job is for a party, such as a shop. Waiting jobs start in the order of start-time fair queueing (Goyal, Vin
//! and Cheng, 1996): a job's turn comes after the turns that its party has had, but not before the turn that is being
//! served now. So a party with one waiting job is next, however many jobs another party has waiting. Time that a
//! party's jobs held lanes moves its next turns back.
//!
//! **Shares.** While others are here, a party gets its equal part of the lanes, half of them at the most and a quarter at the least: also while
//! none of the others waits, since what runs on the other lanes takes the processor from them. While a party is alone it
//! may have all, unless one of its jobs holds a lane for long: then its other jobs may be held up by the same thing, such
//! as a lock, and would keep the lanes from everybody. Two it may have even then: a small pool has no more.
//!
//! **Homes.** A party may have a home lane, whose connection knows its tables. Its jobs wait there while other jobs hold the
//! lane for a moment, since they would be slower elsewhere. They go to another free lane when their party holds the home lane
//! itself and more of its jobs wait, or when one job holds the lane for long.
//!
//! **Active lanes.** Fewer jobs may run at a time than there are lanes: more than PostgreSQL has processors for take these from one
//! another, while each lane more is another connection that knows shops. Then a lane that has become free makes room for
//! the first job of any free lane. A job that holds its lane for long does not count, since it may wait for a lock.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::accounts::Accounts;
use super::party::Party;

/// How long one job may hold a lane before the jobs that wait there go elsewhere. Longer than requests take on a busy
/// machine, also on a connection that has yet to read the shop's tables: a job that goes elsewhere makes another connection read
/// them.
pub(super) const HELD_LONG: Duration = Duration::from_millis(100);

/// Lanes and the jobs that wait for them. `J` is the job.
pub(super) struct Queue<J> {
    lanes: Vec<Lane<J>>,
    /// How many jobs may run at a time, besides those that hold their lanes for long.
    active: usize,
    /// Jobs of parties without a home, which any lane may take.
    homeless: Line<J>,
    accounts: Accounts,
    /// Jobs that were ever enqueued.
    numbers: u64,
}

struct Lane<J> {
    holder: Option<Holder>,
    /// Jobs of parties whose home this is.
    waiting: Line<J>,
}

struct Holder {
    party: Party,
    since: Instant,
}

/// Waiting jobs, by their turns.
type Line<J> = BTreeMap<Turn, (Party, J)>;

/// When a job's turn comes, and its number among the jobs of the same turn.
type Turn = (u64, u64);

/// Identifies a job that was enqueued.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    party: Party,
    turn: Turn,
}

/// A lane, and the job that it is to run now.
pub(super) type Start<J> = (usize, J);

impl<J> Queue<J> {
    /// For so many lanes, at least one, of which `active` may run jobs at a time.
    pub(super) fn new(lanes: u32, active: u32) -> Self {
        let lane = |_| Lane { holder: None, waiting: Line::new() };
        let lanes: Vec<_> = (0..lanes.max(1)).map(lane).collect();
        Self {
            active: usize::try_from(active).unwrap_or(usize::MAX).clamp(1, lanes.len()),
            lanes,
            homeless: Line::new(),
            accounts: Accounts::default(),
            numbers: 0,
        }
    }

    /// Takes a job. If a lane is to start a job now, that is returned: it need not be the same job.
    pub(super) fn enqueue(&mut self, party: Party, job: J, now: Instant) -> (Ticket, Option<Start<J>>) {
        self.accounts.forget_gone(now);
        self.numbers += 1;
        let ticket = Ticket { party, turn: (self.accounts.wait(party), self.numbers) };
        self.line(party).insert(ticket.turn, (party, job));
        (ticket, self.start_first_of(party, now))
    }

    /// A lane's job has ended. Returns the one that starts in its place, on this lane or on another free one.
    pub(super) fn release(&mut self, lane: usize, now: Instant) -> Option<Start<J>> {
        let holder = self.lanes[lane].holder.take()?;
        self.accounts.forget_gone(now);
        self.accounts.hold_no_more(holder.party, now.duration_since(holder.since));
        let next = self.next_after(holder.party, lane, now);
        self.accounts.note_if_idle(holder.party, now);
        let (lane, ticket) = next?;
        self.start(lane, ticket, now)
    }

    /// Whether the job waits: it has neither started nor been cancelled.
    pub(super) fn is_waiting(&mut self, ticket: Ticket) -> bool {
        self.line(ticket.party).contains_key(&ticket.turn)
    }

    /// Starts a job of the ticket's party on a free lane, if it may leave its home or have one more by now. To be called now and then while a
    /// job waits: a free lane does not look for jobs.
    pub(super) fn try_elsewhere(&mut self, ticket: Ticket, now: Instant) -> Option<Start<J>> {
        self.accounts.forget_gone(now);
        self.start_first_of(ticket.party, now)
    }

    /// Takes a job back. None when it has started.
    pub(super) fn cancel(&mut self, ticket: Ticket, now: Instant) -> Option<J> {
        let job = self.take(ticket)?;
        self.accounts.note_if_idle(ticket.party, now);
        Some(job)
    }

    /// What may run now that a job of the party has ended on this lane, and where. Of jobs with the same turn it is the one of
    /// this lane: its thread goes on with it.
    fn next_after(&mut self, party: Party, lane: usize, now: Instant) -> Option<(usize, Ticket)> {
        if self.is_full(now) {
            return None;
        }
        let here = self.next_for(lane, now).or_else(|| {
            // The connection has just read the tables of this party, whose home may be elsewhere.
            self.may_hold_more(party, now).then(|| self.first_of(party)).flatten()
        });
        let free =
            (0..self.lanes.len()).filter(|other| *other != lane && self.lanes[*other].holder.is_none());
        let elsewhere =
            free.filter_map(|other| Some((other, self.first_that_may(&self.lanes[other].waiting, now)?)));
        here.map(|ticket| (lane, ticket)).into_iter().chain(elsewhere).min_by_key(|(_, ticket)| ticket.turn.0)
    }

    /// Of the jobs that a free lane may run the one whose turn is first: of its own, of those without a home, and of those
    /// whose home is held for long.
    fn next_for(&self, lane: usize, now: Instant) -> Option<Ticket> {
        let held_up = self.lanes.iter().filter(|lane| lane.is_held_long(now)).map(|lane| &lane.waiting);
        let lines = [&self.lanes[lane].waiting, &self.homeless].into_iter().chain(held_up);
        lines.filter_map(|line| self.first_that_may(line, now)).min_by_key(|ticket| ticket.turn)
    }

    /// The first job in a line whose party may hold one more lane.
    fn first_that_may(&self, line: &Line<J>, now: Instant) -> Option<Ticket> {
        let mut tickets = line.iter().map(|(turn, (party, _))| Ticket { party: *party, turn: *turn });
        tickets.find(|ticket| self.may_hold_more(ticket.party, now))
    }

    /// Starts a party's first job, if there is a lane for it.
    fn start_first_of(&mut self, party: Party, now: Instant) -> Option<Start<J>> {
        let lane = self.lane_for(party, now)?;
        let first = self.first_of(party)?;
        self.start(lane, first, now)
    }

    /// A free lane for a job of the party.
    fn lane_for(&self, party: Party, now: Instant) -> Option<usize> {
        if self.is_full(now) || !self.may_hold_more(party, now) {
            return None;
        }
        // In one order, so that no more connections are made than are needed at once.
        let Some(home) = self.home(party) else { return self.first_free_after(self.lanes.len() - 1) };
        let lane = &self.lanes[home];
        let Some(holder) = &lane.holder else { return Some(home) };
        // A single job will start soon enough.
        let is_crowded = holder.party == party && self.accounts.waiting(party) > 1;
        (is_crowded || lane.is_held_long(now)).then(|| self.first_free_after(home)).flatten()
    }

    fn first_of(&mut self, party: Party) -> Option<Ticket> {
        let mut line = self.line(party).iter();
        line.find(|(_, waiting)| waiting.0 == party).map(|(turn, _)| Ticket { party, turn: *turn })
    }

    fn start(&mut self, lane: usize, ticket: Ticket, now: Instant) -> Option<Start<J>> {
        let job = self.take(ticket)?;
        self.accounts.hold(ticket.party, ticket.turn.0);
        self.lanes[lane].holder = Some(Holder { party: ticket.party, since: now });
        Some((lane, job))
    }

    fn take(&mut self, ticket: Ticket) -> Option<J> {
        let (party, job) = self.line(ticket.party).remove(&ticket.turn)?;
        self.accounts.wait_no_more(party);
        Some(job)
    }

    /// Whether somebody has a job here, or had one a moment ago.
    pub(super) fn is_in_use(&mut self, now: Instant) -> bool {
        self.accounts.forget_gone(now);
        self.accounts.present() > 0
    }

    /// Whether as many jobs run as may.
    fn is_full(&self, now: Instant) -> bool {
        let runs = |lane: &&Lane<J>| lane.holder.is_some() && !lane.is_held_long(now);
        self.lanes.iter().filter(runs).count() >= self.active
    }

    /// How many lanes a party may have while others are here.
    fn share(&self) -> usize {
        let lanes = self.active;
        lanes.div_ceil(self.accounts.present().max(1)).clamp(lanes / 4, lanes / 2).max(1)
    }

    fn may_hold_more(&self, party: Party, now: Instant) -> bool {
        let held = self.accounts.held(party);
        let is_held_long = |lane: &Lane<J>| {
            lane.is_held_long(now) && lane.holder.as_ref().is_some_and(|it| it.party == party)
        };
        party == Party::OPERATOR
            || held < self.share()
            || (self.accounts.present() == 1 && (held < 2 || !self.lanes.iter().any(is_held_long)))
    }

    fn first_free_after(&self, lane: usize) -> Option<usize> {
        let count = self.lanes.len();
        (1..=count)
            .map(|step| lane.wrapping_add(step) % count)
            .find(|lane| self.lanes[*lane].holder.is_none())
    }

    fn line(&mut self, party: Party) -> &mut Line<J> {
        match self.home(party) {
            Some(home) => &mut self.lanes[home].waiting,
            None => &mut self.homeless,
        }
    }

    fn home(&self, party: Party) -> Option<usize> {
        party.home_key().map(|key| usize::try_from(key % self.lanes.len() as u64).unwrap_or(0))
    }
}

impl<J> Lane<J> {
    fn is_held_long(&self, now: Instant) -> bool {
        self.holder.as_ref().is_some_and(|holder| now.duration_since(holder.since) > HELD_LONG)
    }
}

#[cfg(test)]
mod tests;
