//! Tells cargo that the binary holds the migrations: a new one makes it build anew.

fn main() {
    println!("cargo:rerun-if-changed=migrations_public");
    println!("cargo:rerun-if-changed=migrations_tenant");
}
