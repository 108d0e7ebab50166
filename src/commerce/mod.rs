//! The shop's side: what it sells, what was bought, and what is in stock.
//!
//! All queries here run on the tables of one shop, through a [`TenantConn`](crate::tenancy::TenantConn).
//!
//! | folder | subject |
//! |---|---|
//! | `money` | amounts of a currency |
//! | `products` | the catalogue |
//! | `customers` | the people of a shop, for its staff |
//! | `import` | reading a catalogue from Shopify's CSV |
//! | `export` | writing the catalogue as Shopify's CSV |
//! | `orders` | placing orders, and their states |
//! | `rows` | helpers for the queries of all features |
//! | `stock` | the stock of variants, and the movements that it is the sum of |
//! | `storefront` | the catalogue for the public, without a token |

pub mod customers;
pub mod export;
pub mod import;
pub mod money;
pub mod orders;
pub mod products;
mod rows;
pub mod stock;
pub mod storefront;

use crate::http::openapi::Operation;

/// The routes of this feature.
pub fn routes() -> Vec<rocket::Route> {
    [
        products::routes::routes(),
        import::routes::routes(),
        export::routes::routes(),
        orders::routes::routes(),
        stock::routes::routes(),
        customers::routes::routes(),
        storefront::routes::routes(),
    ]
    .concat()
}

/// What the API says of them.
pub fn operations() -> Vec<Operation> {
    [
        products::docs::operations(),
        import::docs::operations(),
        export::docs::operations(),
        orders::docs::operations(),
        stock::docs::operations(),
        customers::docs::operations(),
        storefront::docs::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
