//! Doing an import that has a row: its progress, its end, and cancelling it.

use std::future::pending;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use rocket::tokio::sync::Notify;
use rocket::tokio::task::JoinHandle;
use rocket::tokio::{self, time};
use serde_json::json;
use uuid::Uuid;

use crate::fairness::Places;
use crate::http::request::scopes::Needs;
use crate::http::{Problem, Staff, Tenant};
use crate::tenancy::{Class, ShopId};

use super::super::error::ImportError;
use super::table;

/// How often its progress is noted, and whether it was cancelled is asked.
const BEAT: Duration = Duration::from_secs(1);

/// The imports that a server does after it has answered.
#[derive(Clone)]
pub struct Jobs {
    /// The rows of a file from which on a client does not wait.
    pub(in crate::commerce::import) rows: u32,
    places: Places<ShopId, 1>,
}

impl Jobs {
    /// So many at a time; shops take turns. Those that wait are bounded by the files that there may be.
    pub fn new(rows: u32, at_a_time: NonZero<usize>) -> Self {
        Self { rows, places: Places::new(at_a_time.get(), usize::MAX) }
    }
}

/// How far an import is, and whether it is to stop.
#[derive(Default)]
pub(in crate::commerce::import) struct Watch {
    rows: AtomicU32,
    is_cancelled: AtomicBool,
    cancelled: Notify,
}

impl Watch {
    /// Notes that so many more rows were looked at.
    pub(in crate::commerce::import) fn pass(&self, rows: u32) -> Result<(), ImportError> {
        self.rows.fetch_add(rows, Ordering::Relaxed);
        if self.is_cancelled.load(Ordering::Relaxed) { Err(ImportError::Cancelled) } else { Ok(()) }
    }

    fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
        self.cancelled.notify_one();
    }
}

/// Ends a task with its owner.
struct Companion(JoinHandle<()>);

impl Drop for Companion {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Does something after the answer.
pub(in crate::commerce::import) fn spawn(work: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(work);
}

/// Does an import that has a row, and notes how it ended. `work` ends it when all is done.
pub(in crate::commerce::import) async fn run<S: Needs + 'static, T, F>(
    tenant: &Tenant<Staff, S>,
    id: Uuid,
    jobs: Option<&Jobs>,
    work: impl FnOnce(Arc<Watch>) -> F,
) -> Result<T, ImportError>
where
    F: Future<Output = Result<T, ImportError>>,
{
    // What notes its progress does not wait behind other imports.
    let quick = tenant.clone().in_class(Class::Interactive);
    let watch = Arc::new(Watch::default());
    let companion = Companion(tokio::spawn(keep_noting(quick.clone(), id, Arc::clone(&watch))));
    let turn = async {
        match jobs {
            None => Ok(None),
            Some(jobs) => tokio::select! {
                place = jobs.places.enter([tenant.shop()]) => place.map(Some).map_err(|_| ImportError::Running),
                () = watch.cancelled.notified() => Err(ImportError::Cancelled),
            },
        }
    };
    let outcome = match turn.await {
        Ok(_place) => work(Arc::clone(&watch)).await,
        Err(error) => Err(error),
    };
    drop(companion);
    let error = match outcome {
        Ok(done) => return Ok(done),
        Err(error) => error,
    };
    let is_cancelled = error.is_cancelled();
    let report = match &error {
        ImportError::Faults(report) => serde_json::to_value(report).ok(),
        _ => None,
    };
    let problem = Problem::from(error);
    let told = json!({ "code": problem.kind().code, "detail": problem.detail() });
    let told = (!is_cancelled).then_some(told);
    let noted = quick.run_part(move |conn| table::give_up(conn, id, told, report)).await;
    if let Err(error) = noted {
        tracing::debug!(%error, "the end of an import is noted when its deadline is over");
    }
    Err(problem.into())
}

async fn keep_noting<S: Needs + 'static>(tenant: Tenant<Staff, S>, id: Uuid, watch: Arc<Watch>) {
    loop {
        time::sleep(BEAT).await;
        let rows = watch.rows.load(Ordering::Relaxed);
        match tenant.run_part(move |conn| table::beat(conn, id, rows)).await {
            Ok(true) => {}
            Ok(false) => {
                watch.cancel();
                return pending().await;
            }
            Err(error) => tracing::debug!(%error, "the progress of an import could not be noted"),
        }
    }
}
