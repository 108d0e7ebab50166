//! The requests that are measured, and the target of each.

/// The number of kept-alive connections, and of pgbench's clients.
pub const CLIENTS: usize = 16;

/// One kind of request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RequestKind {
    Product,
    List,
    /// A product of the storefront, without a token.
    Storefront,
    Order,
}

/// Which shop each request is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Choice {
    /// The first one, always.
    One,
    /// Any of them, each as often as the others.
    Uniform,
    /// Few of them often and most of them rarely, by Zipf's law with the exponent [`ZIPF`].
    Zipf,
}

/// How much more often a shop is chosen than later ones: the n-th in proportion to 1 / n^1.1.
pub const ZIPF: f64 = 1.1;

impl Choice {
    /// Its name in the Lua script.
    pub fn name(self) -> &'static str {
        match self {
            Self::One | Self::Uniform => "uniform",
            Self::Zipf => "zipf",
        }
    }
}

/// A row of the table: a kind of request, and to which shops.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its name for `--only`.
    pub name: &'static str,
    pub title: &'static str,
    pub kind: RequestKind,
    pub choice: Choice,
    /// The target, as a part of pgbench's rate.
    pub target: f64,
}

impl Row {
    const fn new(
        name: &'static str,
        title: &'static str,
        kind: RequestKind,
        choice: Choice,
        target: f64,
    ) -> Self {
        Self { name, title, kind, choice, target }
    }
}

pub const ROWS: [Row; 6] = [
    Row::new("one", "GET /products/{id}, one shop", RequestKind::Product, Choice::One, 1.25),
    Row::new("many", "GET /products/{id}, at random", RequestKind::Product, Choice::Uniform, 1.10),
    Row::new("zipf", "GET /products/{id}, by Zipf's law", RequestKind::Product, Choice::Zipf, 1.10),
    Row::new("list", "GET /products?limit=20, at random", RequestKind::List, Choice::Uniform, 1.15),
    Row::new("storefront", "GET /storefront product, random", RequestKind::Storefront, Choice::Uniform, 1.25),
    Row::new("order", "POST /orders, at random", RequestKind::Order, Choice::Uniform, 1.0),
];

impl RequestKind {
    pub const ALL: [Self; 4] = [Self::Product, Self::List, Self::Storefront, Self::Order];

    /// The name of its file of statements, and its name in the Lua script.
    pub fn name(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::List => "list",
            Self::Storefront => "storefront",
            Self::Order => "order",
        }
    }
}

/// The median.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
