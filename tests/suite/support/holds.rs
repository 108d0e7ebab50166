//! Orders that expire: letting time pass, and ending what is due.

use serde_json::Value;
use shophouse::tenancy::deadlines::DueReport;

use super::goods::variant;
use super::{Member, World};

/// Makes the stored times of all deadlines a day older.
pub fn a_day_passes(world: &World) {
    let mut sql = world.sql();
    for schema in sql.column("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'shop\\_%'") {
        // As text, by way of a time without a zone: Citus takes no function of a column that depends on settings.
        sql.run(format!("UPDATE {schema}.orders SET expires_at = ((expires_at AT TIME ZONE 'UTC') - interval '1 day') AT TIME ZONE 'UTC'"));
    }
    sql.run("UPDATE deadlines SET due_at = due_at - interval '1 day'");
}

/// Ends what is due, as the server does.
pub fn ends(world: &World) -> DueReport {
    world.tenancy.end_due(&|| false).unwrap()
}

/// The stock of a product with one variant, which must be the sum of its movements.
pub fn stock(owner: &Member<'_>, product: &Value) -> i64 {
    let stock = owner.again("products", product)["variants"][0]["stock"].as_i64().unwrap();
    let movements = owner.movements(&variant(product, 0));
    let sum: i64 = movements.iter().map(|movement| movement["delta"].as_i64().unwrap()).sum();
    assert_eq!(sum, stock, "{product}");
    stock
}
