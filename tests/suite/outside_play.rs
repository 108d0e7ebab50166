//! The outside test: running a sequence. Each step is done over HTTP and in the model.

use rocket::http::{ContentType, Method};
use serde_json::{Value, json};
use shophouse::http::BASE;

use crate::outside::{SHOPS, USERS};
use crate::outside_model::{Expected, Model, Product, UNKNOWN};
use crate::outside_orders::KeyedOrder;
use crate::outside_steps::{Action, Change, Step};
use crate::support::goods::variant;
use crate::support::world::{Person, text};
use crate::support::{Answer, Caller, Lent, World, token};

pub struct Play<'w> {
    pub world: &'w World,
    pub sql: Lent,
    pub people: &'w [Person<'w>],
    /// By shop.
    pub slugs: Vec<String>,
    pub ids: Vec<String>,
    /// By user, then by shop, whether or not the user is a member.
    pub callers: Vec<Vec<Caller<'w>>>,
    pub model: Model,
    pub keyed_order: Option<KeyedOrder>,
    /// The product that was read last, its entity tag, and its version in the model then.
    pub read: Option<(usize, String, (usize, i64))>,
    pub keys: usize,
}

impl<'w> Play<'w> {
    /// Two new shops, opened by the first two users.
    pub fn new(world: &'w World, people: &'w [Person<'w>], number: usize) -> Self {
        let slugs: Vec<String> = (0..SHOPS).map(|shop| format!("shop-{number}-{shop}")).collect();
        let open = |(slug, person): (&String, &Person<'_>)| {
            text(&person.post("/shops", json!({ "name": slug, "slug": slug })).expect(201)["id"])
        };
        let ids: Vec<String> = slugs.iter().zip(people).map(open).collect();
        let of = |person: &Person<'w>| {
            let token = person.token.as_deref().unwrap();
            ids.iter().map(|id| person.with_token(token::for_shop(token, id))).collect()
        };
        let callers = people.iter().map(of).collect();
        let mut model = Model { roles: vec![vec![None; SHOPS]; USERS.len()], ..Model::default() };
        for shop in 0..SHOPS {
            model.roles[shop][shop] = Some("owner");
        }
        let (sql, keyed_order, read, keys) = (world.sql(), None, None, 0);
        Self { world, sql, people, slugs, ids, callers, model, keyed_order, read, keys }
    }

    /// Runs the steps, then compares everything that the owners can read.
    pub fn play(mut self, steps: &[Step]) {
        for step in steps {
            self.step(step);
        }
        for shop in 0..SHOPS {
            self.check_reads(shop, shop);
        }
    }

    fn step(&mut self, Step { user, shop, any_shop, action }: &Step) {
        let (user, shop) = (*user, *shop);
        match action {
            Action::Join => self.join(user, shop),
            Action::SetRole(role) => self.set_role(user, shop, *role),
            Action::Create { price, stock, oversell, status } => {
                self.create(user, shop, *price, *stock, *oversell, status);
            }
            Action::Look => self.check_reads(user, shop),
            Action::Repeat { same } => self.repeat(*same),
            Action::RetitleIfSame { title } => self.retitle_if_same(user, shop, *title),
            Action::ChangeOrder { order, action } => {
                if let Some(order) = self.model.pick_order(shop, *order, *any_shop) {
                    self.change_order(user, shop, order, action);
                }
            }
            Action::Buy { lines, keyed } => {
                let pick = |(product, pieces): &(usize, i64)| {
                    Some((self.model.pick_product(shop, *product, *any_shop)?, *pieces))
                };
                if let Some(lines) = lines.iter().map(pick).collect::<Option<Vec<_>>>() {
                    self.buy(user, shop, &lines, *keyed);
                }
            }
            Action::On { product, what } => {
                if let Some(product) = self.model.pick_product(shop, *product, *any_shop) {
                    self.change(user, shop, product, what);
                }
            }
        }
    }

    fn change(&mut self, user: usize, shop: usize, product: usize, what: &Change) {
        match what {
            Change::Title(title) => {
                let title = format!("Title {title}");
                let body = json!({ "title": title });
                self.edit(user, shop, product, "", &body, |product| product.title = title);
            }
            Change::Status(status) => {
                let body = json!({ "status": status });
                self.edit(user, shop, product, "", &body, |product| product.status = status);
            }
            Change::Price(price) => {
                let path = format!("/variants/{}", self.model.products[product].variant);
                let body = json!({ "price": { "amount": price } });
                self.edit(user, shop, product, &path, &body, |product| product.price = *price);
            }
            Change::Delete => self.delete(user, shop, product),
            Change::Stock { pieces, set } => self.stock(user, shop, product, *pieces, *set),
            Change::Read => self.read(user, shop, product),
        }
    }

    fn join(&mut self, user: usize, shop: usize) {
        let answer = self.people[user].post(&format!("/storefront/{}/join", self.slugs[shop]), json!({}));
        let role = &mut self.model.roles[user][shop];
        let joined = answer.expect(if role.is_some() { 200 } else { 201 });
        assert_eq!(joined["role"], *role.get_or_insert("customer"));
    }

    fn set_role(&mut self, user: usize, shop: usize, role: Option<&'static str>) {
        let present = self.model.roles[user][shop];
        if present.is_none() || present == Some("owner") {
            return;
        }
        let (user_id, shop_id) = (&self.people[user].id, &self.ids[shop]);
        let whose = format!("WHERE user_id = '{user_id}' AND shop_id = '{shop_id}'");
        self.sql.run(match role {
            Some(role) => format!("UPDATE memberships SET role = '{role}' {whose}"),
            None => format!("DELETE FROM memberships {whose}"),
        });
        self.model.roles[user][shop] = role;
    }

    fn create(
        &mut self,
        user: usize,
        shop: usize,
        price: i64,
        stock: Option<i64>,
        oversell: bool,
        status: &'static str,
    ) {
        let title = format!("Thing {}", self.model.products.len());
        let variant_body =
            json!({ "price": { "amount": price }, "stock": stock, "allow_oversell": oversell });
        let body = json!({ "title": title, "status": status, "variants": [variant_body] });
        let answer = self.callers[user][shop].post("/products", body);
        if let Some(refusal) = self.model.refusal(user, shop, "staff") {
            return refused(&answer, refusal);
        }
        let made = answer.expect(201);
        let (id, handle, variant) = (text(&made["id"]), text(&made["handle"]), variant(&made, 0));
        let (tracked, stock) = (stock.is_some(), stock.unwrap_or(0));
        let (deleted, edits) = (false, 0);
        let made = Product {
            shop,
            id,
            variant,
            handle,
            title,
            status,
            price,
            stock,
            tracked,
            oversell,
            deleted,
            edits,
        };
        self.model.products.push(made);
    }

    /// The refusal for a user who may not change a product, if so.
    fn refusal_to_change(&self, user: usize, shop: usize, product: usize) -> Option<Expected> {
        let unknown = (!self.model.is_there(product, shop)).then_some(UNKNOWN);
        self.model.refusal(user, shop, "staff").or(unknown)
    }

    fn edit(
        &mut self,
        user: usize,
        shop: usize,
        product: usize,
        below: &str,
        body: &Value,
        change: impl FnOnce(&mut Product),
    ) {
        let path = format!("/products/{}{below}", self.model.products[product].id);
        let answer = self.callers[user][shop].patch(&path, body.clone());
        if let Some(refusal) = self.refusal_to_change(user, shop, product) {
            return refused(&answer, refusal);
        }
        answer.expect(200);
        let product = &mut self.model.products[product];
        change(product);
        product.edits += 1;
    }

    fn delete(&mut self, user: usize, shop: usize, product: usize) {
        let answer =
            self.callers[user][shop].delete(&format!("/products/{}", self.model.products[product].id));
        if let Some(refusal) = self.refusal_to_change(user, shop, product) {
            return refused(&answer, refusal);
        }
        answer.expect(204);
        self.model.products[product].deleted = true;
    }

    fn stock(&mut self, user: usize, shop: usize, product: usize, pieces: i64, set: bool) {
        let how = if set { "set" } else { "delta" };
        let path = format!("/variants/{}/stock", self.model.products[product].variant);
        let answer = self.callers[user][shop].post(&path, json!({ how: pieces, "reason": "counted" }));
        if let Some(refusal) = self.refusal_to_change(user, shop, product) {
            return refused(&answer, refusal);
        }
        let Product { stock, .. } = &mut self.model.products[product];
        let wanted = if set { pieces } else { *stock + pieces };
        assert_eq!(answer.expect(201)["delta"], wanted - *stock);
        *stock = wanted;
    }

    fn read(&mut self, user: usize, shop: usize, product: usize) {
        let shown = &self.model.products[product];
        let answer = self.callers[user][shop].get(&format!("/products/{}", shown.id));
        let is_seen = self.model.is_there(product, shop)
            && (shown.status == "active" || self.model.is_staff(user, shop));
        let unknown = (!is_seen).then_some(UNKNOWN);
        if let Some(refusal) = self.model.refusal(user, shop, "customer").or(unknown) {
            return refused(&answer, refusal);
        }
        assert_eq!(answer.expect(200)["title"], json!(shown.title));
        self.read = Some((product, answer.header("ETag").unwrap().to_owned(), shown.version()));
    }

    fn retitle_if_same(&mut self, user: usize, shop: usize, title: i64) {
        let Some((product, tag, then)) = self.read.clone() else { return };
        let title = format!("Title {title}");
        let body = (ContentType::JSON, json!({ "title": title }).to_string().into_bytes());
        let path = format!("{BASE}/products/{}", self.model.products[product].id);
        let answer = self.callers[user][shop].raw(Method::Patch, &path, &[("If-Match", &tag)], Some(body));
        if let Some(refusal) = self.refusal_to_change(user, shop, product) {
            return refused(&answer, refusal);
        }
        let product = &mut self.model.products[product];
        if product.version() != then {
            return refused(&answer, (412, "precondition_failed"));
        }
        answer.expect(200);
        product.title = title;
        product.edits += 1;
    }
}

pub fn refused(answer: &Answer, (status, code): Expected) {
    answer.expect_problem(status, code);
}
