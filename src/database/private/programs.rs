//! PostgreSQL's programs: where they are, and which of several installations to use.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::account::Account;
use super::error::PrivateServerError;

const OLDEST_MAJOR: u32 = 15;
const NEEDED: [&str; 2] = ["initdb", "postgres"];

/// Where packages put the programs without putting them on the PATH. `dev` looks there too.
const USUAL_PLACES: [&str; 10] = [
    // Debian and Ubuntu; openSUSE; RHEL and Fedora (the PostgreSQL project's packages, then their own)
    "/usr/lib/postgresql/*/bin",
    "/usr/lib/postgresql*/bin",
    "/usr/pgsql-*/bin",
    "/usr/bin",
    // Alpine; built from source
    "/usr/libexec/postgresql*",
    "/usr/local/pgsql*/bin",
    // Homebrew on Apple silicon, Intel and Linux; Postgres.app
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
];

/// One installation's programs.
pub(super) struct Programs {
    bin: PathBuf,
    version: (u32, u32),
}

impl Programs {
    /// The newest fitting installation; for a cluster that is there already, the newest of its
    /// own major version, since no other can read it.
    pub(super) fn find(
        pg_bin: Option<&Path>,
        cluster_major: Option<u32>,
        account: &Account,
    ) -> Result<Self, PrivateServerError> {
        let places = match pg_bin {
            Some(dir) => vec![given(dir)?],
            None => candidates(account),
        };
        let mut found = Vec::new();
        let mut passed_over = Vec::new();
        for bin in complete(&places) {
            match ask_version(&bin, account) {
                Ok(version) if version.0 >= OLDEST_MAJOR => found.push(Self { bin, version }),
                Ok((major, _)) => {
                    let reason = format!("it is version {major}, older than {OLDEST_MAJOR}");
                    passed_over.push(passed_over_line(&bin, &reason));
                }
                Err(reason) => passed_over.push(passed_over_line(&bin, &reason)),
            }
        }
        found.sort_by_key(|programs| programs.version);
        if found.is_empty() {
            let looked = listed(&places);
            return Err(PrivateServerError::NotFound { looked, passed_over: passed_over.concat() });
        }
        match cluster_major {
            None => found.pop(),
            Some(major) => {
                found.iter().rposition(|one| one.version.0 == major).map(|at| found.swap_remove(at))
            }
        }
        .ok_or_else(|| PrivateServerError::OtherMajor {
            needed: cluster_major.unwrap_or_default(),
            found: listed(found.iter().map(|one| &one.bin)),
        })
    }

    pub(super) fn initdb(&self) -> PathBuf {
        self.bin.join("initdb")
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.bin.join("postgres")
    }
}

/// One of PostgreSQL's programs for clients, which fits servers of other versions too: from the directory
/// that the operator named for the server's, else the first that the PATH or the usual places have.
pub fn find_client(program: &'static str, pg_bin: Option<&Path>) -> Result<PathBuf, PrivateServerError> {
    let path = env::var_os("PATH").unwrap_or_default();
    let usual = env::split_paths(&path).chain(USUAL_PLACES.into_iter().flat_map(expand));
    let places: Vec<PathBuf> = pg_bin.map(Path::to_path_buf).into_iter().chain(usual).collect();
    let found = places.iter().map(|dir| dir.join(program)).find(|file| file.is_file());
    found.ok_or_else(|| PrivateServerError::ClientNotFound { program, looked: listed(&places) })
}

/// A directory the operator named is the only one looked at, so what it lacks is an error.
fn given(dir: &Path) -> Result<PathBuf, PrivateServerError> {
    let missing = NEEDED.into_iter().find(|program| !dir.join(program).is_file());
    match missing {
        Some(program) => Err(PrivateServerError::PgBinLacks { dir: dir.to_path_buf(), program }),
        None => Ok(dir.to_path_buf()),
    }
}

fn candidates(account: &Account) -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut dirs: Vec<PathBuf> = env::split_paths(&path).filter(|dir| dir.is_absolute()).collect();
    let answer = account.command(Path::new("pg_config")).arg("--bindir").output();
    if let Ok(answer) = answer
        && answer.status.success()
    {
        dirs.push(String::from_utf8_lossy(&answer.stdout).trim().into());
    }
    dirs.extend(USUAL_PLACES.into_iter().flat_map(expand));
    let mut seen = BTreeSet::new();
    dirs.retain(|dir| seen.insert(dir.clone()));
    dirs
}

/// The directories that a pattern with at most one `*` names; the pattern itself if there are
/// none, so that the error can show that we looked.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let as_is = vec![PathBuf::from(pattern)];
    let Some((before, after)) = pattern.split_once('*') else {
        return as_is;
    };
    let Some((parent, prefix)) = before.rsplit_once('/') else {
        return as_is;
    };
    let Ok(entries) = fs::read_dir(parent) else {
        return as_is;
    };
    let dirs: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| PathBuf::from(format!("{}{after}", entry.path().display())))
        .filter(|dir| dir.is_dir())
        .collect();
    if dirs.is_empty() { as_is } else { dirs }
}

/// The real directories of those that hold all the programs: a link on the PATH leads to its
/// installation, where `postgres` finds its other files.
fn complete(places: &[PathBuf]) -> BTreeSet<PathBuf> {
    let has_all = |dir: &Path| NEEDED.iter().all(|program| dir.join(program).is_file());
    places
        .iter()
        .filter(|dir| has_all(dir))
        .filter_map(|dir| {
            let real = fs::canonicalize(dir.join("postgres")).ok()?;
            let home = real.parent().filter(|home| has_all(home));
            home.map(Path::to_path_buf).or_else(|| fs::canonicalize(dir).ok())
        })
        .collect()
}

/// Asked with the account's rights: programs it cannot run are of no use, and root does not run
/// whatever lies in those places.
fn ask_version(bin: &Path, account: &Account) -> Result<(u32, u32), String> {
    let mut ask = account.command(&bin.join("postgres"));
    let answer = ask.arg("--version").output().map_err(|error| format!("it does not run: {error}"))?;
    let said = String::from_utf8_lossy(&answer.stdout);
    parse_version(&said).ok_or_else(|| format!("it does not tell its version, but: {}", said.trim()))
}

/// From `postgres (PostgreSQL) 15.6 (Debian …)`; also `19devel`, `18beta1`.
fn parse_version(said: &str) -> Option<(u32, u32)> {
    let number = said.split_once("(PostgreSQL) ")?.1.split_whitespace().next()?;
    let mut parts = number.split('.').map(|part| {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        part[..end].parse().ok()
    });
    Some((parts.next()??, parts.next().flatten().unwrap_or(0)))
}

fn passed_over_line(bin: &Path, reason: &str) -> String {
    format!("\n  passed over {}: {reason}", bin.display())
}

fn listed<'a>(dirs: impl IntoIterator<Item = &'a PathBuf>) -> String {
    dirs.into_iter().map(|dir| format!("\n  {}", dir.display())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_the_programs_say() {
        let said = |number: &str| parse_version(&format!("postgres (PostgreSQL) {number}\n"));
        assert_eq!(said("15.6 (Debian 15.6-0+deb12u1)"), Some((15, 6)));
        assert_eq!(said("19devel"), Some((19, 0)));
        assert_eq!(said("18beta1"), Some((18, 0)));
        assert_eq!(said("9.6.24"), Some((9, 6)));
        assert_eq!(parse_version("sh: postgres: not found"), None);
    }

    #[test]
    fn the_dev_script_looks_in_the_same_places() {
        let script = include_str!("../../../dev");
        let theirs: Vec<&str> = script
            .lines()
            .skip_while(|line| *line != "USUAL_PLACES='")
            .skip(1)
            .take_while(|line| *line != "'")
            .collect();
        assert_eq!(theirs, USUAL_PLACES);
    }

    #[test]
    fn a_pattern_names_what_exists_or_itself() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().display().to_string();
        fs::create_dir_all(dir.path().join("pgsql-17/bin")).unwrap();
        fs::create_dir_all(dir.path().join("other-17/bin")).unwrap();
        let named = |pattern: &str| expand(&format!("{root}/{pattern}"));
        assert_eq!(named("pgsql-*/bin"), [dir.path().join("pgsql-17/bin")]);
        assert_eq!(named("none-*/bin"), [dir.path().join("none-*/bin")]);
    }

    #[test]
    fn a_client_is_searched_elsewhere_when_the_servers_programs_come_without_it() {
        assert!(find_client("sh", Some(Path::new("/nowhere"))).is_ok());
        let refused = find_client("no-such-client", Some(Path::new("/nowhere"))).unwrap_err().to_string();
        assert!(refused.contains("/nowhere") && refused.contains("/usr/bin"), "{refused}");
    }
}
