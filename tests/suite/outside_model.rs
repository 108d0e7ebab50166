//! What the outside test expects: two shops in memory, as simple as they can be.

/// Who may do what, least first.
const ROLES: [&str; 3] = ["customer", "staff", "owner"];

/// How a call is to be answered: a status, and for a problem its code.
pub type Expected = (u16, &'static str);

pub const UNKNOWN: Expected = (404, "not_found");

#[derive(Clone, Debug)]
pub struct Product {
    pub shop: usize,
    pub id: String,
    pub variant: String,
    pub handle: String,
    pub title: String,
    pub status: &'static str,
    pub price: i64,
    pub stock: i64,
    pub tracked: bool,
    pub oversell: bool,
    pub gone: bool,
    /// How often it was edited; orders only take its stock.
    pub edits: usize,
}

#[derive(Clone, Debug)]
pub struct Order {
    pub shop: usize,
    pub id: String,
    pub number: usize,
    pub customer: usize,
    pub status: &'static str,
    pub total: i64,
    /// The products that it took stock of, and how much.
    pub taken: Vec<(usize, i64)>,
}

#[derive(Debug, Default)]
pub struct Model {
    /// By user, then by shop.
    pub roles: Vec<Vec<Option<&'static str>>>,
    pub products: Vec<Product>,
    pub orders: Vec<Order>,
}

impl Product {
    pub fn is_sold_out(&self) -> bool {
        self.tracked && !self.oversell && self.stock <= 0
    }

    /// All that a change of would change what is shown.
    pub fn shown(&self) -> (usize, i64) {
        (self.edits, self.stock)
    }
}

impl Model {
    pub fn role(&self, user: usize, shop: usize) -> Option<usize> {
        let role = self.roles[user][shop]?;
        ROLES.iter().position(|known| *known == role)
    }

    pub fn is_staff(&self, user: usize, shop: usize) -> bool {
        self.role(user, shop) > Some(0)
    }

    /// Why a user is not let in with a least role, if not.
    pub fn refusal(&self, user: usize, shop: usize, least: &str) -> Option<Expected> {
        let least = ROLES.iter().position(|known| *known == least);
        match self.role(user, shop) {
            None => Some((403, "not_a_member")),
            role if role < least => Some((403, "forbidden")),
            _ => None,
        }
    }

    /// One of the products of a shop, or of all that ever were.
    pub fn pick_product(&self, shop: usize, number: usize, astray: bool) -> Option<usize> {
        let may_be = |index: &usize| astray || self.is_there(*index, shop);
        let known: Vec<usize> = (0..self.products.len()).filter(may_be).collect();
        known.get(number % known.len().max(1)).copied()
    }

    /// One of the last orders of a shop, or of all.
    pub fn pick_order(&self, shop: usize, number: usize, astray: bool) -> Option<usize> {
        let may_be = |index: &usize| astray || self.orders[*index].shop == shop;
        let known: Vec<usize> = (0..self.orders.len()).rev().filter(may_be).take(3).collect();
        known.get(number % known.len().max(1)).copied()
    }

    /// A product that somebody of the staff names in a shop.
    pub fn is_there(&self, product: usize, shop: usize) -> bool {
        self.products.get(product).is_some_and(|product| product.shop == shop && !product.gone)
    }

    /// What comes of ordering, and if it goes well the total.
    pub fn price(&self, shop: usize, lines: &[(usize, i64)]) -> Result<i64, Expected> {
        let is_sold =
            |product: usize| self.is_there(product, shop) && self.products[product].status == "active";
        if lines.iter().any(|(product, _)| !is_sold(*product)) {
            return Err((422, "unknown_variant"));
        }
        for (product, _) in lines {
            let wanted: i64 = lines.iter().filter(|line| line.0 == *product).map(|line| line.1).sum();
            let Product { tracked, oversell, stock, .. } = self.products[*product];
            if tracked && !oversell && stock < wanted {
                return Err((409, "out_of_stock"));
            }
        }
        Ok(lines.iter().map(|(product, pieces)| self.products[*product].price * pieces).sum())
    }

    /// What is taken of stock when lines are ordered.
    pub fn take(&mut self, lines: &[(usize, i64)]) -> Vec<(usize, i64)> {
        let taken: Vec<_> =
            lines.iter().copied().filter(|(product, _)| self.products[*product].tracked).collect();
        for (product, pieces) in &taken {
            self.products[*product].stock -= pieces;
        }
        taken
    }

    /// What comes of taking an order to another state, and if it goes well that state.
    pub fn moves(&self, user: usize, shop: usize, order: usize, act: &str) -> Result<&'static str, Expected> {
        let least = if act == "cancel" { "customer" } else { "staff" };
        if let Some(refusal) = self.refusal(user, shop, least) {
            return Err(refusal);
        }
        let order = &self.orders[order];
        let is_own = order.customer == user;
        if order.shop != shop || !(is_own || self.is_staff(user, shop)) {
            return Err(UNKNOWN);
        }
        if !self.is_staff(user, shop) && ["paid", "fulfilled"].contains(&order.status) {
            return Err((403, "forbidden"));
        }
        match (order.status, act) {
            ("pending", "pay") => Ok("paid"),
            ("paid", "fulfil") => Ok("fulfilled"),
            ("pending" | "paid", "cancel") => Ok("cancelled"),
            ("paid" | "fulfilled", "refund") => Ok("refunded"),
            _ => Err((409, "invalid_transition")),
        }
    }

    /// An order takes another state, and gives back what it took.
    pub fn moved(&mut self, order: usize, status: &'static str) {
        self.orders[order].status = status;
        if ["cancelled", "refunded"].contains(&status) {
            for (product, pieces) in self.orders[order].taken.clone() {
                self.products[product].stock += pieces;
            }
        }
    }

    /// The orders of a shop that a user sees, newest first.
    pub fn orders_for(&self, user: usize, shop: usize) -> Vec<&Order> {
        let sees =
            |order: &&Order| order.shop == shop && (order.customer == user || self.is_staff(user, shop));
        self.orders.iter().rev().filter(sees).collect()
    }

    /// The products of a shop that a user sees, newest first; everybody sees what customers see.
    pub fn products_for(&self, shop: usize, is_staff: bool) -> Vec<&Product> {
        let sees = |product: &&Product| {
            product.shop == shop && !product.gone && (is_staff || product.status == "active")
        };
        self.products.iter().rev().filter(sees).collect()
    }

    /// How many orders of a user stand in a shop, and what they come to.
    pub fn standing(&self, user: usize, shop: usize) -> (usize, i64) {
        let stands = |order: &&Order| {
            order.shop == shop && order.customer == user && !["cancelled", "refunded"].contains(&order.status)
        };
        let totals: Vec<i64> = self.orders.iter().filter(stands).map(|order| order.total).collect();
        (totals.len(), totals.iter().sum())
    }
}
