//! Who a job is for, and where its tables are known.

/// Who a job is for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Party {
    id: u64,
    home: Option<u64>,
}

impl Party {
    /// The server and its operator. No share is kept from it.
    pub const OPERATOR: Self = Self { id: 0, home: None };

    /// A party with a home lane, by a number that is spread evenly.
    pub fn with_home(id: u64) -> Self {
        Self { id, home: Some(id) }
    }

    /// A party whose jobs are as fast on any lane, by a number that is spread evenly.
    pub fn without_home(id: u64) -> Self {
        Self { id, home: None }
    }

    /// The same party at the home of another one, whose tables its jobs read too.
    #[must_use]
    pub fn at_home_of(self, other: Self) -> Self {
        Self { home: other.home, ..self }
    }

    /// Identifies the tables that the party's jobs read, if it has a home.
    pub(super) fn home_key(self) -> Option<u64> {
        self.home
    }
}
