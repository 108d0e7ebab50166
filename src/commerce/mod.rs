//! The shop's side: what it sells, what was bought, and what is in stock.
//!
//! All queries here run on the tables of one shop, through a [`TenantConn`](crate::tenancy::TenantConn).
//!
//! | folder | subject |
//! |---|---|
//! | `money` | amounts of a currency |
//! | `products` | the catalogue |
//! | `customers` | the people of a shop, for its staff |
//! | `due` | what ends by itself: orders that nobody pays, and imports |
//! | `import` | reading a catalogue from CSV of Shopify's and WooCommerce's |
//! | `export` | writing the catalogue as Shopify's CSV |
//! | `orders` | placing orders, and their states |
//! | `rows` | helpers for the queries of all features |
//! | `stock` | the stock of variants, and the movements that it is the sum of |
//! | `storefront` | the catalogue for the public, without a token |

pub mod customers;
mod due;
pub mod export;
pub mod import;
pub mod money;
pub mod orders;
pub mod products;
mod rows;
pub mod stock;
pub mod storefront;

pub use due::DUE_WORK;

use crate::http::openapi::Endpoint;

/// The routes of this feature, with what the API says of them.
pub fn endpoints() -> Vec<Endpoint> {
    [
        products::routes::endpoints(),
        import::routes::endpoints(),
        export::routes::endpoints(),
        orders::routes::endpoints(),
        stock::routes::endpoints(),
        customers::routes::endpoints(),
        storefront::routes::endpoints(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
