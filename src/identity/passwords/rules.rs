//! The rules of the throttle: how long wrong passwords make whom wait. Nothing here touches the database.
//!
//! A stranger's attempt is one without a valid device token. It is measured three times:
//!
//! - **at the client's network**, whatever the account: who tries many accounts waits;
//! - **at the pair of the client's site and the account**: who guesses one password waits. Nobody else does;
//! - **at the account**, whoever tries: so that many sites together guess slowly. While the account makes strangers wait, a site
//!   whose free attempts at this account are not used up gets a *turn*: told once to wait, it is let in when that time is over,
//!   whatever others do meanwhile. Sites whose free attempts are used up have one attempt per wait, together.
//!
//! So a site has [`PAIR`]`.free` turns a day at an account, and all others together have one attempt in thirty seconds. Nobody can
//! use up the turns of a site but those who are there. A turn is bound to the site that was told to wait: proxies that change
//! the address with each request get none.
//!
//! An attempt from a known device, or in a session, is measured at that device alone.

use chrono::{DateTime, TimeDelta, Utc};

/// How long any counter is kept after its last attempt.
pub(in crate::identity) const MEMORY: TimeDelta = DAY;

const DAY: TimeDelta = TimeDelta::days(1);
const QUARTER: TimeDelta = TimeDelta::minutes(15);

/// How many attempts need no wait, and the longest wait after that.
pub(super) struct Rule {
    pub free: i32,
    /// Seconds.
    longest: i64,
    /// The counter restarts after this time without an attempt.
    memory: TimeDelta,
}

/// One known device, or one session.
pub(super) const DEVICE: Rule = Rule { free: 5, longest: 30, memory: DAY };
/// After so many wrong passwords in a row a device is not known any more.
pub(super) const DEVICE_LOST: i32 = 20;
/// Strangers at one site who try one account.
pub(super) const PAIR: Rule = Rule { free: 5, longest: 30, memory: DAY };
/// All strangers who try one account. None waits longer for it than this.
pub(super) const ACCOUNT: Rule = Rule { free: 20, longest: 30, memory: QUARTER };
/// Many people may share one network.
pub(super) const ADDRESS: Rule = Rule { free: 100, longest: 60, memory: QUARTER };
/// Codes of a second factor, by whoever knows the password: a hundred a day, of a million. At one known device, in one session, or
/// by all others together.
pub(super) const CODE: Rule = Rule { free: 5, longest: 900, memory: DAY };
/// One hash every ten seconds is cheap for the server, and a short wait for others at the same address.
pub(super) const REGISTERING: Rule = Rule { free: 200, longest: 10, memory: QUARTER };
/// One network that asks for messages to those who have forgotten their password.
pub(super) const FORGETTING: Rule = Rule { free: 50, longest: 60, memory: QUARTER };
/// Registrations at one network that were told that somebody has the address. It takes days to learn of a few thousand addresses.
pub(super) const TOLD_TAKEN: Rule = Rule { free: 50, longest: 60, memory: DAY };
/// Addresses that one user asks for instead of the present one.
pub(super) const ASKING: Rule = Rule { free: 10, longest: 60, memory: DAY };
/// There is one message to an address in this time, whoever asks for it.
pub(super) const BETWEEN_MESSAGES: TimeDelta = TimeDelta::minutes(5);

/// The attempts at one subject, as they are stored.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Counter {
    pub attempts: i32,
    pub last_at: DateTime<Utc>,
    /// When the next attempt is let pass. Later than `last_at` only if a wait was stored, whatever the clock says.
    pub free_at: DateTime<Utc>,
}

impl Counter {
    /// How much longer this subject has to wait.
    pub fn wait(&self, rule: &Rule, now: DateTime<Utc>) -> Option<TimeDelta> {
        let left = self.free_at - now;
        // A wait longer than the rule allows was stored before the clock was set back: ignore it.
        let is_possible = left <= TimeDelta::seconds(rule.longest);
        (self.free_at > self.last_at && left > TimeDelta::zero() && is_possible).then_some(left)
    }

    /// The counter after one more attempt.
    pub fn counted(&self, rule: &Rule, now: DateTime<Utc>) -> Self {
        let attempts = self.remembered(rule, now).saturating_add(1);
        Self { attempts, last_at: now, free_at: now + wait_after(attempts, rule) }
    }

    /// The attempts that are not forgotten yet.
    fn remembered(&self, rule: &Rule, now: DateTime<Utc>) -> i32 {
        if now - self.last_at > rule.memory { 0 } else { self.attempts }
    }

    /// Whether a turn was promised that is not forgotten yet. Free attempts store no wait, so one that is stored is a turn.
    fn has_turn(&self, rule: &Rule, now: DateTime<Utc>) -> bool {
        self.attempts < rule.free && self.free_at > self.last_at && now - self.last_at <= rule.memory
    }

    /// The counter with a turn that is due at once.
    pub fn with_turn(self) -> Self {
        Self { free_at: self.last_at + TimeDelta::microseconds(1), ..self }
    }
}

/// The three counters of a stranger's attempt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Stranger {
    pub pair: Counter,
    pub account: Counter,
    /// None when the address is not known.
    pub address: Option<Counter>,
}

/// What becomes of a stranger's attempt.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Ruling {
    /// It is let pass, and the counters become these. If it took a turn, the account does not count it.
    Pass { counters: Stranger, by_turn: bool },
    /// It has to wait so long, and nothing changes.
    Refuse(TimeDelta),
    /// It has to wait so long, and then has a turn. The pair's counter becomes this.
    PromiseTurn(Counter, TimeDelta),
}

impl Stranger {
    /// Judges an attempt.
    pub fn judge(self, now: DateTime<Utc>) -> Ruling {
        let Self { pair, account, address } = self;
        let own = pair.wait(&PAIR, now).or_else(|| address.and_then(|address| address.wait(&ADDRESS, now)));
        if let Some(left) = own {
            return Ruling::Refuse(left);
        }
        let is_new = pair.remembered(&PAIR, now) < PAIR.free;
        let has_turn = pair.has_turn(&PAIR, now);
        match account.wait(&ACCOUNT, now) {
            Some(left) if is_new && !has_turn => {
                let attempts = pair.remembered(&PAIR, now);
                Ruling::PromiseTurn(Counter { attempts, last_at: now, free_at: now + left }, left)
            }
            Some(left) if !is_new => Ruling::Refuse(left),
            busy => {
                let by_turn = busy.is_some();
                let counters = Self {
                    pair: pair.counted(&PAIR, now),
                    account: if by_turn { account } else { account.counted(&ACCOUNT, now) },
                    address: address.map(|address| address.counted(&ADDRESS, now)),
                };
                Ruling::Pass { counters, by_turn }
            }
        }
    }
}

/// One second after the first attempt that is not free, then doubled each time.
fn wait_after(count: i32, rule: &Rule) -> TimeDelta {
    if count < rule.free {
        return TimeDelta::zero();
    }
    let doublings = u32::try_from(count - rule.free).unwrap_or(0).min(16);
    TimeDelta::seconds((1 << doublings).min(rule.longest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
    }

    fn seconds(seconds: i64) -> TimeDelta {
        TimeDelta::seconds(seconds)
    }

    fn counter(attempts: i32, wait: i64) -> Counter {
        Counter { attempts, last_at: now(), free_at: now() + seconds(wait) }
    }

    /// A stranger at a site that made so many attempts, at an account that makes strangers wait for half a minute.
    fn stranger(attempts: i32) -> Stranger {
        Stranger { pair: counter(attempts, 0), account: counter(900, 30), address: None }
    }

    #[test]
    fn the_wait_grows_up_to_its_limit() {
        let waits: Vec<i64> = (4..14).map(|count| wait_after(count, &PAIR).num_seconds()).collect();
        assert_eq!(waits, [0, 1, 2, 4, 8, 16, 30, 30, 30, 30]);
        assert_eq!(wait_after(i32::MAX, &ADDRESS).num_seconds(), 60);
    }

    #[test]
    fn a_site_that_is_told_to_wait_for_the_account_has_its_turn_whatever_others_do() {
        let mut stranger = stranger(2);
        let Ruling::PromiseTurn(pair, left) = stranger.judge(now()) else { panic!("{stranger:?}") };
        assert_eq!((pair.attempts, left), (2, seconds(30)));
        stranger.pair = pair;
        assert_eq!(stranger.judge(now() + seconds(29)), Ruling::Refuse(seconds(1)));
        // Somebody else took the account's attempt at the very moment.
        let later = now() + seconds(30);
        stranger.account = Counter { attempts: 901, last_at: later, free_at: later + seconds(30) };
        let Ruling::Pass { counters, by_turn } = stranger.judge(later) else { panic!("{stranger:?}") };
        assert!(by_turn);
        assert_eq!(counters.account, stranger.account, "a turn costs others nothing");
        assert_eq!(counters.pair.attempts, 3);
        // A turn is for one attempt.
        assert!(matches!(counters.judge(later), Ruling::PromiseTurn(..)));
    }

    #[test]
    fn a_site_that_has_used_its_attempts_up_gets_no_turn() {
        assert_eq!(stranger(5).judge(now() + seconds(10)), Ruling::Refuse(seconds(20)));
        // Neither by a wait of its own.
        let waited = Stranger { pair: counter(5, 1), ..stranger(5) };
        assert_eq!(waited.judge(now() + seconds(10)), Ruling::Refuse(seconds(20)));
        // On the next day it does again, and nothing of the day before counts as one.
        let tomorrow = now() + TimeDelta::days(1) + seconds(1);
        let account = Counter { attempts: 9_000, last_at: tomorrow, free_at: tomorrow + seconds(30) };
        let later = Stranger { account, ..waited }.judge(tomorrow);
        assert!(matches!(later, Ruling::PromiseTurn(Counter { attempts: 0, .. }, _)), "{later:?}");
    }

    #[test]
    fn who_waits_for_the_own_network_gets_no_turn_meanwhile() {
        let address = Some(counter(200, 60));
        assert_eq!(Stranger { address, ..stranger(0) }.judge(now()), Ruling::Refuse(seconds(60)));
    }

    #[test]
    fn an_account_that_is_left_alone_counts_everywhere() {
        let quiet = Stranger { pair: counter(4, 0), account: counter(19, 0), address: Some(counter(99, 0)) };
        let Ruling::Pass { counters, by_turn } = quiet.judge(now()) else { panic!("{quiet:?}") };
        assert!(!by_turn);
        let waits = Stranger { pair: counter(5, 1), account: counter(20, 1), address: Some(counter(100, 1)) };
        assert_eq!(counters, waits);
    }
}
