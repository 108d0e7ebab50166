//! The outside test: the model, a simple version of two shops in memory.

/// The roles, with the fewest permissions first.
const ROLES: [&str; 3] = ["customer", "staff", "owner"];

/// The expected response: its status, and the code of its problem.
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
    pub deleted: bool,
    /// How often it was edited. Orders change its stock only, and do not count.
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
    /// The products whose stock it took, and how many pieces.
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

    /// A value that changes whenever the product's representation changes.
    pub fn version(&self) -> (usize, i64) {
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

    /// The refusal for a user who has not at least this role, if so.
    pub fn refusal(&self, user: usize, shop: usize, least: &str) -> Option<Expected> {
        let least = ROLES.iter().position(|known| *known == least);
        match self.role(user, shop) {
            None => Some((403, "not_a_member")),
            role if role < least => Some((403, "forbidden")),
            _ => None,
        }
    }

    /// One of the products of a shop; with `any_shop`, of all shops, deleted ones included.
    pub fn pick_product(&self, shop: usize, number: usize, any_shop: bool) -> Option<usize> {
        let may_be = |index: &usize| any_shop || self.is_there(*index, shop);
        let known: Vec<usize> = (0..self.products.len()).filter(may_be).collect();
        known.get(number % known.len().max(1)).copied()
    }

    /// One of the last three orders of a shop; with `any_shop`, of all shops.
    pub fn pick_order(&self, shop: usize, number: usize, any_shop: bool) -> Option<usize> {
        let may_be = |index: &usize| any_shop || self.orders[*index].shop == shop;
        let known: Vec<usize> = (0..self.orders.len()).rev().filter(may_be).take(3).collect();
        known.get(number % known.len().max(1)).copied()
    }

    /// Whether a product exists in a shop.
    pub fn is_there(&self, product: usize, shop: usize) -> bool {
        self.products.get(product).is_some_and(|product| product.shop == shop && !product.deleted)
    }

    /// The total of an order, or its refusal.
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

    /// Takes the stock of an order, and returns what was taken.
    pub fn take(&mut self, lines: &[(usize, i64)]) -> Vec<(usize, i64)> {
        let taken: Vec<_> =
            lines.iter().copied().filter(|(product, _)| self.products[*product].tracked).collect();
        for (product, pieces) in &taken {
            self.products[*product].stock -= pieces;
        }
        taken
    }

    /// The state after an action on an order, or the refusal.
    pub fn moves(
        &self,
        user: usize,
        shop: usize,
        order: usize,
        action: &str,
    ) -> Result<&'static str, Expected> {
        let least = if action == "cancel" { "customer" } else { "staff" };
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
        match (order.status, action) {
            ("pending", "pay") => Ok("paid"),
            ("paid", "fulfil") => Ok("fulfilled"),
            ("pending" | "paid", "cancel") => Ok("cancelled"),
            ("paid" | "fulfilled", "refund") => Ok("refunded"),
            _ => Err((409, "invalid_transition")),
        }
    }

    /// Moves an order to another state, and returns its stock if it is cancelled or refunded.
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

    /// The products of a shop that staff or others see, newest first.
    pub fn products_for(&self, shop: usize, is_staff: bool) -> Vec<&Product> {
        let sees = |product: &&Product| {
            product.shop == shop && !product.deleted && (is_staff || product.status == "active")
        };
        self.products.iter().rev().filter(sees).collect()
    }

    /// The number and the sum of a user's orders in a shop, without cancelled and refunded ones.
    pub fn order_sum(&self, user: usize, shop: usize) -> (usize, i64) {
        let counts = |order: &&Order| {
            order.shop == shop && order.customer == user && !["cancelled", "refunded"].contains(&order.status)
        };
        let totals: Vec<i64> = self.orders.iter().filter(counts).map(|order| order.total).collect();
        (totals.len(), totals.iter().sum())
    }
}
