//! Diesel's view of the tables, a file for each migration tree.

pub mod public;
pub mod tenant;
