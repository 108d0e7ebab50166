//! What a shop is: its id, slug, schema name, state, roles and currency.
//!
//! | file | subject |
//! |---|---|
//! | `id` | the id of a shop, its slug, and the name of its schema |
//! | `words` | the states of a shop, and the roles of its members |
//! | `currency` | the currency of a shop |

mod currency;
mod id;
mod words;

pub use currency::{BadCurrency, Currency, known_currency};
pub use id::{BadSlug, ShopId, ShopName, Slug};
pub use words::{Role, ShopState, UnknownWord};
