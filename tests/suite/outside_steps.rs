//! The outside test: random steps, from a seed.

/// A pseudo-random generator that gives the same numbers for the same seed (SplitMix64).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap() % limit
    }

    fn amount(&mut self, limit: usize) -> i64 {
        i64::try_from(self.below(limit)).unwrap()
    }

    pub fn one_of<T: Copy>(&mut self, these: &[T]) -> T {
        these[self.below(these.len())]
    }
}

/// What one user does in one shop. A product or order is named by a number, modulo those that exist, so that a sequence stays
/// valid when steps are removed.
#[derive(Clone, Debug)]
pub struct Step {
    pub user: usize,
    pub shop: usize,
    /// Whether the products and orders may be another shop's, or deleted.
    pub any_shop: bool,
    pub action: Action,
}

#[derive(Clone, Debug)]
pub enum Action {
    /// Joins by the storefront.
    Join,
    /// Gets another role, or is removed.
    SetRole(Option<&'static str>),
    /// Creates a product; with stock it is tracked.
    Create {
        price: i64,
        stock: Option<i64>,
        oversell: bool,
        status: &'static str,
    },
    On {
        product: usize,
        what: Change,
    },
    /// Orders products. With an idempotency key the order can be sent again.
    Buy {
        lines: Vec<(usize, i64)>,
        keyed: bool,
    },
    /// Sends the last order with a key again, the same or a changed one.
    Repeat {
        same: bool,
    },
    ChangeOrder {
        order: usize,
        action: &'static str,
    },
    /// Changes the title of the product that was read last, with `If-Match`.
    RetitleIfSame {
        title: i64,
    },
    /// Reads everything that the user can read.
    Look,
}

/// What is done to a product.
#[derive(Clone, Debug)]
pub enum Change {
    Title(i64),
    Price(i64),
    Status(&'static str),
    Delete,
    /// Adds to the stock, or sets it.
    Stock {
        pieces: i64,
        set: bool,
    },
    /// Reads it, and remembers its entity tag.
    Read,
}

const STATUSES: [&str; 4] = ["active", "active", "draft", "archived"];
const ROLES: [Option<&str>; 4] = [Some("customer"), Some("staff"), Some("staff"), None];

/// A random sequence.
pub fn random_steps(random: &mut Random, steps: usize, users: usize, shops: usize) -> Vec<Step> {
    let mut step = || {
        let shop = random.below(shops);
        // Half of the steps are the owner's, who has the most permissions.
        let user = if random.below(2) == 0 { shop } else { random.below(users) };
        Step { user, shop, any_shop: random.below(6) == 0, action: action(random) }
    };
    (0..steps).map(|_| step()).collect()
}

fn action(random: &mut Random) -> Action {
    match random.below(26) {
        0..=1 => Action::Join,
        2 => Action::SetRole(random.one_of(&ROLES)),
        3..=6 => Action::Create {
            price: random.amount(1_000),
            stock: (random.below(4) > 0).then(|| random.amount(6)),
            oversell: random.below(4) == 0,
            status: random.one_of(&STATUSES),
        },
        7..=11 | 23 => Action::On { product: random.below(64), what: change(random) },
        12..=16 => {
            let lines = 1 + random.below(3);
            let lines = (0..lines).map(|_| (random.below(64), 1 + random.amount(3))).collect();
            Action::Buy { lines, keyed: random.below(2) == 0 }
        }
        17 => Action::Repeat { same: random.below(3) > 0 },
        18..=22 => {
            let action = random.one_of(&["pay", "pay", "fulfil", "cancel", "refund", "refund"]);
            Action::ChangeOrder { order: random.below(64), action }
        }
        24 => Action::RetitleIfSame { title: random.amount(9) },
        _ => Action::Look,
    }
}

fn change(random: &mut Random) -> Change {
    match random.below(8) {
        0 => Change::Title(random.amount(9)),
        1 => Change::Price(random.amount(1_000)),
        2 => Change::Status(random.one_of(&STATUSES)),
        3 => Change::Delete,
        4 | 5 => Change::Stock { pieces: random.amount(9) - 4, set: random.below(3) == 0 },
        _ => Change::Read,
    }
}
