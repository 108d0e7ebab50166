//! An archive whose schema is older than the one that new shops are made from: the migrations make its tables.

use shophouse::tenancy::archive::ImportOptions;

use crate::support::archive::{export, lively_shop};
use crate::support::goods::variant;
use crate::support::{Database, World, citus, process, tree};

#[test]
fn an_archive_from_before_the_baseline_becomes_a_shop_like_any_other() {
    let old = World::on(Database::alone(), tree::trees());
    let shop = lively_shop(&old, "books");
    tree::set_back_before(&old, &shop, "20261128121758");
    let archive = export(&old.tenancy, shop.shop_id());

    let world = World::new();
    let ada = world.user("ada");
    let options = ImportOptions { owner: Some(ada.email.clone()), ..ImportOptions::default() };
    let copy = world.tenancy.import_shop(&archive[..], &options, &|_, _| true).unwrap();
    assert!(*copy.from_version < *"20261128121758", "{}", copy.from_version);
    assert_eq!(copy.version, world.tenancy.tenant_version());
    let shop = ada.in_shop(&copy.id.to_string());
    assert_eq!(shop.all("/orders?limit=9").len(), 3);
    let mug = shop.all("/products?q=mug").remove(0);
    assert_eq!(shop.buys(&[(&variant(&mug, 0), 1)]).expect(201)["number"], 1004);
    assert_eq!(process::done(&world.database, &["drift"]).lines().count(), 1);
    if citus::nodes() > 0 {
        let nodes = process::done(&world.database, &["fleet", "nodes"]);
        assert!(!nodes.contains("coordinator alone"), "{nodes}");
    }
}
