//! The binary needs no library of PostgreSQL's or OpenSSL's on the machine it runs on.

use std::process::Command;

#[test]
#[cfg(target_os = "linux")]
fn the_binary_needs_neither_libpq_nor_openssl() {
    let output = Command::new("ldd").arg(env!("CARGO_BIN_EXE_shophouse")).output().unwrap();
    let libraries = String::from_utf8_lossy(&output.stdout);
    // For a fully static binary ldd fails with this message.
    let is_static = String::from_utf8_lossy(&output.stderr).contains("not a dynamic executable");
    assert!(libraries.contains("libc") || is_static, "{output:?}");
    for library in ["libpq", "libssl", "libcrypto"] {
        assert!(!libraries.contains(library), "{libraries}");
    }
}
