//! The states of an import.

use utoipa::ToSchema;

/// How far an import is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ToSchema)]
#[schema(as = ImportState, rename_all = "snake_case")]
pub(super) enum State {
    /// It goes on.
    Running,
    /// It is to end soon: somebody cancelled it.
    Cancelling,
    /// Everything of it is done.
    Done,
    /// It has ended with a problem.
    Failed,
    /// It has ended because somebody cancelled it.
    Cancelled,
}

impl State {
    /// The state as it is stored.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Cancelling => "cancelling",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}
