//! Imports that have a row of their own: those of several transactions, and those that go on after their request was answered.
//!
//! A client waits for a short one, and watches a long one. Either way it is done by the process that has received the file,
//! with the access of whoever sent it, which is asked for again in each transaction. The file is not kept anywhere else: a
//! copy in the database would cost more than the import, and the client has it. So an import whose process dies has failed, and
//! says so: of one transaction nothing is left, of several whole products, which its report counts.
//!
//! | file | subject |
//! |---|---|
//! | `state` | the states |
//! | `table` | the rows, and changing their state |
//! | `due` | the end of those whose process has died, and of those that were kept for long enough |
//! | `run` | doing one, its progress, and cancelling it |
//! | `routes` | looking at them, and cancelling |

pub(crate) mod due;
pub(super) mod routes;
pub mod run;
mod state;
pub(super) mod table;
