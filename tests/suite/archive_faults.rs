//! Archives that are damaged, of another kind or forged, and full disks: a clear error, and nothing is changed.

use std::cell::Cell;
use std::fs::File;
use std::io::{Seek, Write};

use tar::{Builder, EntryType};

use crate::support::archive::{Archive, export, header, import};
use crate::support::process::{self, Piped};
use crate::support::{Member, Tenants, World, waiting};

/// A shop with a product.
fn shop(tenants: &Tenants) -> Member<'_> {
    let shop = tenants.user("ada").opens_shop("books");
    shop.sells("Mug");
    shop
}

/// What an import leaves, if it leaves anything.
fn traces(world: &World) -> [i64; 4] {
    let mut sql = world.sql();
    ["shops", "memberships", "pg_namespace WHERE nspname LIKE 'shop\\_%'", "pg_policies"]
        .map(|table| sql.count(table))
}

/// The error of an import that must fail, and must leave nothing.
#[track_caller]
fn refusal(world: &World, bytes: &[u8]) -> String {
    let before = traces(world);
    let refused =
        import(&world.tenancy, bytes, "copy").map(|imported| imported.slug).unwrap_err().to_string();
    assert_eq!(traces(world), before, "{refused}");
    refused
}

/// The error of a command that must fail.
#[track_caller]
fn refused(world: &World, arguments: &[&str], input: &[u8]) -> String {
    let Piped { code, stdout, stderr } = process::pipe(&world.database, arguments, input);
    assert_eq!((code, stdout.as_slice()), (Some(1), b"".as_slice()), "{stderr}");
    stderr
}

#[test]
fn an_archive_that_was_cut_or_padded_is_refused() {
    let world = World::new();
    let archive = export(&world.tenancy, shop(&world).shop_id());
    let lengths = (1..archive.len()).step_by(701).chain((1..5).map(|blocks| archive.len() - 512 * blocks));
    for length in lengths.chain([archive.len() - 1]) {
        let why = refusal(&world, &archive[..length]);
        assert!(why.contains("damaged") && why.contains("too early"), "{length}: {why}");
    }
    for padding in [&b"\0"[..], b"x", &[0; 512], &archive] {
        let why = refusal(&world, &[&archive, padding].concat());
        assert!(why.contains("damaged") && why.contains("follows its end"), "{why}");
    }
    import(&world.tenancy, &archive, "copy").unwrap();
}

#[test]
fn an_archive_with_a_bit_flipped_is_refused_wherever_it_is() {
    let world = World::new();
    let archive = export(&world.tenancy, shop(&world).shop_id());
    // Every byte of the headers, and some of the rest.
    let places = (0..archive.len())
        .filter(|place| place % 13 == 0 || archive[place / 512 * 512 + 257..].starts_with(b"ustar"));
    for place in places {
        let mut flipped = archive.clone();
        flipped[place] ^= 1 << (place % 8);
        let outcome = import(&world.tenancy, &flipped, "copy");
        assert!(outcome.is_err(), "a flip at byte {place} went unnoticed");
    }
    assert_eq!(traces(&world)[0], 1);
    let mut flipped = archive.clone();
    let middle = flipped.windows(3).position(|bytes| bytes == b"Mug").unwrap();
    flipped[middle] = b'J';
    let why = refused(&world, &["shop", "import", "--as", "copy"], &flipped);
    assert!(why.contains("damaged") && why.contains("products.copy"), "{why}");
    assert_eq!(traces(&world)[0], 1);
}

#[test]
fn what_is_no_archive_is_called_that() {
    let world = World::new();
    let mut tar = Builder::new(Vec::new());
    tar.append(&header("holiday.jpg", 3, EntryType::Regular), &b"jpg"[..]).unwrap();
    let tar = tar.into_inner().unwrap();
    let long = "no tar at all".repeat(100);
    for bytes in [&b""[..], long.as_bytes(), &tar, &[0; 1024]] {
        let why = refused(&world, &["shop", "import"], bytes);
        assert!(why.contains("no archive of a shop"), "{why}");
    }
}

#[test]
fn a_manifest_of_another_kind_or_time_is_refused() {
    let world = World::new();
    let archive = Archive::parse(&export(&world.tenancy, shop(&world).shop_id()));
    let with = |field: &str, value: serde_json::Value| {
        let (mut archive, mut manifest) = (archive.clone(), archive.manifest());
        manifest[field] = value;
        archive.set_manifest(&manifest);
        refusal(&world, &archive.bytes())
    };
    assert!(with("format", "backup".into()).contains("no archive of a shop"));
    assert!(with("format_version", 2.into()).contains("newer"));
    assert!(with("schema_version", "99990101000000".into()).contains("newer"));
    assert!(with("schema_version", "20200101000000".into()).contains("does not fit"));
    assert!(with("tables", serde_json::json!([])).contains("damaged"));
    assert!(with("shop", serde_json::json!({ "slug": "../x" })).contains("damaged"));
    let mut shorter = archive.clone();
    let mut manifest = shorter.manifest();
    let dropped = manifest["tables"].as_array_mut().unwrap().remove(1);
    shorter.0.retain(|(name, _)| dropped["file"] != **name);
    shorter.set_manifest(&manifest);
    let why = refusal(&world, &shorter.bytes());
    assert!(why.contains("does not fit") && why.contains(dropped["name"].as_str().unwrap()), "{why}");
}

#[test]
fn entries_that_are_unexpected_repeated_missing_or_no_files_are_refused() {
    let world = World::new();
    let sound = Archive::parse(&export(&world.tenancy, shop(&world).shop_id()));
    let changed = |change: &dyn Fn(&mut Archive)| {
        let mut archive = sound.clone();
        change(&mut archive);
        let why = refusal(&world, &archive.bytes());
        assert!(why.contains("damaged"), "{why}");
    };
    changed(&|archive| archive.0.insert(3, ("../../etc/passwd".to_owned(), b"root".to_vec())));
    changed(&|archive| archive.0.push(("stray".to_owned(), Vec::new())));
    changed(&|archive| archive.0.insert(4, archive.0[3].clone()));
    changed(&|archive| drop(archive.0.remove(5)));
    changed(&|archive| archive.0.swap(4, 5));
    changed(&|archive| archive.0[4].1.extend_from_slice(b"more\n"));

    // A symbolic link in the place of a file, and a file that says it is huge.
    let mut names = sound.0.iter().map(|(name, _)| name);
    let third = names.nth(2).unwrap();
    for (kind, size) in [(EntryType::Symlink, 0), (EntryType::Regular, 1 << 32)] {
        let mut tar = Builder::new(Vec::new());
        for (name, content) in &sound.0[..2] {
            tar.append(&header(name, content.len() as u64, EntryType::Regular), content.as_slice()).unwrap();
        }
        tar.append(&header(third, size, kind), &b""[..]).unwrap();
        assert!(refusal(&world, &tar.into_inner().unwrap()).contains("damaged"));
    }
    let huge = header("manifest.json", 1 << 40, EntryType::Regular);
    assert!(refusal(&world, huge.as_bytes()).contains("too large"));
}

#[test]
fn rows_that_postgresql_refuses_leave_nothing() {
    let world = World::new();
    let sound = Archive::parse(&export(&world.tenancy, shop(&world).shop_id()));
    let with = |table: &str, change: &dyn Fn(String) -> String| {
        let mut archive = sound.clone();
        archive.set_rows(table, &change(archive.rows(table)));
        refusal(&world, &archive.bytes())
    };
    let twice = with("products", &|rows| format!("{rows}{rows}"));
    assert!(twice.contains("products") && twice.contains("products_pkey"), "{twice}");
    let torn = with("products", &|rows| rows.replace('\t', ","));
    assert!(torn.contains("the rows of products were refused"), "{torn}");
    let orphans = with("products", &|_| String::new());
    assert!(orphans.contains("_product_id_fkey"), "{orphans}");
    let early = with("counters", &|rows| format!("{rows}\\.\nmore\n"));
    assert!(early.contains("counters"), "{early}");
}

#[test]
fn a_taken_slug_and_an_unknown_owner_are_reported() {
    let world = World::new();
    let archive = export(&world.tenancy, shop(&world).shop_id());
    let before = traces(&world);
    let why = refused(&world, &["shop", "import"], &archive);
    assert!(why.contains("books") && why.contains("--as SLUG"), "{why}");
    let why = refused(&world, &["shop", "import", "--as", "copy", "--owner", "nobody@example.com"], &archive);
    assert!(why.contains("nobody@example.com"), "{why}");
    assert_eq!(traces(&world), before);
}

#[test]
fn a_full_disk_and_an_unknown_shop_end_an_export() {
    let world = World::new();
    let shop = shop(&world);
    assert!(refused(&world, &["shop", "export", "nowhere"], b"").contains("no shop nowhere"));
    let full = File::options().write(true).open("/dev/full").unwrap();
    let (code, stderr) = process::into(&world.database, &["shop", "export", "books"], full);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("could not be written") && stderr.contains("No space left"), "{stderr}");

    world.sql().run(
        "UPDATE shops SET state = 'deleting', deleted_from = 'active', deleted_at = now(), erase_after = now(),
         erasing_since = now()",
    );
    assert!(refused(&world, &["shop", "export", "books"], b"").contains("incomplete or gone"));
    world.sql().run(format!("DROP SCHEMA {} CASCADE", shop.schema()));
    assert!(refused(&world, &["shop", "export", "books"], b"").contains("incomplete or gone"));
}

#[test]
fn an_import_that_is_stopped_leaves_nothing() {
    let world = World::new();
    let archive = export(&world.tenancy, shop(&world).shop_id());
    let before = traces(&world);
    let steps = Cell::new(0);
    let count = |_: &str, _: u64| {
        steps.set(steps.get() + 1);
        true
    };
    let options = shophouse::tenancy::archive::ImportOptions {
        slug: Some("copy".parse().unwrap()),
        ..Default::default()
    };
    world.tenancy.import_shop(archive.as_slice(), &options, &count).unwrap();
    let all = steps.replace(0);
    world.sql().run("UPDATE shops SET slug = 'other' WHERE slug = 'copy'");
    let after = traces(&world);
    assert_ne!(before, after);
    let stop = |_: &str, _: u64| {
        steps.set(steps.get() + 1);
        steps.get() < all
    };
    let stopped = world.tenancy.import_shop(archive.as_slice(), &options, &stop).unwrap_err();
    assert!(stopped.to_string().contains("stopped"), "{stopped}");
    assert_eq!(traces(&world), after);
}

#[test]
fn a_process_killed_while_it_imports_leaves_nothing() {
    let world = World::new();
    let archive = export(&world.tenancy, shop(&world).shop_id());
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&archive).and_then(|()| file.rewind()).unwrap();
    let before = traces(&world);

    // The memberships come last: when the import waits for them, all else is done.
    let mut blocker = world.sql();
    blocker.run("BEGIN; LOCK TABLE memberships IN ACCESS EXCLUSIVE MODE");
    let import = ["shop", "import", "--as", "copy", "--grant-members"];
    let process = process::start_with(&world.database, &import, file);
    let backend = waiting::blocked(&mut world.sql());
    process.kill();
    blocker.run("ROLLBACK");
    waiting::gone(&mut world.sql(), &backend);
    assert_eq!(traces(&world), before);
}
