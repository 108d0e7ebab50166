//! A value for each limit. Zero means no limit.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use super::limit::Limit;

/// The limits that the operator has set for one shop.
pub type Overrides = BTreeMap<Limit, u32>;

/// A value for each limit.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Values([u32; Limit::ALL.len()]);

impl Values {
    /// No limits.
    pub const NONE: Self = Self([0; Limit::ALL.len()]);

    /// The value of a limit; none when there is no limit.
    pub fn get(&self, limit: Limit) -> Option<NonZeroU32> {
        NonZeroU32::new(self.0[limit as usize])
    }

    /// The same with another value.
    #[must_use]
    pub fn with(mut self, limit: Limit, value: u32) -> Self {
        self.0[limit as usize] = value;
        self
    }
}

impl Default for Values {
    fn default() -> Self {
        Self(Limit::ALL.map(Limit::default))
    }
}
