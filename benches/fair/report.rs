//! What the rounds beside one abuser show: medians, and whether they meet the goals.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::abusers::{Abuser, Tally};
use crate::common::ms;
use crate::honest::{Kind, Sample, faults};
use crate::round::{Measured, Round};

/// How many times as long a request may take beside an abuser as alone: the median, and the 99th percentile.
pub const MEDIAN_GOAL: f64 = 2.0;
pub const P99_GOAL: f64 = 3.0;
/// The goal for the memory of the process, in megabytes.
const MEMORY_GOAL: f64 = 64.0;

/// Kinds of requests whose times are compared together: a sign-in takes many times as long as the others.
const GROUPS: [(&str, &[Kind]); 2] =
    [("requests", &[Kind::Read, Kind::List, Kind::Order]), ("sign-ins", &[Kind::SignIn])];

/// The rounds beside one abuser.
pub struct Report {
    pub abuser: &'static Abuser,
    pub rounds: Vec<Round>,
}

/// A percentile, in milliseconds: the medians of the rounds.
#[derive(Clone, Copy)]
pub struct Figure {
    pub alone: f64,
    pub beside: f64,
}

impl Figure {
    pub fn ratio(self) -> f64 {
        self.beside / self.alone
    }
}

impl Report {
    pub fn new((abuser, rounds): Measured) -> Self {
        Self { abuser, rounds }
    }

    /// A percentile of all requests but sign-ins.
    pub fn requests(&self, hundredths: usize) -> Figure {
        self.figure(GROUPS[0].1, hundredths)
    }

    fn figure(&self, kinds: &[Kind], hundredths: usize) -> Figure {
        let of = |samples: fn(&Round) -> &[Sample]| {
            median(self.rounds.iter().map(|round| percentile(samples(round), kinds, hundredths)).collect())
        };
        Figure { alone: of(|round| &round.alone), beside: of(|round| &round.beside) }
    }

    /// How many honest requests had another status than they should, or no answer.
    pub fn lost(&self) -> usize {
        self.faults().values().sum()
    }

    fn faults(&self) -> BTreeMap<String, usize> {
        let mut all = BTreeMap::new();
        for (fault, count) in self.rounds.iter().flat_map(|round| faults(&round.beside)) {
            *all.entry(fault).or_default() += count;
        }
        all
    }

    /// What the abuser got in all rounds.
    fn answers(&self) -> Tally {
        let mut all = Tally::new();
        for (what, count) in self.rounds.iter().flat_map(|round| &round.answers) {
            *all.entry(what.clone()).or_default() += count;
        }
        all
    }

    /// The largest of a figure of the rounds.
    fn most(&self, figure: impl Fn(&Round) -> f64) -> f64 {
        self.rounds.iter().map(figure).fold(0.0, f64::max)
    }

    /// The longest time until the honest shops were served as before, in seconds; none if they were not.
    fn recovery(&self) -> Option<f64> {
        let times = self.rounds.iter().map(|round| round.recovered.map(|time| time.as_secs_f64()));
        times.reduce(|one, other| Some(one?.max(other?))).flatten()
    }

    fn busy(&self) -> f64 {
        100.0 * median(self.rounds.iter().map(|round| round.busy).collect())
    }

    pub fn print(&self) {
        println!("\n{}: {}", self.abuser.name, self.abuser.title);
        let all: usize = self.rounds.iter().map(|round| round.beside.len()).sum();
        let lost = self.lost();
        goal(lost == 0, &format!("lost: {lost} of {all}{}", listed(&self.faults())));
        for (name, kinds) in GROUPS {
            for (what, hundredths, limit) in [("median", 50, MEDIAN_GOAL), ("p99", 99, P99_GOAL)] {
                let figure = self.figure(kinds, hundredths);
                let (ratio, Figure { alone, beside }) = (figure.ratio(), figure);
                let times = format!("{alone:.1} ms alone, {beside:.1} ms beside it");
                goal(
                    ratio <= limit,
                    &format!("{name}, {what}: {ratio:.1} times, to be at most {limit}: {times}"),
                );
            }
        }
        let memory = self.most(|round| round.memory);
        goal(
            memory < MEMORY_GOAL,
            &format!("memory of the process: {memory:.1} MB, to be below {MEMORY_GOAL} MB"),
        );
        println!("       files it spooled: {:.1} MB at the peak", self.most(|round| round.spooled));
        match self.recovery() {
            Some(seconds) => println!("       served as before {seconds:.1} s after its end, at the latest"),
            None => println!("       NOT served as before when a minute had passed after its end"),
        }
        let answers = self.answers();
        println!("       the abuser got {}{}", answers.values().sum::<u64>(), listed(&answers));
        println!("       the machine was busy to {:.0} % with the honest shops alone", self.busy());
    }

    pub fn json(&self) -> Value {
        let times = |kinds: &[Kind]| {
            let (median, p99) = (self.figure(kinds, 50), self.figure(kinds, 99));
            json!({
                "p50_ms_alone": median.alone, "p50_ms": median.beside, "p50_ratio": median.ratio(),
                "p99_ms_alone": p99.alone, "p99_ms": p99.beside, "p99_ratio": p99.ratio(),
            })
        };
        let groups = GROUPS.iter().map(|(name, kinds)| ((*name).to_owned(), times(kinds)));
        let kinds = Kind::ALL.iter().map(|kind| (kind.name().to_owned(), times(&[*kind])));
        let times: serde_json::Map<String, Value> = groups.chain(kinds).collect();
        json!({
            "row": self.abuser.name, "work": self.abuser.title, "times": times,
            "requests": self.rounds.iter().map(|round| round.beside.len()).sum::<usize>(),
            "lost": self.lost(), "faults": self.faults(),
            "lost_alone": self.rounds.iter().map(|round| faults(&round.alone).values().sum::<usize>()).sum::<usize>(),
            "peak_mb": self.most(|round| round.memory), "spooled_mb": self.most(|round| round.spooled),
            "recovery_s": self.recovery(), "answers": self.answers(), "busy_percent_alone": self.busy(),
        })
    }
}

fn goal(holds: bool, what: &str) {
    println!("{}  {what}", if holds { "holds" } else { "FAILS" });
}

/// Counts by what was counted; nothing when there are none.
fn listed<C: std::fmt::Display>(counts: &BTreeMap<String, C>) -> String {
    let each: Vec<String> = counts.iter().map(|(what, count)| format!("{what}: {count}")).collect();
    if each.is_empty() { String::new() } else { format!(" ({})", each.join(", ")) }
}

/// A percentile of the times of some kinds of requests, in milliseconds.
fn percentile(samples: &[Sample], kinds: &[Kind], hundredths: usize) -> f64 {
    let chosen = samples.iter().filter(|sample| kinds.contains(&sample.kind));
    let mut times: Vec<f64> = chosen.map(|sample| ms(sample.took)).collect();
    times.sort_unstable_by(f64::total_cmp);
    times.get(times.len() * hundredths / 100).copied().unwrap_or_default()
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
