//! The command line.

use std::path::PathBuf;

use crate::common::Outcome;
use crate::requests::ROWS;

pub struct Options {
    pub shops: usize,
    pub rounds: usize,
    /// Seconds of each measurement, instead of its default.
    pub seconds: Option<usize>,
    /// Seconds of warm-up before each measurement.
    pub warm: usize,
    /// The rows of the table to measure; all of them when none is named.
    pub only: Vec<String>,
    pub json: PathBuf,
    pub write_statements: bool,
    /// Numbers of shops at which the cost of a request is measured.
    pub growth: Vec<usize>,
    pub overload: bool,
}

/// Rows of the table that are not rates of requests.
const OTHER_ROWS: [&str; 2] = ["latency", "memory"];

const USAGE: &str = "\
--shops N             shops to choose from (1000)
--rounds N            rounds, of which the median counts (5)
--seconds N           seconds of each measurement (5; of the overload 30)
--warm N              seconds of warm-up before each, for connections to load the shops' tables (10)
--only ROW…           only these rows: one, many, zipf, list, storefront, order, latency, memory
--growth N,N,…        instead: the cost of a request at these numbers of shops, and a plot of it
--overload            instead: the behaviour with 2,000 clients
--json FILE           where the results go (target/bench/http.json)
--write-statements    rewrite the files with the statements that the binary sends to PostgreSQL";

impl Options {
    pub fn read() -> Outcome<Self> {
        let mut options = Self {
            shops: 1_000,
            rounds: 5,
            seconds: None,
            warm: 10,
            only: Vec::new(),
            json: "target/bench/http.json".into(),
            write_statements: false,
            growth: Vec::new(),
            overload: false,
        };
        // Cargo adds --bench.
        let mut words = std::env::args().skip(1).filter(|word| word != "--bench").peekable();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value\n{USAGE}"));
            match word.as_str() {
                "--shops" => options.shops = value()?.parse()?,
                "--rounds" => options.rounds = value()?.parse()?,
                "--seconds" => options.seconds = Some(value()?.parse()?),
                "--warm" => options.warm = value()?.parse()?,
                "--json" => options.json = value()?.into(),
                "--write-statements" => options.write_statements = true,
                "--growth" => {
                    options.growth = value()?.split(',').map(str::parse).collect::<Result<_, _>>()?;
                }
                "--overload" => options.overload = true,
                "--only" => {
                    while let Some(name) = words.next_if(|word| !word.starts_with("--")) {
                        options.only.push(name);
                    }
                }
                _ => return Err(format!("unknown: {word}\n{USAGE}").into()),
            }
        }
        options.check()?;
        Ok(options)
    }

    fn check(&self) -> Outcome<()> {
        if self.shops == 0 || self.rounds == 0 || self.seconds == Some(0) || self.growth.contains(&0) {
            return Err("shops, rounds and seconds are at least 1".into());
        }
        if !self.growth.is_sorted() {
            return Err("shops can only grow".into());
        }
        let known = |name: &str| OTHER_ROWS.contains(&name) || ROWS.iter().any(|row| row.name == name);
        match self.only.iter().find(|name| !known(name)) {
            Some(name) => Err(format!("there is no row {name:?}\n{USAGE}").into()),
            None => Ok(()),
        }
    }

    /// Seconds of one measurement.
    pub fn seconds(&self) -> usize {
        self.seconds.unwrap_or(5)
    }

    /// Whether a row is to be measured.
    pub fn wants(&self, row: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == row)
    }
}
