//! The limits of a running server: the configured values, what the operator has set for single shops, and the requests
//! counted so far.

use std::collections::HashMap;
use std::mem;
use std::num::NonZeroU32;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use uuid::Uuid;

use super::admitted::Admitted;
use super::limit::{Kind, Limit};
use super::rate::Rate;
use super::values::{Overrides, Values};

/// A limit that does not allow one more.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the limit {limit} is {value} ({})", .limit.counts())]
pub struct Reached {
    /// Which limit.
    pub limit: Limit,
    /// Its value.
    pub value: u32,
}

/// A rate that does not allow one more request now.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{reached}; wait {seconds} seconds")]
pub struct TooOften {
    /// The limit.
    pub reached: Reached,
    /// How long to wait.
    pub seconds: u32,
}

/// The limits of a running server. By default there are none.
pub struct Quotas {
    values: Values,
    rates: Rates,
    /// The shops for which the operator has set limits.
    shops: RwLock<HashMap<Uuid, OfShop>>,
    admitted: Admitted,
}

/// The rates that are limited, each at its limit's place.
type Rates = [Option<Rate>; Limit::ALL.len()];

/// The limits that the operator has set for a shop.
struct OfShop {
    overrides: Overrides,
    rates: Rates,
}

impl Default for Quotas {
    fn default() -> Self {
        Self::new(Values::NONE)
    }
}

impl Quotas {
    /// Limits with these values.
    pub fn new(values: Values) -> Self {
        let rates = rates(|limit| values.get(limit));
        Self { values, rates, shops: RwLock::default(), admitted: Admitted::default() }
    }

    /// The value of a limit that no shop has of its own; none when there is no limit.
    pub fn value(&self, limit: Limit) -> Option<NonZeroU32> {
        self.values.get(limit)
    }

    /// The value of a limit in a shop; none when there is no limit.
    pub fn value_in(&self, shop: Uuid, limit: Limit) -> Option<NonZeroU32> {
        let shops = self.shops.read().unwrap_or_else(PoisonError::into_inner);
        match shops.get(&shop).and_then(|of_shop| of_shop.overrides.get(&limit)) {
            Some(value) => NonZeroU32::new(*value),
            None => self.values.get(limit),
        }
    }

    /// Counts a request of `sender`.
    ///
    /// # Errors
    /// [`TooOften`]; the request is not counted then.
    pub fn count(&self, limit: Limit, sender: u128) -> Result<(), TooOften> {
        count(self.rates[limit as usize].as_ref(), limit, sender)
    }

    /// Counts a request of `sender` in a shop. `sender` is different in each shop.
    ///
    /// # Errors
    /// [`TooOften`]; the request is not counted then.
    pub fn count_in(&self, shop: Uuid, limit: Limit, sender: u128) -> Result<(), TooOften> {
        let shops = self.shops.read().unwrap_or_else(PoisonError::into_inner);
        let own = shops.get(&shop).filter(|of_shop| of_shop.overrides.contains_key(&limit));
        let rates = own.map_or(&self.rates, |of_shop| &of_shop.rates);
        count(rates[limit as usize].as_ref(), limit, sender)
    }

    /// Sets which shops have limits of their own. What was counted by a limit that stays is kept.
    pub fn set_overrides(&self, all: impl IntoIterator<Item = (Uuid, Overrides)>) {
        let mut shops = self.shops.write().unwrap_or_else(PoisonError::into_inner);
        let mut before = mem::take(&mut *shops);
        let taken_over = all.into_iter().map(|(shop, overrides)| {
            let same = before.remove(&shop).filter(|known| known.overrides == overrides);
            (shop, same.unwrap_or_else(|| OfShop::new(overrides)))
        });
        shops.extend(taken_over);
    }

    /// Notes that the database has let a caller in.
    pub fn admit(&self, caller: u128) {
        self.admitted.add(caller);
    }

    /// Notes that the database has not let a caller in.
    pub fn dismiss(&self, caller: u128) {
        self.admitted.remove(caller);
    }

    /// Whether the database has let a caller in lately.
    pub fn has_admitted(&self, caller: u128) -> bool {
        self.admitted.contains(caller)
    }
}

impl OfShop {
    fn new(overrides: Overrides) -> Self {
        let rates = rates(|limit| overrides.get(&limit).copied().and_then(NonZeroU32::new));
        Self { overrides, rates }
    }
}

impl Reached {
    /// Checks that there may be so many.
    ///
    /// # Errors
    /// [`Reached`].
    pub fn check(limit: Limit, value: Option<NonZeroU32>, count: i64) -> Result<(), Self> {
        match value {
            Some(value) if count > i64::from(value.get()) => Err(Self { limit, value: value.get() }),
            _ => Ok(()),
        }
    }
}

fn rates(value: impl Fn(Limit) -> Option<NonZeroU32>) -> Rates {
    Limit::ALL.map(|limit| if limit.kind() == Kind::Rate { value(limit).map(Rate::new) } else { None })
}

fn count(rate: Option<&Rate>, limit: Limit, sender: u128) -> Result<(), TooOften> {
    let Some(rate) = rate else { return Ok(()) };
    rate.count(sender).map_err(|wait| TooOften {
        reached: Reached { limit, value: rate.per_minute().get() },
        seconds: whole_seconds(wait),
    })
}

/// Rounded up: after this time the request is allowed.
fn whole_seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_nanos().div_ceil(1_000_000_000)).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    #[test]
    fn a_shop_may_have_a_limit_of_its_own_or_none() {
        let quotas = Quotas::new(Values::NONE.with(Limit::Orders, 1));
        quotas.set_overrides([
            (shop(2), Overrides::from([(Limit::Orders, 2)])),
            (shop(3), Overrides::from([(Limit::Orders, 0)])),
        ]);
        let orders = |number: u128| {
            (0..5).filter(|_| quotas.count_in(shop(number), Limit::Orders, number).is_ok()).count()
        };
        assert_eq!([orders(1), orders(2), orders(3)], [1, 2, 5]);
        assert_eq!(quotas.value_in(shop(3), Limit::Orders), None);
        assert_eq!(quotas.value_in(shop(1), Limit::Orders), NonZeroU32::new(1));
    }

    #[test]
    fn what_was_counted_stays_counted_while_the_limit_stays() {
        let quotas = Quotas::default();
        let set = |value| quotas.set_overrides([(shop(1), Overrides::from([(Limit::Orders, value)]))]);
        let order = || quotas.count_in(shop(1), Limit::Orders, 1);
        set(1);
        assert!(order().is_ok());
        set(1);
        assert_eq!(order().unwrap_err().reached, Reached { limit: Limit::Orders, value: 1 });
        set(2);
        assert!(order().is_ok());
        quotas.set_overrides([]);
        assert!((0..9).all(|_| order().is_ok()));
    }
}
