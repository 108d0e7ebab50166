//! The faults of one product, as they are found.

use super::fault::Fault;

/// Faults of one product that are kept: whoever mends a file needs no more of them at a time, and a
/// file that is all wrong must not fill the memory with them.
pub(super) const MAX_FAULTS: usize = 100;

/// The faults of one product.
#[derive(Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    /// Notes a fault, as far as there is room for it.
    pub(super) fn add(&mut self, fault: Fault) {
        if self.0.len() < MAX_FAULTS {
            self.0.push(fault);
        }
    }

    pub(super) fn add_all(&mut self, faults: Vec<Fault>) {
        for fault in faults {
            self.add(fault);
        }
    }

    /// Says once that there are too many of something.
    pub(super) fn add_once(&mut self, line: u64, code: &'static str, detail: String) {
        if !self.0.iter().any(|fault| fault.code == code) {
            self.add(Fault::of_row(line, code, detail));
        }
    }

    /// The value, or in its place a default and a fault: a product with faults is never handed out.
    pub(super) fn sound<T: Default>(&mut self, read: Result<T, Fault>) -> T {
        read.unwrap_or_else(|fault| {
            self.add(fault);
            T::default()
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn into_vec(self) -> Vec<Fault> {
        self.0
    }
}
