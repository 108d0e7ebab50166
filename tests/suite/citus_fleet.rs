//! Several servers: which holds a shop, moving one while it takes orders, and an installation that was there before them.

use std::cell::Cell;
use std::sync::Mutex;

use serde_json::Value;

use crate::support::goods::variant;
use crate::support::load::{Receipt, Shop};
use crate::support::process::{self, Process};
use crate::support::world::text;
use crate::support::{Database, Login, World, citus, tree};

/// The servers that take shops, with the number of their shops.
fn servers(database: &Database) -> Vec<(String, u64)> {
    let printed = process::done(database, &["fleet", "nodes", "--json"]);
    let nodes = serde_json::from_str::<Value>(&printed).unwrap()["nodes"].as_array().unwrap().clone();
    let takers = nodes.iter().filter(|node| node["takes_shops"] == true);
    takers.map(|node| (text(&node["name"]), node["shops"].as_u64().unwrap())).collect()
}

/// Held while shops are moved: Citus names replication slots, which the databases of a server share, by numbers of one database.
static MOVING: Mutex<()> = Mutex::new(());

#[test]
fn a_shop_moves_to_another_server_while_it_takes_orders_and_loses_none() {
    if citus::nodes() < 3 {
        return;
    }
    let _moving = MOVING.lock().unwrap();
    let database = Database::new();
    // Citus takes for the end of the log what is written: a commit that waits for no write may be lost in a move.
    for node in database.nodes() {
        let mut admin = node(Login::Admin);
        let name = admin.one("SELECT current_database()");
        admin.run(format!("ALTER DATABASE {name} SET synchronous_commit TO on"));
    }
    let process = Process::serve(&database);
    let shop = Shop::opens(&process);
    let before = servers(&database);
    let (to, _) = before.iter().find(|(_, shops)| *shops == 0).unwrap();
    let receipts = shop.under_load(3, |tally| {
        tally.acknowledges(10);
        let moved = process::run(&database, &["fleet", "move", "loft", "--to", to]);
        assert_eq!((moved.code, moved.stdout), (Some(0), format!("loft is on {to}\n")), "{}", moved.stderr);
        assert!(moved.stderr.contains("KiB copied"), "{}", moved.stderr);
        tally.acknowledges(10);
    });
    assert!(receipts.iter().all(Receipt::is_acknowledged), "{receipts:?}");
    shop.assert_consistent(&receipts, &mut database.connect(Login::Owner));
    let mut after = servers(&database);
    after.retain(|(_, shops)| *shops > 0);
    assert_eq!(after, [(to.clone(), 1)]);

    let again = process::refused(&database, &["fleet", "move", "loft", "--to", to], 1);
    assert!(again.contains(" already"), "{again}");
    let nowhere = process::refused(&database, &["fleet", "move", "loft", "--to", "nowhere:1"], 1);
    assert!(nowhere.contains("takes shops is named nowhere:1") && nowhere.contains(to), "{nowhere}");
}

#[test]
fn shops_are_moved_until_the_servers_hold_equally_many() {
    if citus::nodes() < 3 {
        return;
    }
    let _moving = MOVING.lock().unwrap();
    let world = World::new();
    let ada = world.user("ada");
    let shops = ["a", "b", "c", "d"].map(|slug| ada.opens_shop(&format!("shop-{slug}")));
    let (first, _) = servers(&world.database).swap_remove(0);
    for shop in &shops {
        let moved = process::run(&world.database, &["fleet", "move", &shop.shop, "--to", &first]);
        assert!(
            moved.code == Some(0) || moved.stderr.contains(&format!("on {first} already")),
            "{}",
            moved.stderr
        );
    }
    assert_eq!(servers(&world.database).iter().map(|(_, shops)| *shops).collect::<Vec<_>>(), [4, 0]);
    let plan = process::done(&world.database, &["fleet", "balance", "--dry-run"]);
    assert_eq!(plan.matches(&format!("{first}  ")).count(), 2, "{plan}");
    assert_eq!(servers(&world.database)[0].1, 4, "a dry run moves nothing");
    assert_eq!(process::done(&world.database, &["fleet", "balance"]), "2 shops moved\n");
    assert_eq!(servers(&world.database).iter().map(|(_, shops)| *shops).collect::<Vec<_>>(), [2, 2]);
    let plan = process::done(&world.database, &["fleet", "balance", "--dry-run"]);
    assert_eq!(plan, "the servers hold equally much\n");
    for shop in &shops {
        shop.get("/products").expect(200);
    }
}

#[test]
fn new_shops_go_to_the_server_that_holds_the_fewest() {
    if citus::nodes() < 3 {
        return;
    }
    let world = World::new();
    let ada = world.user("ada");
    let opens = |slug: &str| ada.opens_shop(slug);
    let shops = || servers(&world.database).iter().map(|(_, shops)| *shops).collect::<Vec<_>>();
    // A server that has just been added has none.
    let second = servers(&world.database).swap_remove(1).0;
    let second_takes_shops = |takes: bool| {
        let (host, port) = second.split_once(':').unwrap();
        let set = format!("citus_set_node_property('{host}', {port}, 'shouldhaveshards', {takes})");
        world.database.connect(Login::Admin).run(format!("SELECT {set}"));
    };
    second_takes_shops(false);
    for slug in ["shop-a", "shop-b", "shop-c"] {
        opens(slug);
    }
    second_takes_shops(true);
    assert_eq!(shops(), [3, 0]);
    let archive = process::pipe(&world.database, &["shop", "export", "shop-a"], &[]);
    let imported = process::pipe(
        &world.database,
        &["shop", "import", "--as", "copy", "--grant-members"],
        &archive.stdout,
    );
    assert_eq!((imported.code, shops()), (Some(0), vec![3, 1]), "{}", imported.stderr);

    // It asks the servers once.
    let has_asked = Cell::new(false);
    world.tenancy.supervise_nodes(&|| has_asked.replace(true));
    for slug in ["shop-d", "shop-e"] {
        opens(slug).get("/products").expect(200);
    }
    assert_eq!(shops(), [3, 3], "in turn they would be on both");
    has_asked.set(false);
    world.tenancy.supervise_nodes(&|| has_asked.replace(true));
    for slug in ["shop-g", "shop-h"] {
        opens(slug);
    }
    assert_eq!(shops(), [4, 4], "with equal shares they are placed in turn");
}

#[test]
fn shops_that_were_there_before_citus_are_placed_on_the_servers() {
    if citus::nodes() == 0 {
        return;
    }
    let world = World::on(Database::plain(), tree::trees());
    let (loft, id, variant) = {
        let shop = world.user("ada").opens_shop("loft");
        let variant = variant(&shop.sells("Book"), 0);
        shop.buys(&[(&variant, 1)]).expect(201);
        (shop.schema(), shop.shop.clone(), variant)
    };
    world.database.gets_citus();
    process::done(&world.database, &["citus", "setup", &world.database.url(Login::Admin)]);
    let world = world.restarted_with(tree::trees());

    let shop = world.signs_in("ada@example.com").in_shop(&id);
    assert_eq!(shop.buys(&[(&variant, 1)]).expect(201)["number"], 1002, "it serves where it was");
    let refused = process::refused(
        &world.database,
        &["fleet", "move", "loft", "--to", &servers(&world.database)[0].0],
        1,
    );
    assert!(refused.contains("shophouse fleet distribute"), "{refused}");
    let content = world.sql().content(&loft);

    assert_eq!(process::done(&world.database, &["fleet", "distribute"]), "1 shops placed\n");
    assert_eq!(world.sql().content(&loft), content);
    assert_eq!(servers(&world.database).iter().map(|(_, shops)| shops).sum::<u64>(), 1);
    assert_eq!(shop.buys(&[(&variant, 1)]).expect(201)["number"], 1003);
    assert_eq!(process::done(&world.database, &["fleet", "distribute"]), "0 shops placed\n");
    let drift = process::done(&world.database, &["drift"]);
    assert!(drift.contains("1 shops compared, 0 differ"), "{drift}");
}

#[test]
fn on_one_server_there_is_nowhere_to_move_to() {
    if citus::nodes() > 0 {
        return;
    }
    let world = World::new();
    world.user("ada").opens_shop("loft");
    for command in [
        &["fleet", "nodes"][..],
        &["fleet", "move", "loft", "--to", "db2:5432"],
        &["fleet", "balance"],
        &["fleet", "balance", "--dry-run"],
        &["fleet", "distribute"],
    ] {
        let said = process::refused(&world.database, command, 1);
        assert!(said.contains("this database has no Citus"), "{said}");
    }
}
