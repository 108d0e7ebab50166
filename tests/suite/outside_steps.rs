//! What people do in the outside test: steps drawn by a seeded die.

/// A die that falls the same way for the same seed (SplitMix64).
pub struct Die(u64);

impl Die {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap() % sides
    }

    fn number(&mut self, sides: usize) -> i64 {
        i64::try_from(self.roll(sides)).unwrap()
    }

    fn one_of<T: Copy>(&mut self, these: &[T]) -> T {
        these[self.roll(these.len())]
    }
}

/// What one user does in one shop. Products and orders are counted among those that are there, over and over, so
/// that a sequence keeps its sense when steps are left out.
#[derive(Clone, Debug)]
pub struct Step {
    pub user: usize,
    pub shop: usize,
    /// Whether the products and orders may as well be another shop's, or gone.
    pub astray: bool,
    pub act: Action,
}

#[derive(Clone, Debug)]
pub enum Action {
    /// Joins by the storefront.
    Join,
    /// Is given another role, or is put out.
    Become(Option<&'static str>),
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
    /// Orders products; under a key, the order may be sent again.
    Buy {
        lines: Vec<(usize, i64)>,
        keyed: bool,
    },
    /// Sends the last order that had a key again, the same or another.
    Again {
        same: bool,
    },
    Take {
        order: usize,
        to: &'static str,
    },
    /// Gives the product that was read last another title, if it is as it was then.
    RetitleIfSame {
        title: i64,
    },
    /// Looks at everything that there is to be seen.
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
    /// It is read, and its tag kept.
    Read,
}

const STATUSES: [&str; 4] = ["active", "active", "draft", "archived"];
const ROLES: [Option<&str>; 4] = [Some("customer"), Some("staff"), Some("staff"), None];

/// A sequence of so many steps by so many users in so many shops.
pub fn draw(die: &mut Die, steps: usize, users: usize, shops: usize) -> Vec<Step> {
    let mut step = || {
        let shop = die.roll(shops);
        // Half of it is done by the shop's owner, who may do most.
        let user = if die.roll(2) == 0 { shop } else { die.roll(users) };
        Step { user, shop, astray: die.roll(6) == 0, act: act(die) }
    };
    (0..steps).map(|_| step()).collect()
}

fn act(die: &mut Die) -> Action {
    match die.roll(26) {
        0..=1 => Action::Join,
        2 => Action::Become(die.one_of(&ROLES)),
        3..=6 => Action::Create {
            price: die.number(1_000),
            stock: (die.roll(4) > 0).then(|| die.number(6)),
            oversell: die.roll(4) == 0,
            status: die.one_of(&STATUSES),
        },
        7..=11 | 23 => Action::On { product: die.roll(64), what: change(die) },
        12..=16 => {
            let lines = 1 + die.roll(3);
            let lines = (0..lines).map(|_| (die.roll(64), 1 + die.number(3))).collect();
            Action::Buy { lines, keyed: die.roll(2) == 0 }
        }
        17 => Action::Again { same: die.roll(3) > 0 },
        18..=22 => {
            let to = die.one_of(&["pay", "pay", "fulfil", "cancel", "refund", "refund"]);
            Action::Take { order: die.roll(64), to }
        }
        24 => Action::RetitleIfSame { title: die.number(9) },
        _ => Action::Look,
    }
}

fn change(die: &mut Die) -> Change {
    match die.roll(8) {
        0 => Change::Title(die.number(9)),
        1 => Change::Price(die.number(1_000)),
        2 => Change::Status(die.one_of(&STATUSES)),
        3 => Change::Delete,
        4 | 5 => Change::Stock { pieces: die.number(9) - 4, set: die.roll(3) == 0 },
        _ => Change::Read,
    }
}
