//! Which shops use the most: the ten that used the most time of the database in the last minute, and the rest together.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{GaugeVec, opts};
use uuid::Uuid;

use super::MetricsError;

/// How long a window is.
const WINDOW: Duration = Duration::from_mins(1);
/// The shops that are named.
const TOP: usize = 10;
/// The most shops that are told apart in a window: more are counted with the rest.
const MOST: usize = 10_000;
/// The label of the rest.
const REST: &str = "other";

/// What each shop used.
pub struct TopShops {
    windows: Mutex<Windows>,
    seconds: GaugeVec,
    requests: GaugeVec,
    refused: GaugeVec,
}

struct Windows {
    began: Instant,
    now: HashMap<Option<Uuid>, Use>,
    before: HashMap<Option<Uuid>, Use>,
}

/// What one shop used in one window.
#[derive(Clone, Copy, Default)]
struct Use {
    time: Duration,
    requests: u32,
    refused: u32,
}

impl Use {
    fn add(&mut self, other: Self) {
        self.time += other.time;
        self.requests = self.requests.saturating_add(other.requests);
        self.refused = self.refused.saturating_add(other.refused);
    }
}

impl Windows {
    /// Goes on to the window of this moment.
    fn turn(&mut self, now: Instant) {
        let age = now.duration_since(self.began);
        if age < WINDOW {
            return;
        }
        let last = std::mem::take(&mut self.now);
        self.before = if age < 2 * WINDOW { last } else { HashMap::new() };
        self.began = now;
    }
}

impl TopShops {
    pub(super) fn new() -> Result<Self, MetricsError> {
        let gauge = |name: &str, about: &str| GaugeVec::new(opts!(name, about), &["shop"]);
        let windows = Windows { began: Instant::now(), now: HashMap::new(), before: HashMap::new() };
        Ok(Self {
            windows: Mutex::new(windows),
            seconds: gauge(
                "shophouse_top_shop_database_seconds",
                "Time for which a shop's requests held connections in the last full minute: the first ten shops, and the rest.",
            )?,
            requests: gauge("shophouse_top_shop_requests", "Requests of these shops in that minute.")?,
            refused: gauge(
                "shophouse_top_shop_refused",
                "Of these, the requests that were refused with 429 or 503.",
            )?,
        })
    }

    /// Counts a request of a shop, and the time for which it held a connection.
    pub fn count(&self, shop: Uuid, time: Duration, is_refused: bool) {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        windows.turn(Instant::now());
        let is_told_apart = windows.now.len() < MOST || windows.now.contains_key(&Some(shop));
        let used = Use { time, requests: 1, refused: u32::from(is_refused) };
        windows.now.entry(is_told_apart.then_some(shop)).or_default().add(used);
    }

    /// Sets the gauges to the last full window.
    fn report(&self) {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        windows.turn(Instant::now());
        let mut shops: Vec<(Option<Uuid>, Use)> = windows.before.iter().map(|it| (*it.0, *it.1)).collect();
        drop(windows);
        shops.sort_by_key(|(shop, used)| (shop.is_none(), std::cmp::Reverse(used.time)));
        let named = shops.iter().take(TOP).filter_map(|(shop, used)| Some(((*shop)?.to_string(), *used)));
        let mut named: Vec<(String, Use)> = named.collect();
        let mut rest = Use::default();
        shops.iter().skip(named.len()).for_each(|(_, used)| rest.add(*used));
        named.push((REST.to_owned(), rest));
        for gauge in [&self.seconds, &self.requests, &self.refused] {
            gauge.reset();
        }
        for (shop, used) in named {
            self.seconds.with_label_values(&[&shop]).set(used.time.as_secs_f64());
            self.requests.with_label_values(&[&shop]).set(used.requests.into());
            self.refused.with_label_values(&[&shop]).set(used.refused.into());
        }
    }
}

/// The gauges are set when they are read.
pub(super) struct Reading(pub(super) std::sync::Arc<TopShops>);

impl Collector for Reading {
    fn desc(&self) -> Vec<&Desc> {
        [&self.0.seconds, &self.0.requests, &self.0.refused].into_iter().flat_map(Collector::desc).collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        self.0.report();
        [&self.0.seconds, &self.0.requests, &self.0.refused]
            .into_iter()
            .flat_map(Collector::collect)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_shops_are_named_and_the_rest_is_summed() {
        let top = TopShops::new().unwrap();
        for shop in 1..=12 {
            top.count(Uuid::from_u128(shop), Duration::from_secs(u64::try_from(shop).unwrap()), shop == 12);
        }
        let value = |gauge: &GaugeVec, shop: &str| gauge.with_label_values(&[shop]).get().to_string();
        top.report();
        assert_eq!(value(&top.seconds, REST), "0", "the minute is not over");
        top.windows.lock().unwrap().began -= WINDOW;
        top.report();
        let name = |shop| Uuid::from_u128(shop).to_string();
        assert_eq!(value(&top.seconds, &name(12)), "12");
        assert_eq!(value(&top.refused, &name(12)), "1");
        assert_eq!((value(&top.seconds, REST), value(&top.requests, REST)), ("3".to_owned(), "2".to_owned()));
        top.windows.lock().unwrap().began -= WINDOW;
        top.report();
        assert_eq!(value(&top.requests, REST), "0");
    }
}
