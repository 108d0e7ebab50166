//! Files of CSV for the client to keep. A file is written whole before its first byte is sent, so that the transaction
//! that reads it ends whatever the client does.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use rocket::http::{ContentType, Header};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket::tokio::select;
use rocket::tokio::task::{self, JoinHandle};
use rocket::tokio::time;

use crate::http::problem::Problem;
use crate::http::request::guards::{AtLeast, Tenant};
use crate::http::request::scopes::Needs;
use crate::http::spool::{SpoolFile, Spools, not_written};
use crate::tenancy::{Class, TenancyError, TenantConn};

use super::at_once::AtOnce;
use super::coding::{Coding, Codings, Encoder};
use super::compression::{label, may_be_compressed};

/// How long a client may take for any file.
const LEAST_TIME: Duration = Duration::from_mins(1);
/// How slowly a client may take a file beyond that, in bytes a second: the file is deleted after this.
const LEAST_RATE: u64 = 32 << 10;
/// How often it is asked whether the client of a download may still enter the shop.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// The bytes that are read from the file at a time.
const CHUNK: usize = 64 << 10;

/// A file that is sent.
pub struct Download {
    name: &'static str,
    coding: Option<Coding>,
    length: u64,
    body: Body,
}

/// The file, until it is taken or its time is up.
struct Body {
    file: Arc<Mutex<Option<SpoolFile>>>,
    deletion: JoinHandle<()>,
}

impl Download {
    /// Sends a file. It is cut off when `is_over` ends.
    fn new(
        name: &'static str,
        coding: Option<Coding>,
        mut file: SpoolFile,
        is_over: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<Self> {
        let length = file.rewind()?;
        let file = Arc::new(Mutex::new(Some(file)));
        let time = LEAST_TIME + Duration::from_secs(length / LEAST_RATE);
        let deletion = task::spawn(delete(time, is_over, Arc::downgrade(&file)));
        Ok(Self { name, coding, length, body: Body { file, deletion } })
    }
}

/// The client's connection may be stuck, and then nobody asks for the file: its disk space is freed all the same.
async fn delete(time: Duration, is_over: impl Future<Output = ()>, file: Weak<Mutex<Option<SpoolFile>>>) {
    select! {
        () = time::sleep(time) => {}
        () = is_over => {}
    }
    file.upgrade().inspect(|file| drop(lock(file).take()));
}

fn lock(file: &Mutex<Option<SpoolFile>>) -> MutexGuard<'_, Option<SpoolFile>> {
    file.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Body {
    fn drop(&mut self) {
        self.deletion.abort();
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ended = || io::Error::other("a download was taken too slowly, or its client was shut out");
        lock(&self.file).as_mut().ok_or_else(ended)?.read(buffer)
    }
}

impl<R: AtLeast + 'static, S: Needs + 'static> Tenant<R, S> {
    /// Lets the caller in, has `work` write a file in one transaction that sees the shop as it is at one moment, and sends
    /// the file. It is compressed as it is written, so that no encoder waits for a client.
    ///
    /// # Errors
    /// When the caller may not enter, or has too many transfers; what `work` returns, or what the engine says.
    pub(crate) async fn download<F>(
        self,
        spools: &Spools,
        codings: Codings,
        name: &'static str,
        work: F,
    ) -> Result<Download, Problem>
    where
        F: FnOnce(&mut TenantConn<'_>, &mut dyn Write) -> Result<(), Problem> + Send + 'static,
    {
        self.enter().await?;
        let file = spools.file(self.shop(), self.user())?;
        let is_over = self.until_shut_out();
        let coding = codings.best();
        let write = move |conn: &mut TenantConn<'_>| {
            let mut encoder = Encoder::new(coding, file).map_err(|error| not_written(&error))?;
            work(conn, &mut encoder)?;
            encoder.finish().map_err(|error| not_written(&error))
        };
        let file = self.in_class(Class::Bulk).run_at_one_moment(write).await?;
        Download::new(name, coding, file, is_over).map_err(|error| Problem::internal(&error))
    }
}

impl<R: AtLeast, S: Needs> Tenant<R, S> {
    /// Ends when the caller may not enter the shop any more.
    fn until_shut_out(&self) -> impl Future<Output = ()> + Send + use<R, S> {
        let tenant = self.clone();
        async move {
            loop {
                time::sleep(LOOK_AGAIN).await;
                if let Err(TenancyError::Refused(_)) = tenant.enter().await {
                    return;
                }
            }
        }
    }
}

impl<'r> Responder<'r, 'static> for Download {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let disposition = format!("attachment; filename=\"{}\"", self.name);
        let mut answer = Response::build()
            .header(ContentType::CSV)
            .header(may_be_compressed())
            .header(Header::new("Content-Disposition", disposition))
            .sized_body(usize::try_from(self.length).ok(), AtOnce(self.body))
            .max_chunk_size(CHUNK)
            .finalize();
        if let Some(coding) = self.coding {
            label(&mut answer, coding);
        }
        Ok(answer)
    }
}
