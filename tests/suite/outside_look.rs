//! The outside test: comparing everything that a user can read with the model.

use serde_json::json;

use crate::outside_model::Product;
use crate::outside_play::{Play, refused};
use crate::support::Caller;

impl Play<'_> {
    pub fn check_reads(&self, user: usize, shop: usize) {
        self.check_storefront(shop);
        let caller = &self.callers[user][shop];
        if let Some(refusal) = self.model.refusal(user, shop, "customer") {
            return refused(&caller.get("/products"), refusal);
        }
        let is_staff = self.model.is_staff(user, shop);
        let products = self.model.products_for(shop, is_staff);
        let expected =
            products.iter().map(|one| json!([one.id, one.title, one.status, one.price, one.stock]));
        let found = caller.all("/products?limit=7").into_iter().map(|one| {
            let variant = &one["variants"][0];
            json!([one["id"], one["title"], one["status"], variant["price"]["amount"], variant["stock"]])
        });
        assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>());

        let expected = self.model.orders_for(user, shop);
        let expected = expected.iter().map(|one| json!([one.id, one.number, one.status, one.total]));
        let found = caller
            .all("/orders?limit=7")
            .into_iter()
            .map(|one| json!([one["id"], one["number"], one["status"], one["total"]["amount"]]));
        assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        if is_staff {
            self.check_staff_reads(caller, shop, &products);
        } else {
            refused(&caller.get("/customers"), (403, "forbidden"));
        }
    }

    /// What only staff may read: the movements, whose sum is the stock, and how much each customer ordered.
    fn check_staff_reads(&self, caller: &Caller<'_>, shop: usize, products: &[&Product]) {
        for product in products {
            let moved = caller.movements(&product.variant);
            let sum: i64 = moved.iter().map(|movement| movement["delta"].as_i64().unwrap()).sum();
            assert_eq!(sum, product.stock, "{product:?}");
        }
        for customer in caller.all("/customers?limit=3") {
            let user = self.people.iter().position(|person| customer["id"] == json!(person.id)).unwrap();
            let (count, total) = self.model.order_sum(user, shop);
            assert_eq!(
                (&customer["order_count"], &customer["total"]["amount"]),
                (&json!(count), &json!(total))
            );
        }
    }

    fn check_storefront(&self, shop: usize) {
        let path = format!("/storefront/{}/products?limit=7", self.slugs[shop]);
        let found = self.world.nobody().all(&path).into_iter().map(|one| {
            let variant = &one["variants"][0];
            json!([one["handle"], one["title"], variant["price"]["amount"], variant["in_stock"]])
        });
        let expected = self
            .model
            .products_for(shop, false)
            .into_iter()
            .map(|one| json!([one.handle, one.title, one.price, !one.is_sold_out()]));
        assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    }
}
