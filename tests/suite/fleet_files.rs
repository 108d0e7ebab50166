//! The files of migrations: an edited one is refused, one that comes too late is refused, and one that removes something
//! names the oldest binaries that can do without it.

use std::fs;
use std::path::Path;

use diesel_migrations::FileBasedMigrations;
use sha2::{Digest, Sha256};
use shophouse::tenancy::{Step, Tenancy, TenancyError, Tree, Trees};

use crate::support::database::limits;
use crate::support::tree::{NEXT_NAME, migrate, next_release, trees};
use crate::support::{Database, World};

const HARMLESS: &str = "ALTER TABLE products ADD COLUMN weight BIGINT";

fn open(database: &Database, trees: Trees) -> Result<Tenancy, TenancyError> {
    Tenancy::open(database.logins(), limits(), trees)
}

fn step(name: &str, up: &str) -> Step {
    Step::new(name, up, "").unwrap()
}

#[test]
fn the_recorded_checksum_is_the_sha_256_of_the_file() {
    let world = World::new();
    world.user("ada").opens_shop("books");
    for tree in ["public", "tenant"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("migrations_{tree}"));
        let checksum = |entry: fs::DirEntry| {
            let file = fs::read(entry.path().join("up.sql")).unwrap();
            let hex: String = Sha256::digest(file).iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{} {hex}", entry.file_name().into_string().unwrap())
        };
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| checksum(entry.unwrap())).collect();
        files.sort();
        let recorded = world.sql().column(format!(
            "SELECT name || ' ' || checksum FROM public.applied_migrations WHERE tree = '{tree}' ORDER BY name"
        ));
        assert_eq!(recorded, files);
    }
}

/// The tree of a folder with one migration, which has these files.
fn read(files: &[(&str, &str)]) -> Result<Tree, TenancyError> {
    let folder = tempfile::tempdir().unwrap();
    let migration = folder.path().join(NEXT_NAME);
    fs::create_dir(&migration).unwrap();
    for (name, text) in files {
        fs::write(migration.join(name), text).unwrap();
    }
    Tree::read(&FileBasedMigrations::from_path(folder.path()).unwrap())
}

#[test]
fn a_migration_is_read_from_its_two_files_and_cannot_turn_its_transaction_off() {
    let files =
        [("up.sql", "SELECT 1"), ("down.sql", "SELECT 2"), ("metadata.toml", "run_in_transaction = false")];
    assert_eq!(read(&files[..2]).unwrap().steps()[0].up(), "SELECT 1");
    let error = read(&files).unwrap_err().to_string();
    assert!(error.contains(NEXT_NAME) && error.contains("transaction"), "{error}");
    let error = read(&files[..1]).unwrap_err().to_string();
    assert!(error.contains(NEXT_NAME) && error.contains("down.sql"), "{error}");
}

#[test]
fn a_file_that_was_edited_after_it_had_been_applied_is_refused_and_not_run() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    migrate(&open(&world.database, next_release(HARMLESS)).unwrap());
    let later = world.user("bob").opens_shop("later");
    let before = world.sql().content(&later.schema());
    let Err(error) = open(&world.database, next_release("ALTER TABLE products ADD COLUMN grams BIGINT"))
    else {
        panic!("the edited file was taken");
    };
    assert!(matches!(&error, TenancyError::Edited { name } if name == NEXT_NAME), "{error}");
    assert!(error.to_string().contains("new migration"), "{error}");
    assert_eq!(world.sql().content(&later.schema()), before);
    // The same file as before is taken.
    assert_eq!(migrate(&open(&world.database, next_release(HARMLESS)).unwrap()).migrated, 1);
    drop(shop);
}

#[test]
fn an_edited_file_of_public_is_refused_too() {
    let world = World::new();
    let mut steps = trees().public().steps().to_vec();
    let name = steps[0].name().to_owned();
    steps[0] = step(&name, &format!("{} -- changed", steps[0].up()));
    let edited = Trees::new(Tree::of(steps).unwrap(), trees().tenant().clone()).unwrap();
    let error = open(&world.database, edited).err().unwrap();
    assert!(matches!(&error, TenancyError::Edited { name: edited } if *edited == name), "{error}");
}

#[test]
fn a_file_that_has_never_been_applied_completely_may_be_edited() {
    let world = World::new();
    world.user("ada").opens_shop("books");
    assert_eq!(migrate(&open(&world.database, next_release("SELECT nonsense")).unwrap()).failed.len(), 1);
    assert_eq!(migrate(&open(&world.database, next_release(HARMLESS)).unwrap()).migrated, 1);
}

#[test]
fn a_migration_that_sorts_before_an_applied_one_is_refused() {
    let world = World::new();
    world.user("ada").opens_shop("books");
    migrate(&open(&world.database, next_release(HARMLESS)).unwrap());
    let late = next_release(HARMLESS).with_tenant(step("9998-01-01-000000_late", "SELECT 1")).unwrap();
    let error = open(&world.database, late).err().unwrap();
    assert!(matches!(&error, TenancyError::TooLate { name } if name.ends_with("_late")), "{error}");
}

#[test]
fn an_older_binary_serves_a_newer_schema_down_to_its_floor() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    migrate(&open(&world.database, next_release(HARMLESS)).unwrap());
    shop.get("/products").expect(200);

    let takes_away = "-- floor: 9999-01-01-000000\nALTER TABLE products DROP COLUMN weight";
    let newest = next_release(HARMLESS).with_tenant(step("9999-01-02-000000_contract", takes_away)).unwrap();
    migrate(&open(&world.database, newest.clone()).unwrap());
    shop.get("/products").expect_problem(503, "shop_upgrading");
    // A binary that knows the floor serves the shop. A new shop has the floor too.
    let token = shop.token.clone().unwrap();
    let next = world.beside(next_release(HARMLESS));
    next.nobody().with_token(token).get("/products").expect(200);
    let opened = world.beside(newest).user("bob").opens_shop("new").token.clone().unwrap();
    world.nobody().with_token(opened).get("/products").expect_problem(503, "shop_upgrading");
}
