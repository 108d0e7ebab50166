//! The shop's side: what it sells, what was bought, and what is in stock.
//!
//! Everything here works on a shop's own tables, through a [`TenantConn`](crate::tenancy::TenantConn).
//!
//! | folder | subject |
//! |---|---|
//! | `money` | amounts of a currency |
//! | `products` | the catalogue |
//! | `customers` | the shop's people, as its staff sees them |
//! | `import` | the catalogue from Shopify's CSV |
//! | `export` | … and as Shopify's CSV |
//! | `orders` | placing orders, and what becomes of them |
//! | `rows` | what the queries of all of them share |
//! | `stock` | movements of stock, and their sum |
//! | `storefront` | the catalogue, as everybody sees it |

pub mod customers;
pub mod export;
pub mod import;
pub mod money;
pub mod orders;
pub mod products;
mod rows;
pub mod stock;
pub mod storefront;

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
