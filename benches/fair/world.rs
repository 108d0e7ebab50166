//! Who there is: the honest shops, the abusers' shops, and their people. The abusers' process gets it as JSON.

use serde::{Deserialize, Serialize};
use shophouse::http::request::token::Tokens;
use shophouse::tenancy::{Caller, ShopId};
use uuid::Uuid;

use crate::common::{Outcome, SECRET};

/// The password of every user.
pub const PASSWORD: &str = "correct horse battery";

/// The honest shops, and what the abusers have.
#[derive(Deserialize, Serialize)]
pub struct World {
    pub honest: Vec<HonestShop>,
    /// The owners of the abusers' shops, one entry a shop. A few users own them all.
    pub abusers: Vec<Person>,
    /// The owners of two shops with a large catalogue.
    pub large: Vec<Person>,
    /// Customers of the first of the abusers' shops.
    pub crowd: Vec<Person>,
    /// What that shop sells.
    pub sold: Product,
    /// The email addresses of users who only sign in.
    pub signers: Vec<String>,
}

/// An honest shop.
#[derive(Deserialize, Serialize)]
pub struct HonestShop {
    /// The email address of its owner.
    pub owner: String,
    pub customers: Vec<Person>,
    pub products: Vec<Product>,
}

/// A user who works in a shop.
#[derive(Clone, Deserialize, Serialize)]
pub struct Person {
    pub user: Uuid,
    pub session: Uuid,
    pub shop: Option<Uuid>,
}

/// A product and its first variant.
#[derive(Clone, Deserialize, Serialize)]
pub struct Product {
    pub id: String,
    pub variant: String,
}

impl Person {
    /// An access token, valid for ten minutes. A run takes longer than that.
    pub fn token(&self) -> Outcome<String> {
        let caller = Caller { session: self.session, user: self.user };
        Ok(Tokens::new(&SECRET.into()).sign(caller, self.shop.map(ShopId), None)?)
    }
}

/// Access tokens of all of them.
pub fn tokens(people: &[Person]) -> Outcome<Vec<String>> {
    people.iter().map(Person::token).collect()
}

/// The address of an abusing client. Neighbours are in networks far from each other.
pub fn address(group: u8, client: usize) -> String {
    format!("10.{}.{}.{group}", client % 256, client / 256 % 256)
}
