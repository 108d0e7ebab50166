//! What is due in many shops: closed, failing, outdated, erased and imported ones; and no shop reaches another's deadlines.

use diesel::RunQueryDsl;
use serde_json::{Value, json};
use shophouse::tenancy::deadlines::DueReport;

use crate::support::archive::{Archive, export, import};
use crate::support::goods::variant;
use crate::support::holds::{a_day_passes, ends, stock};
use crate::support::process::Process;
use crate::support::world::text;
use crate::support::{Member, World, inside, log, tree, waiting};

/// A shop with a product, and a customer's order for one of ten pieces.
struct Shop<'w> {
    owner: Member<'w>,
    product: Value,
    order: Value,
}

impl<'w> Shop<'w> {
    fn opens(world: &'w World, slug: &str) -> Self {
        let owner = world.user(&format!("{slug}-owner")).opens_shop(slug);
        let product = owner.sells("A");
        let cleo = owner.joined_by(&format!("{slug}-customer"), "customer");
        let order = cleo.buys(&[(&variant(&product, 0), 1)]).expect(201);
        Self { owner, product, order }
    }

    fn status(&self) -> String {
        text(&self.owner.again("orders", &self.order)["status"])
    }
}

fn deadlines_of(world: &World, shop: &str) -> i64 {
    world.sql().count(format!("deadlines WHERE shop_id = '{shop}'"))
}

#[test]
fn a_closed_shop_is_put_off_and_its_orders_expire_when_it_is_open_again() {
    let world = World::new();
    let (closed, open) = (Shop::opens(&world, "closed"), Shop::opens(&world, "open"));
    for state in ["suspended", "deleting"] {
        closed.owner.shop_becomes(state);
        a_day_passes(&world);
        let report = ends(&world);
        assert_eq!(report.put_off, 1, "{state}");
        assert_eq!(open.status(), "expired");
        assert_eq!(ends(&world).put_off, 0, "it is not looked at all the time");
        assert_eq!(deadlines_of(&world, &closed.owner.shop), 1);
        closed.owner.shop_becomes("active");
        assert_eq!(closed.status(), "pending");
    }
    a_day_passes(&world);
    assert_eq!(ends(&world).ended, 1);
    assert_eq!((closed.status(), stock(&closed.owner, &closed.product)), ("expired".to_owned(), 10));
}

#[test]
fn a_shop_in_which_it_fails_does_not_hold_up_the_others() {
    let world = World::new();
    let shops = ["one", "two", "three"].map(|slug| Shop::opens(&world, slug));
    let schema = shops[0].owner.schema();
    world
        .sql()
        .run(format!("ALTER TABLE {schema}.order_events ADD CONSTRAINT never CHECK (status <> 'expired')"));
    a_day_passes(&world);
    let report = ends(&world);
    assert_eq!((report.ended, report.put_off), (2, 1));
    assert_eq!(shops.each_ref().map(Shop::status), ["pending", "expired", "expired"]);
    assert_eq!(stock(&shops[0].owner, &shops[0].product), 9, "nothing of it was done");
    assert!(log::any(&["was not ended", &shops[0].owner.shop]));
    assert_eq!(ends(&world), DueReport::default(), "it is not tried all the time");
    world.sql().run(format!("ALTER TABLE {schema}.order_events DROP CONSTRAINT never"));
    a_day_passes(&world);
    assert_eq!(ends(&world).ended, 1);
}

#[test]
fn a_shop_that_is_outdated_or_being_changed_is_put_off() {
    let world = World::new();
    let shop = Shop::opens(&world, "loft");
    let next = world.beside(tree::next_release("ALTER TABLE products ADD COLUMN weight BIGINT"));
    a_day_passes(&world);
    let report = next.tenancy.end_due(&|| false).unwrap();
    assert_eq!((report.ended, report.put_off), (0, 1));
    a_day_passes(&world);
    let mut holder = world.sql();
    holder.run("BEGIN; SELECT FROM shops FOR UPDATE");
    let report = ends(&world);
    assert_eq!((report.ended, report.put_off), (0, 1));
    drop(holder);
    assert_eq!((shop.status(), deadlines_of(&world, &shop.owner.shop)), ("pending".to_owned(), 1));
    // After the migration the next release does it.
    assert_eq!(tree::migrate(&next.tenancy).migrated, 1);
    a_day_passes(&world);
    assert_eq!(next.tenancy.end_due(&|| false).unwrap().ended, 1);
}

#[test]
fn an_order_waits_for_nobody_who_changes_the_shop() {
    let world = World::new();
    let shop = Shop::opens(&world, "loft");
    let cleo = shop.owner.joined_by("cleo", "customer");
    let mut holder = world.sql();
    holder.run("BEGIN; SELECT FROM shops FOR UPDATE");
    cleo.buys(&[(&variant(&shop.product, 0), 1)]).expect(201);
    drop(holder);
}

#[test]
fn the_deadlines_of_an_erased_shop_go_with_it() {
    let world = World::new();
    let (gone, kept) = (Shop::opens(&world, "gone"), Shop::opens(&world, "kept"));
    gone.owner.shop_becomes("deleting");
    world.sql().run("UPDATE shops SET erase_after = now() WHERE state = 'deleting'");
    assert_eq!(world.tenancy.erase_due(|| false).unwrap().erased, 1);
    assert_eq!([&gone, &kept].map(|shop| deadlines_of(&world, &shop.owner.shop)), [0, 1]);
    // What an older release has left of a shop that it erased.
    world
        .sql()
        .run(format!("INSERT INTO deadlines VALUES ('{}', '{}', now())", gone.owner.shop, gone.owner.user));
    a_day_passes(&world);
    assert_eq!(ends(&world).ended, 1);
    assert_eq!((deadlines_of(&world, &gone.owner.shop), kept.status()), (0, "expired".to_owned()));
}

#[test]
fn an_imported_order_expires_when_the_exported_one_does() {
    let world = World::new();
    let shop = Shop::opens(&world, "loft");
    shop.owner.patch(&format!("/shops/{}", shop.owner.shop), json!({ "order_hold_minutes": 7 })).expect(200);
    // Without a deadline: staff's, and a paid one.
    shop.owner.buys(&[(&variant(&shop.product, 0), 1)]).expect(201);
    let cleo = shop.owner.joined_by("cleo", "customer");
    let paid = cleo.buys(&[(&variant(&shop.product, 0), 1)]).expect(201);
    shop.owner.takes(&paid, "pay").expect(200);
    let archive = export(&world.tenancy, shop.owner.shop_id());
    let copy = import(&world.tenancy, &archive, "copy").unwrap();
    let due = |shop: &str, rows: &str| {
        world.sql().column(format!(
            "SELECT concat_ws(' ', item_id, due_at) FROM deadlines WHERE shop_id = '{shop}' {rows}"
        ))
    };
    let order = text(&shop.order["id"]);
    let original = due(&shop.owner.shop, &format!("AND item_id = '{order}'"));
    assert_eq!((due(&copy.id.to_string(), ""), original.len()), (original, 1));
    let minutes =
        |slug: &str| world.sql().one(format!("SELECT order_hold_minutes FROM shops WHERE slug = '{slug}'"));
    assert_eq!(minutes("copy"), "7");

    a_day_passes(&world);
    assert_eq!(ends(&world).ended, 2);
    let schema = copy.id.schema();
    assert_eq!(
        world.sql().one(format!("SELECT status FROM {schema}.orders WHERE id = '{order}'")),
        "expired"
    );
    assert_eq!(world.sql().one(format!("SELECT stock FROM {schema}.variants")), "8");
    // An archive of a former release says nothing of it.
    let mut former = Archive::parse(&archive);
    let mut manifest = former.manifest();
    manifest["shop"].as_object_mut().unwrap().remove("order_hold_minutes").unwrap();
    former.set_manifest(&manifest);
    import(&world.tenancy, &former.bytes(), "former").unwrap();
    assert_eq!(minutes("former"), "60");
}

/// What SQL inside a shop may try.
#[test]
fn a_shop_sets_deadlines_of_its_own_only() {
    let world = World::new();
    let (ours, theirs) = (Shop::opens(&world, "ours"), Shop::opens(&world, "theirs"));
    let before = world
        .sql()
        .one(format!("SELECT deadlines::text FROM deadlines WHERE shop_id = '{}'", theirs.owner.shop));
    let (item, schema) = (text(&theirs.order["id"]), theirs.owner.schema());
    let run = |statement: &str| {
        let statement = statement.replace("{item}", &item).replace("{schema}", &schema);
        inside(&world.tenancy, &ours.owner, move |conn| Ok(diesel::sql_query(statement).execute(conn.pg())?))
    };
    for statement in [
        "SELECT public.change_hold('{item}', NULL)",
        "SELECT public.change_hold('{item}', '2000-01-01')",
        "SELECT set_config('shophouse.shop', '{schema}', true), public.change_hold('{item}', '2000-01-01')",
    ] {
        run(statement).unwrap();
    }
    for (statement, refusal) in [
        ("SELECT public.begin_hold_in('{schema}', '{item}', now())", "permission denied for function"),
        ("SELECT public.change_hold_in('{schema}', '{item}', NULL)", "permission denied for function"),
        ("DELETE FROM public.deadlines", "permission denied for table"),
        ("SELECT FROM public.deadlines", "permission denied for table"),
        ("UPDATE public.deadlines SET due_at = now()", "permission denied for table"),
    ] {
        let error = run(statement).unwrap_err().to_string();
        assert!(error.contains(refusal), "{statement}: {error}");
    }
    let after = world
        .sql()
        .one(format!("SELECT deadlines::text FROM deadlines WHERE shop_id = '{}'", theirs.owner.shop));
    assert_eq!(after, before);
    // What it made up for itself comes to nothing.
    assert_eq!(deadlines_of(&world, &ours.owner.shop), 2);
    assert_eq!(ends(&world).ended, 0);
    assert_eq!(deadlines_of(&world, &ours.owner.shop), 1);
}

#[test]
fn a_running_server_expires_orders_by_itself_and_stops_at_once() {
    let world = World::new();
    let shop = Shop::opens(&world, "loft");
    let process = Process::serve(&world.database);
    a_day_passes(&world);
    waiting::until("the order to expire", || (shop.status() == "expired").then_some(()));
    process.terminate();
    assert!(process.ended().success());
}
