//! How much of a variant is in stock.

use crate::http::Integer;

/// The largest stock of one variant, above or below zero.
pub const MAX_STOCK: i64 = 1_000_000_000;

/// Pieces in stock. Below zero means that more were sold than there are.
pub type Stock = Integer<{ -MAX_STOCK }, MAX_STOCK>;
