//! The requests that are measured, and the target of each.

/// The number of kept-alive connections, and of pgbench's clients.
pub const CLIENTS: usize = 16;

/// One kind of request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RequestKind {
    Product,
    List,
    Order,
}

/// A row of the table: a kind of request, to one shop or to shops at random.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its name for `--only`.
    pub name: &'static str,
    pub title: &'static str,
    pub kind: RequestKind,
    pub at_random: bool,
    /// The target, as a part of pgbench's rate.
    pub target: f64,
}

pub const ROWS: [Row; 4] = [
    Row {
        name: "one",
        title: "GET /products/{id}, one shop",
        kind: RequestKind::Product,
        at_random: false,
        target: 0.70,
    },
    Row {
        name: "many",
        title: "GET /products/{id}, at random",
        kind: RequestKind::Product,
        at_random: true,
        target: 0.80,
    },
    Row {
        name: "list",
        title: "GET /products?limit=20, at random",
        kind: RequestKind::List,
        at_random: true,
        target: 0.70,
    },
    Row {
        name: "order",
        title: "POST /orders, at random",
        kind: RequestKind::Order,
        at_random: true,
        target: 0.70,
    },
];

impl RequestKind {
    pub const ALL: [Self; 3] = [Self::Product, Self::List, Self::Order];

    /// The name of its file of statements, and its name in the Lua script.
    pub fn name(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::List => "list",
            Self::Order => "order",
        }
    }
}

/// The median.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
