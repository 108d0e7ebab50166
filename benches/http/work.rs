//! The requests that are measured, and what each is to reach.

/// Connections that are kept alive, and clients of pgbench.
pub const CLIENTS: usize = 16;

/// One kind of request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Work {
    Product,
    List,
    Order,
}

/// A row of the table: a kind of request, to one shop or to shops at random.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What `--only` calls it.
    pub name: &'static str,
    pub title: &'static str,
    pub work: Work,
    pub at_random: bool,
    /// The part of pgbench's rate that is to be reached.
    pub target: f64,
}

pub const ROWS: [Row; 4] = [
    Row {
        name: "one",
        title: "GET /products/{id}, one shop",
        work: Work::Product,
        at_random: false,
        target: 0.70,
    },
    Row {
        name: "many",
        title: "GET /products/{id}, at random",
        work: Work::Product,
        at_random: true,
        target: 0.80,
    },
    Row {
        name: "list",
        title: "GET /products?limit=20, at random",
        work: Work::List,
        at_random: true,
        target: 0.70,
    },
    Row { name: "order", title: "POST /orders, at random", work: Work::Order, at_random: true, target: 0.70 },
];

impl Work {
    pub const ALL: [Self; 3] = [Self::Product, Self::List, Self::Order];

    /// Its file of statements, and its name for the Lua script.
    pub fn name(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::List => "list",
            Self::Order => "order",
        }
    }
}

/// The median.
pub fn middle(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
