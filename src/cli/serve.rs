//! `shophouse serve`: migrate `public`, then serve requests until a signal arrives. Background threads migrate and erase
//! shops meanwhile.

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
use super::shop_counts::count_repeatedly;
use super::shop_limits::refresh_repeatedly;
use super::stop::Stop;

pub(super) fn run(stop: &Stop) -> Result<(), BootError> {
    let Booted { config, app, post, private } = boot(Config::load()?, stop)?;
    let background = Background::start(&config.settings, &app.tenancy, post, stop)?;
    stop.check()?;
    raise_file_limit();
    let ended = rocket::execute(serve(config, app, stop.clone()));
    // No request runs any more. The background threads stop between two shops; then PostgreSQL can stop too.
    background.end();
    if let Some(server) = private {
        server.stop()?;
    }
    ended
}

/// Serves requests until it must stop. Metrics with their own address are served until the last request is done.
async fn serve(config: Config, app: App, stop: Stop) -> Result<(), BootError> {
    let metrics_server = match config.settings.metrics_address {
        Some(address) => Some(MetricsServer::start(&config, address, app.tenancy.clone()).await?),
        None => None,
    };
    let metrics = metrics_server.as_ref().map(|server| server.address);
    let delay = Duration::from_secs(config.settings.shutdown_delay_seconds.into());
    let pause = BodyPause(Duration::from_millis(config.settings.body_pause_ms));
    let proxies = config.settings.proxies()?;
    let (sender, asked) = oneshot::channel();
    let announcement = AdHoc::on_liftoff("announce", move |rocket| {
        Box::pin(async move {
            stop.on_signal(wind_down(rocket, delay, sender));
            if let Some(tenancy) = rocket.state::<Tenancy>() {
                tokio::spawn(count_repeatedly(tenancy.clone()));
                tokio::spawn(refresh_repeatedly(tenancy.clone()));
            }
            announce(rocket, metrics);
        })
    });
    let server = crate::server(config.rocket, app).manage(pause).manage(proxies);
    let rocket = server.attach(announcement).attach(closing());
    let ended = run_until(Box::pin(rocket.launch()), asked).await;
    if let Some(metrics_server) = metrics_server {
        metrics_server.end().await;
    }
    ended.map(drop).map_err(|error| BootError::Listen(explain(error.kind(), "ROCKET_PORT=8001")))
}

/// What to do when the signal arrives: first report not ready, and stop listening after `delay`, when load balancers have
/// seen that.
fn wind_down(
    rocket: &Rocket<Orbit>,
    delay: Duration,
    asked: oneshot::Sender<Shutdown>,
) -> impl FnOnce() + Send + 'static {
    let (shutdown, readiness) = (rocket.shutdown(), rocket.state::<Readiness>().cloned());
    move || {
        readiness.inspect(Readiness::turn_off);
        thread::sleep(delay);
        // Fails only when the server has ended already.
        let _ = asked.send(shutdown);
    }
}

/// Serves until it must stop. Rocket is notified between two polls of it, never during one. During a poll, its listener
/// could see the shutdown before the part that waits for running requests does, and end the server at once.
async fn run_until<T>(mut launch: impl Future<Output = T> + Unpin, asked: oneshot::Receiver<Shutdown>) -> T {
    select! {
        biased;
        Ok(shutdown) = asked => shutdown.notify(),
        ended = &mut launch => return ended,
    }
    launch.await
}

/// Longer than a connection takes to close on which nobody waits for a response.
const CLOSING: Duration = Duration::from_millis(50);

/// Rocket looks once whether connections are open when it stops. If one is, it waits for as long as requests may still take
/// (`shutdown.grace`), also for clients that ask for nothing. It looks after this, when such connections are closed.
fn closing() -> AdHoc {
    AdHoc::on_shutdown("closing", |_| Box::pin(tokio::time::sleep(CLOSING)))
}

/// The server that serves only metrics.
struct MetricsServer {
    address: SocketAddr,
    shutdown: Shutdown,
    serving: JoinHandle<Result<Rocket<Ignite>, rocket::Error>>,
}

impl MetricsServer {
    /// Starts the server, and returns when it listens.
    async fn start(config: &Config, address: SocketAddr, tenancy: Tenancy) -> Result<Self, BootError> {
        let figment = config.rocket.clone().merge(("address", address.ip())).merge(("port", address.port()));
        let (sender, listens) = oneshot::channel();
        let report = AdHoc::on_liftoff("report", |rocket| {
            Box::pin(async move {
                let _ = sender.send((rocket.config().port, rocket.shutdown()));
            })
        });
        let server = crate::metrics_server(figment, tenancy).attach(report).attach(closing());
        let serving = tokio::spawn(server.launch());
        if let Ok((port, shutdown)) = listens.await {
            return Ok(Self { address: SocketAddr::new(address.ip(), port), shutdown, serving });
        }
        let remedy = "SHOPHOUSE_METRICS_ADDRESS=127.0.0.1:9091";
        Err(BootError::Listen(match serving.await {
            Ok(Err(error)) => explain(error.kind(), remedy),
            _ => "metrics cannot be served".to_owned(),
        }))
    }

    async fn end(self) {
        self.shutdown.notify();
        if let Ok(Err(error)) = self.serving.await {
            tracing::warn!(error = %error.kind(), "the metrics server has failed");
        }
    }
}

/// The most files, sockets included, that the process asks to open. So many idle clients use tens of megabytes.
const MAX_FILES: u64 = 16_384;

/// Raises the limit of open files. Many systems allow a thousand unless a process asks for more; further clients would
/// wait without a response. Called after the private PostgreSQL was started, which needs no higher limit.
fn raise_file_limit() {
    let raised = getrlimit(Resource::RLIMIT_NOFILE).and_then(|(soft, hard)| {
        let wanted = hard.min(MAX_FILES);
        if soft < wanted { setrlimit(Resource::RLIMIT_NOFILE, wanted, hard) } else { Ok(()) }
    });
    if let Err(error) = raised {
        tracing::warn!(%error, "the limit of open files, and so of clients, could not be raised");
    }
}

/// Prints, last of all, where the server is and what to try first.
fn announce(rocket: &Rocket<Orbit>, metrics: Option<SocketAddr>) {
    let config = rocket.config();
    let address = format!("http://{}:{}", config.address, config.port);
    println!("Shophouse is ready at {address} (stop it with Ctrl-C)");
    println!("API docs: {address}/docs");
    if let Some(metrics) = metrics {
        println!("Metrics:  http://{metrics}/metrics");
    }
    println!("Try:      curl {address}{}/", crate::http::BASE);
}

fn explain(kind: &ErrorKind, remedy: &str) -> String {
    match kind {
        ErrorKind::Bind(error) => format!(
            "the address cannot be listened on: {error}. If another program uses it, stop that program, or choose \
             another port with {remedy}"
        ),
        other => format!("the server cannot run: {other}"),
    }
}
