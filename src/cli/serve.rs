//! `shophouse serve`: bring `public` up to date, then answer requests until told to stop, while the fleet is looked
//! after behind them.

use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use rocket::error::ErrorKind;
use rocket::fairing::AdHoc;
use rocket::tokio::select;
use rocket::tokio::sync::oneshot;
use rocket::tokio::task::JoinHandle;
use rocket::{Ignite, Orbit, Rocket, Shutdown, tokio};

use crate::App;
use crate::config::Config;
use crate::http::request::chunks::BodyPause;
use crate::operations::Readiness;
use crate::tenancy::Tenancy;

use super::BootError;
use super::background::Background;
use super::boot::{Booted, boot};
use super::census::keep_counting;
use super::stop::Stop;

pub(super) fn run(stop: &Stop) -> Result<(), BootError> {
    let Booted { config, app, private } = boot(Config::load()?, stop)?;
    let background = Background::start(&config.settings, &app.tenancy, stop)?;
    stop.check()?;
    take_many_clients();
    let ended = rocket::execute(serve(config, app, stop.clone()));
    // Requests are over, and what goes on behind them ends between two shops: PostgreSQL may go.
    background.end();
    if let Some(server) = private {
        server.stop()?;
    }
    ended
}

/// Answers requests until it is told to stop; the metrics, at an address of their own, a little longer.
async fn serve(config: Config, app: App, stop: Stop) -> Result<(), BootError> {
    let beside = match config.settings.metrics_address {
        Some(address) => Some(Beside::start(&config, address, app.tenancy.clone()).await?),
        None => None,
    };
    let metrics = beside.as_ref().map(|beside| beside.address);
    let delay = Duration::from_secs(config.settings.shutdown_delay_seconds.into());
    let pause = BodyPause(Duration::from_millis(config.settings.body_pause_ms));
    let (sender, asked) = oneshot::channel();
    let rocket = crate::server(config.rocket, app).manage(pause).attach(AdHoc::on_liftoff(
        "announce",
        move |rocket| {
            Box::pin(async move {
                stop.then(wind_down(rocket, delay, sender));
                if let Some(tenancy) = rocket.state::<Tenancy>() {
                    tokio::spawn(keep_counting(tenancy.clone()));
                }
                announce(rocket, metrics);
            })
        },
    ));
    let ended = until_asked(Box::pin(rocket.launch()), asked).await;
    if let Some(beside) = beside {
        beside.end().await;
    }
    ended.map(drop).map_err(|error| BootError::Listen(explain(error.kind(), "ROCKET_PORT=8001")))
}

/// What to do when the signal comes: say so first, and stop listening when whoever sends requests had time to see it.
fn wind_down(
    rocket: &Rocket<Orbit>,
    delay: Duration,
    asked: oneshot::Sender<Shutdown>,
) -> impl FnOnce() + Send + 'static {
    let (shutdown, readiness) = (rocket.shutdown(), rocket.state::<Readiness>().cloned());
    move || {
        readiness.inspect(Readiness::turn_off);
        thread::sleep(delay);
        // A server that has ended meanwhile asks no more.
        let _ = asked.send(shutdown);
    }
}

/// Serves until it is asked to stop. The word is given between two looks at Rocket, never during one: its listener and what
/// waits for the requests in hand would hear of it one after the other, and a listener that hears first ends the server at once.
async fn until_asked<T>(
    mut launch: impl Future<Output = T> + Unpin,
    asked: oneshot::Receiver<Shutdown>,
) -> T {
    select! {
        biased;
        Ok(shutdown) = asked => shutdown.notify(),
        ended = &mut launch => return ended,
    }
    launch.await
}

/// The server for the metrics alone.
struct Beside {
    address: SocketAddr,
    shutdown: Shutdown,
    serving: JoinHandle<Result<Rocket<Ignite>, rocket::Error>>,
}

impl Beside {
    /// Returns when it listens.
    async fn start(config: &Config, address: SocketAddr, tenancy: Tenancy) -> Result<Self, BootError> {
        let figment = config.rocket.clone().merge(("address", address.ip())).merge(("port", address.port()));
        let (sender, listens) = oneshot::channel();
        let tell = AdHoc::on_liftoff("tell", |rocket| {
            Box::pin(async move {
                let _ = sender.send((rocket.config().port, rocket.shutdown()));
            })
        });
        let serving = tokio::spawn(crate::metrics_server(figment, tenancy).attach(tell).launch());
        if let Ok((port, shutdown)) = listens.await {
            return Ok(Self { address: SocketAddr::new(address.ip(), port), shutdown, serving });
        }
        let remedy = "SHOPHOUSE_METRICS_ADDRESS=127.0.0.1:9091";
        Err(BootError::Listen(match serving.await {
            Ok(Err(error)) => explain(error.kind(), remedy),
            _ => "the metrics could not be served".to_owned(),
        }))
    }

    async fn end(self) {
        self.shutdown.notify();
        if let Ok(Err(error)) = self.serving.await {
            tracing::warn!(error = %error.kind(), "the metrics were served no longer");
        }
    }
}

/// Sockets and files that the process may have open at the most: what so many idle clients cost is tens of megabytes.
const MOST_FILES: u64 = 16_384;

/// Many systems allow a process a thousand open files unless it asks for more; clients beyond would wait outside
/// without an answer. Done after the private PostgreSQL was started, which counts for itself.
fn take_many_clients() {
    let raised = getrlimit(Resource::RLIMIT_NOFILE).and_then(|(soft, hard)| {
        let wanted = hard.min(MOST_FILES);
        if soft < wanted { setrlimit(Resource::RLIMIT_NOFILE, wanted, hard) } else { Ok(()) }
    });
    if let Err(error) = raised {
        tracing::warn!(%error, "the number of open files, and so of clients, stays as low as it was");
    }
}

/// Says, last of all, where it is and what to try first.
fn announce(rocket: &Rocket<Orbit>, metrics: Option<SocketAddr>) {
    let config = rocket.config();
    let address = format!("http://{}:{}", config.address, config.port);
    println!("Shophouse is ready at {address} (Ctrl-C stops it). README.md has a tour; try:");
    if let Some(metrics) = metrics {
        println!("curl http://{metrics}/metrics");
    }
    println!("curl {address}{}/", crate::http::BASE);
}

fn explain(kind: &ErrorKind, remedy: &str) -> String {
    match kind {
        ErrorKind::Bind(error) => format!(
            "the address cannot be listened on: {error}. Another program has it: stop that one, or choose \
             another port with {remedy}"
        ),
        other => format!("the server could not run: {other}"),
    }
}
