//! The command line.

use std::path::PathBuf;

use crate::abusers::ABUSERS;
use crate::common::Outcome;

pub struct Options {
    pub rounds: usize,
    /// Seconds of each measurement.
    pub seconds: u32,
    /// The honest load, in hundredths of the usual one.
    pub load: u32,
    /// The abusers to measure; all of them when none is named.
    pub only: Vec<String>,
    pub json: PathBuf,
    pub plot: bool,
}

const USAGE: &str = "\
--rounds N            rounds, of which the median counts (3)
--seconds N           seconds of each measurement (10)
--load PERCENT        the rate of the honest requests, as a part of the usual one (100)
--only NAME…          only these abusers
--json FILE           where the results go (target/bench/fair.json)
--plot                draw the plot of the README, benches/fair.svg";

impl Options {
    pub fn read() -> Outcome<Self> {
        let mut options = Self {
            rounds: 3,
            seconds: 10,
            load: 100,
            only: Vec::new(),
            json: "target/bench/fair.json".into(),
            plot: false,
        };
        // Cargo adds --bench.
        let mut words = std::env::args().skip(1).filter(|word| word != "--bench").peekable();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value\n{}", usage()));
            match word.as_str() {
                "--rounds" => options.rounds = value()?.parse()?,
                "--seconds" => options.seconds = value()?.parse()?,
                "--load" => options.load = value()?.parse()?,
                "--json" => options.json = value()?.into(),
                "--plot" => options.plot = true,
                "--only" => {
                    while let Some(name) = words.next_if(|word| !word.starts_with("--")) {
                        options.only.push(name);
                    }
                }
                _ => return Err(format!("unknown: {word}\n{}", usage()).into()),
            }
        }
        options.check()?;
        Ok(options)
    }

    fn check(&self) -> Outcome<()> {
        if self.rounds == 0 || self.seconds == 0 || self.load == 0 {
            return Err("rounds, seconds and load are at least 1".into());
        }
        let known = |name: &str| ABUSERS.iter().any(|abuser| abuser.name == name);
        match self.only.iter().find(|name| !known(name)) {
            Some(name) => Err(format!("there is no abuser {name:?}\n{}", usage()).into()),
            None => Ok(()),
        }
    }

    /// Whether an abuser is to be measured.
    pub fn wants(&self, abuser: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == abuser)
    }
}

fn usage() -> String {
    let names: Vec<&str> = ABUSERS.iter().map(|abuser| abuser.name).collect();
    format!("{USAGE}\nabusers: {}", names.join(", "))
}
