//! How many heaps the C library keeps.

/// Starts the program anew with two heaps, unless the environment has a number. glibc reads it once, before `main`.
///
/// It gives threads heaps of their own, up to eight for each core, and each keeps what was freed in it. The server has some twenty
/// threads: with as many heaps as glibc likes, 50 shops that import at once take 73 MB of memory, and with two 54
/// (`./dev bench fair --only imports`).
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub fn limit() {
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;

    const SETTING: &str = "MALLOC_ARENA_MAX";
    if std::env::var_os(SETTING).is_some() {
        return;
    }
    let Ok(program) = std::env::current_exe() else { return };
    let (mut again, mut arguments) = (Command::new(program), std::env::args_os());
    if let Some(name) = arguments.next() {
        again.arg0(name);
    }
    // It returns only if it fails. The program needs more memory then, and nothing else is different.
    drop(again.args(arguments).env(SETTING, "2").exec());
}

/// Other C libraries have no such number.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn limit() {}
