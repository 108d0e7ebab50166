//! Backups of the private PostgreSQL: the commands of docs/operations.md, run as they stand there.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::installation::{Installation, Running};
use crate::support::world::{PASSWORD, text};
use crate::support::{Sql, waiting};

const GUIDE: &str = include_str!("../../docs/operations.md");

/// The first block of commands below a heading of the guide.
fn block(heading: &str) -> &'static str {
    let (_, below) = GUIDE.split_once(&format!("# {heading}\n")).expect(heading);
    let (_, block) = below.split_once("```sh\n").expect(heading);
    block.split_once("```").expect(heading).0
}

/// An installation whose operator backs it up as the guide says.
struct Site {
    installation: Installation,
    /// The programs of the running PostgreSQL: a backup must be made with the same version.
    programs: String,
}

impl Site {
    /// An installation that archives its write-ahead log.
    fn new() -> (Self, Running) {
        let installation = Installation::with_cluster();
        let server = installation.start();
        let programs = admin(&installation).one("SELECT setting FROM pg_config WHERE name = 'BINDIR'");
        let site = Self { installation, programs };
        // PostgreSQL must be able to write there. If the suite runs as root, it runs under another account.
        fs::create_dir(site.backups()).unwrap();
        fs::set_permissions(site.backups(), Permissions::from_mode(0o777)).unwrap();
        site.runs_as_postgres("mkdir -m 700 \"$BACKUPS/wal\"");
        site.runs(block("Archive the write-ahead log"));
        assert_eq!(server.stopped().code, Some(0));
        let server = site.installation.start();
        (site, server)
    }

    fn backups(&self) -> PathBuf {
        self.installation.path().join("backups")
    }

    fn command(&self, commands: &str) -> Command {
        let binary = PathBuf::from(env!("CARGO_BIN_EXE_shophouse"));
        let path = format!("{}:{}:/usr/bin:/bin", binary.parent().unwrap().display(), self.programs);
        let mut bash = Command::new("bash");
        bash.args(["-euo", "pipefail", "-c", commands])
            .current_dir(self.installation.path())
            .env_clear()
            .env("PATH", path)
            .env("SHOPHOUSE_PG_BIN", &self.programs)
            .env("SHOPHOUSE_DATA_DIR", self.installation.data())
            .env("DATA", self.installation.data())
            .env("BACKUPS", self.backups())
            .env("BASE", self.base());
        bash
    }

    /// The directory of the backup; empty if there is none yet.
    fn base(&self) -> PathBuf {
        let names = fs::read_dir(self.backups()).unwrap().map(|entry| entry.unwrap().path());
        names.filter(|path| path.to_string_lossy().contains("base-")).max().unwrap_or_default()
    }

    #[track_caller]
    fn runs(&self, commands: &str) {
        self.runs_with(commands, &[]);
    }

    #[track_caller]
    fn runs_with(&self, commands: &str, variables: &[(&str, &str)]) {
        finish(self.command(commands).envs(variables.iter().copied()));
    }

    /// Runs commands under the account of PostgreSQL, which is another one when the suite runs as root.
    #[track_caller]
    fn runs_as_postgres(&self, commands: &str) {
        let owner = fs::metadata(self.installation.data().join("postgres")).unwrap();
        let mut bash = self.command(commands);
        if nix::unistd::geteuid().is_root() {
            bash.uid(owner.uid()).gid(owner.gid());
        }
        finish(&mut bash);
    }
}

#[track_caller]
fn finish(command: &mut Command) {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}{said}", String::from_utf8_lossy(&output.stdout));
}

/// PostgreSQL's superuser, on the private server.
fn admin(installation: &Installation) -> Sql {
    let socket = installation.data().join("socket");
    Sql::to(&format!("host={} user=postgres dbname=shophouse", socket.display()))
}

/// A shop that sells mugs: a token for it, and the body of an order of one mug.
fn shop(server: &Running) -> (String, String) {
    let who = json!({ "email": "ada@example.com", "password": PASSWORD });
    assert_eq!(server.post("/auth/register", None, &who.to_string()).0, 201);
    let (_, pair) = server.post("/auth/login", None, &who.to_string());
    let token = text(&pair["access_token"]);
    let (status, _) =
        server.post("/shops", Some(&token), &json!({ "name": "Loft", "slug": "the-loft" }).to_string());
    assert_eq!(status, 201);
    let (_, pair) = server.post("/auth/switch", Some(&token), &json!({ "shop": "the-loft" }).to_string());
    let token = text(&pair["access_token"]);
    let mug = json!({ "title": "Mug", "price": { "amount": 900 } }).to_string();
    let (status, mug) = server.post("/products", Some(&token), &mug);
    assert_eq!(status, 201, "{mug}");
    let order = json!({ "lines": [{ "variant_id": mug["variants"][0]["id"], "quantity": 1 }] });
    (token, order.to_string())
}

fn order(server: &Running, (token, order): &(String, String)) -> i64 {
    let (status, placed) = server.post("/orders", Some(token), order);
    assert_eq!(status, 201, "{placed}");
    placed["number"].as_i64().unwrap()
}

/// The numbers of the orders that are there, the newest first.
fn orders(server: &Running, (token, _): &(String, String)) -> Vec<Value> {
    let (status, page) = server.get("/orders", Some(token));
    assert_eq!(status, 200, "{page}");
    page["data"].as_array().unwrap().iter().map(|order| order["number"].clone()).collect()
}

#[test]
fn everything_comes_back_as_it_was_at_a_moment() {
    let (site, server) = Site::new();
    let shop = shop(&server);
    assert_eq!(order(&server, &shop), 1001);
    site.runs_as_postgres(block("A backup of everything"));
    for _ in 0..3 {
        order(&server, &shop);
    }
    let moment = admin(&site.installation).one("SELECT clock_timestamp()");
    // The accident from which the backup must recover.
    let schema = admin(&site.installation).one("SELECT 'shop_' || replace(id::text, '-', '') FROM shops");
    admin(&site.installation).run(format!("DROP SCHEMA {schema} CASCADE"));
    assert_eq!(server.get("/orders", Some(&shop.0)).0, 500);
    assert_eq!(server.stopped().code, Some(0));

    site.runs_with(block("Restore everything to a point in time"), &[("MOMENT", &moment)]);
    let server = site.installation.start();
    assert_eq!(orders(&server, &shop), [1004, 1003, 1002, 1001]);
    assert_eq!(order(&server, &shop), 1005);
    for command in ["status", "drift"] {
        let ended = site.installation.run(&[command], &[]);
        assert_eq!(ended.code, Some(0), "{command}: {}{}", ended.stdout, ended.stderr);
    }
    // The restored server works and can be backed up as before.
    assert_eq!(server.stopped().code, Some(0));
    let server = site.installation.start();
    assert_eq!(orders(&server, &shop).len(), 5);
    fs::rename(site.base(), site.backups().join("old")).unwrap();
    site.runs_as_postgres(block("A backup of everything"));
    assert!(site.base().join("PG_VERSION").exists());
}

#[test]
fn one_shop_of_a_backup_stands_beside_the_live_one() {
    let (site, server) = Site::new();
    let shop = shop(&server);
    order(&server, &shop);
    site.runs_as_postgres(block("A backup of everything"));
    order(&server, &shop);

    let copy = site.installation.path().join("yesterday");
    site.runs_with(block("Restore one shop beside the live one"), &[("YESTERDAY", copy.to_str().unwrap())]);
    // If the copy had archived files, the archive would refuse the live server's files, which have the same names.
    let mut live = admin(&site.installation);
    let written = live.one("SELECT pg_walfile_name(pg_switch_wal())");
    waiting::until("the live server to archive its log", || {
        (live.one("SELECT last_archived_wal FROM pg_stat_archiver") >= written).then_some(())
    });
    assert_eq!(orders(&server, &shop), [1002, 1001], "the live one");
    let (_, pair) =
        server.post("/auth/switch", Some(&shop.0), &json!({ "shop": "the-loft-yesterday" }).to_string());
    let yesterday = (text(&pair["access_token"]), String::new());
    assert_eq!(orders(&server, &yesterday), [1001]);
}
