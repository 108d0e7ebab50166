//! Pinned connections: nothing of one transaction reaches the next, and nobody enters a shop without belonging to it.

use diesel::connection::SimpleConnection;
use shophouse::database::PoolOptions;
use shophouse::tenancy::{Refusal, Role, ShopId, Tenancy, TenancyError};

use crate::isolation_policies::{attempt, two_shops};
use crate::support::database::limits;
use crate::support::sql::column;
use crate::support::tree::trees;
use crate::support::{Login, Member, World, inside};

/// An engine whose requests all share one connection.
fn with_one_connection(world: &World) -> Tenancy {
    let limits = limits();
    let web = PoolOptions { size: 1, ..limits.web };
    Tenancy::open(world.database.logins(), shophouse::tenancy::Limits { web, ..limits }, trees()).unwrap()
}

#[test]
fn nothing_that_one_shop_leaves_on_a_connection_reaches_the_next() {
    let world = World::new();
    let (ours, theirs, _) = two_shops(&world);
    let customer = theirs.joined_by("cleo", "customer");
    let tenancy = with_one_connection(&world);
    let settings = format!(
        "SET search_path TO {}; SET shophouse.role TO 'owner'; SET shophouse.currency TO 'EUR'",
        ours.schema()
    );
    inside(&tenancy, &ours, move |conn| Ok(conn.pg().batch_execute(&settings)?)).unwrap();
    let (titles, context) = inside(&tenancy, &customer, |conn| {
        Ok((column(conn.pg(), "SELECT title FROM products")?, conn.shop_context()?))
    })
    .unwrap();
    assert_eq!(titles, ["Theirs"]);
    assert_eq!((context.role, context.currency.code()), (Role::Customer, "USD"));
}

#[test]
fn nothing_is_ever_set_for_a_session() {
    let world = World::new();
    let (ours, ..) = two_shops(&world);
    let tenancy = with_one_connection(&world);
    inside(&tenancy, &ours, |conn| Ok(conn.pg().batch_execute("SELECT 1")?)).unwrap();
    let of_session = inside(&tenancy, &ours, |conn| {
        conn.pg().batch_execute("ROLLBACK AND CHAIN")?;
        Ok(column(
            conn.pg(),
            "SELECT concat_ws(' | ', current_setting('search_path'), current_setting('statement_timeout'),
             coalesce(nullif(current_setting('shophouse.role', true), ''), 'none'), current_user = session_user)",
        )?)
    });
    assert_eq!(of_session.unwrap(), ["\"$user\", public | 0 | none | t"]);
}

#[test]
fn a_request_that_fails_leaves_its_connection_in_order() {
    let world = World::new();
    let (ours, theirs, _) = two_shops(&world);
    let tenancy = with_one_connection(&world);
    inside(&tenancy, &ours, |conn| Ok(conn.pg().batch_execute("SELECT 1 / 0")?)).unwrap_err();
    let mut stranger = theirs.clone();
    stranger.shop.clone_from(&ours.shop);
    let refused = inside(&tenancy, &stranger, |_| Ok(())).unwrap_err();
    assert!(matches!(refused, TenancyError::Refused(Refusal::NotAMember)), "{refused:?}");
    let titles = inside(&tenancy, &theirs, |conn| Ok(column(conn.pg(), "SELECT title FROM products")?));
    assert_eq!(titles.unwrap(), ["Theirs"]);
}

#[test]
fn a_schema_that_is_missing_never_falls_through_to_public() {
    let world = World::new();
    let role = format!("shophouse_{}_shop", world.sql().one("SELECT name FROM installation"));
    world
        .sql()
        .run(format!("CREATE TABLE public.products (id uuid); GRANT ALL ON public.products TO {role}"));
    let missing = ShopId::generate();
    let mut web = world.database.connect(Login::Web);
    web.run(format!("BEGIN; SET LOCAL search_path TO {}, pg_temp; SET LOCAL ROLE {role}", missing.schema()));
    let error = web.try_column("SELECT id FROM products").unwrap_err().to_string();
    assert!(error.contains("relation \"products\" does not exist"), "{error}");
}

#[test]
fn a_token_for_a_shop_that_is_gone_opens_nothing() {
    let world = World::new();
    let (ours, ..) = two_shops(&world);
    let Member { shop, .. } = &ours;
    let schema = ours.schema();
    // It is still registered but has no schema: the request fails, and reaches no other shop.
    world.sql().run(format!("DROP SCHEMA {schema} CASCADE"));
    ours.get("/products").expect_problem(500, "internal");
    world.sql().run(format!("DELETE FROM shops WHERE id = '{shop}'"));
    ours.get("/products").expect_problem(403, "not_a_member");
}

#[test]
fn entering_is_refused_to_whoever_does_not_belong() {
    let world = World::new();
    let (ours, theirs, _) = two_shops(&world);
    let (us, them) = (ours.as_caller(), theirs.as_caller());
    let version = world.tenancy.tenant_version().to_owned();
    for (session, user, schema, refusal) in [
        (us.session, us.user, theirs.schema(), "not_a_member"),
        (us.session, us.user, ShopId::generate().schema(), "not_a_member"),
        (us.session, them.user, theirs.schema(), "session_revoked"),
        (them.session, us.user, ours.schema(), "session_revoked"),
        (uuid::Uuid::now_v7(), us.user, ours.schema(), "session_revoked"),
        (us.session, us.user, "public".to_owned(), "invalid input syntax for type uuid"),
    ] {
        let enter =
            format!("SELECT public.enter('{session}', '{user}', '{schema}', 'customer', '{version}')");
        let error = attempt(&world, &ours, enter.clone()).unwrap_err();
        let found = match &error {
            TenancyError::Refused(Refusal::NotAMember) => "not_a_member".to_owned(),
            TenancyError::Refused(Refusal::SessionRevoked) => "session_revoked".to_owned(),
            other => other.to_string(),
        };
        assert!(found.contains(refusal), "{enter}: {found}");
    }
}
