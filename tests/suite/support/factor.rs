//! Second factors of users, as rows.

use chrono::Utc;
use shophouse::http::request::token::Tokens;
use totp_rs::{Builder, Secret};

use super::{World, token};

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// A recovery code of every factor that is given.
pub const RECOVERY: &str = "k3vq-7x2a-mb4d-p6zt";

/// The code of an app, some steps of thirty seconds from now.
pub fn code(secret: &str, steps: i64) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    let time = Utc::now().timestamp() + 30 * steps;
    totp.generate(u64::try_from(time).unwrap()).to_string()
}

/// Gives a user a second factor, which a first code sets up or which is set up already. Returns a code of it.
pub fn given(world: &World, user: &str, is_set_up: bool) -> String {
    taken(world, user);
    let id: uuid::Uuid = user.parse().unwrap();
    let context = [b"totp ".as_slice(), id.as_bytes()].concat();
    let sealed = Tokens::new(&token::SECRET.into()).sealer().seal(SECRET, &context).unwrap();
    let sealed: String = sealed.iter().map(|byte| format!("{byte:02x}")).collect();
    let confirmed_at = if is_set_up { "now()" } else { "NULL" };
    world.sql().run(format!(
        "INSERT INTO totp_factors VALUES ('{user}', '\\x{sealed}', now(), {confirmed_at}, 0);
         INSERT INTO recovery_codes VALUES ('{user}', sha256('{}'))",
        RECOVERY.replace('-', "")
    ));
    code(SECRET, 0)
}

/// Takes it away.
pub fn taken(world: &World, user: &str) {
    world.sql().run(format!("DELETE FROM totp_factors WHERE user_id = '{user}'"));
}
