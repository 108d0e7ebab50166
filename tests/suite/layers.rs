//! The layers of the crate: which module uses which, without cycles, and which files may name a shop's tables.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each layer, with the modules that it must not use.
const LAYERS: [(&str, &[&str]); 10] = [
    (
        "src/fairness",
        &[
            "metrics", "database", "tenancy", "mail", "http", "identity", "commerce", "cli", "schema",
            "config",
        ],
    ),
    (
        "src/limits",
        &[
            "metrics", "database", "tenancy", "mail", "http", "identity", "commerce", "cli", "schema",
            "config",
        ],
    ),
    (
        "src/metrics",
        &["database", "tenancy", "mail", "http", "identity", "commerce", "cli", "schema", "config"],
    ),
    ("src/database", &["tenancy", "mail", "http", "identity", "commerce", "cli", "schema", "config"]),
    ("src/audit", &["tenancy", "mail", "http", "identity", "commerce", "cli", "config"]),
    ("src/tenancy", &["mail", "http", "identity", "commerce", "cli", "config"]),
    ("src/mail", &["http", "identity", "commerce", "cli", "config", "schema::tenant"]),
    ("src/http", &["mail", "identity", "commerce", "cli", "config", "schema"]),
    ("src/identity", &["commerce", "cli", "config", "schema::tenant"]),
    ("src/commerce", &["cli", "config", "database", "schema::public"]),
];

/// The only files outside `src/commerce` that may name a table of a shop, and that table.
const KNOW_TABLES: [(&str, &str); 2] =
    [("src/tenancy/registry/members.rs", "people"), ("src/tenancy/idempotency.rs", "idempotency_keys")];

/// The source files below a folder, with their code above the tests and without comments.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap();
                let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
                found.push((path, lines.map(|line| format!("{line}\n")).collect()));
            }
        }
    }
    assert!(!found.is_empty(), "no sources below {folder}");
    found
}

/// The lines of code that contain a name.
fn naming<'a>(code: &'a str, name: &str) -> Vec<&'a str> {
    code.lines().filter(|line| line.contains(name)).collect()
}

#[test]
fn a_layer_uses_only_the_layers_below_it() {
    for (layer, above) in LAYERS {
        for (path, code) in sources(layer) {
            for name in above {
                let found = naming(&code, &format!("crate::{name}"));
                assert!(found.is_empty(), "{} uses {name}: {found:?}", path.display());
            }
        }
    }
}

#[test]
fn tenancy_knows_of_a_shop_only_its_people_and_its_stored_responses() {
    for (path, code) in sources("src/tenancy") {
        let known = KNOW_TABLES.iter().find(|(file, _)| path.ends_with(file)).map(|(_, table)| *table);
        for line in naming(&code, "schema::tenant") {
            let is_known = known.is_some_and(|table| line.contains(&format!("schema::tenant::{table};")));
            assert!(is_known, "{}: {line}", path.display());
        }
    }
}

#[test]
fn queries_know_nothing_of_rocket_and_routes_nothing_of_diesel() {
    for (path, code) in sources("src/commerce").into_iter().chain(sources("src/identity")) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let is_routes = name.ends_with("routes") || name == "mod";
        let foreign = if is_routes { naming(&code, "diesel::") } else { naming(&code, "use rocket::") };
        // These run on Rocket's runtime, and have neither requests nor queries.
        let runs =
            ["identity/passwords/hashing.rs", "commerce/import/course.rs", "commerce/import/jobs/run.rs"];
        let is_running = runs.iter().any(|file| path.ends_with(file));
        assert!(foreign.is_empty() || is_running, "{}: {foreign:?}", path.display());
    }
}

/// The path of a module or an item from the root of the crate, such as `tenancy`, `access`, `OwnerTx`.
type ItemPath = Vec<String>;

/// A file of the crate.
struct Module {
    file: PathBuf,
    /// The paths that it uses, as they are written: `crate::…`, `super::…` or `self::…`.
    used: Vec<String>,
    /// The items that it re-exports: the path as it is written, and the name.
    exported: Vec<(String, String)>,
}

/// All files of the crate but `main.rs`, by the paths of their modules.
fn modules() -> BTreeMap<ItemPath, Module> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let module = |(path, code): (PathBuf, String)| {
        let file = path.strip_prefix(&root).unwrap().to_owned();
        let mut parts: ItemPath =
            file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
        parts.pop_if(|last| last == "mod" || last == "lib");
        (parts, read(file, &code))
    };
    let all = sources("src").into_iter().filter(|(path, _)| !path.ends_with("src/main.rs"));
    all.map(module).collect()
}

/// Reads the paths that a file names.
fn read(file: PathBuf, code: &str) -> Module {
    let mut module = Module { file, used: Vec::new(), exported: Vec::new() };
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        let (visibility, rest) = line.split_once("use ").unwrap_or(("none", ""));
        if !(visibility.trim().is_empty() || visibility.starts_with("pub")) {
            module.used.extend(paths_in(line));
            continue;
        }
        let mut tree = rest.to_owned();
        while !tree.contains(';') {
            tree += lines.next().unwrap();
        }
        let imports = flattened("", tree.split(';').next().unwrap());
        module.used.extend(imports.iter().map(|(path, _)| path.clone()));
        if !visibility.trim().is_empty() {
            module.exported.extend(imports);
        }
    }
    module
}

/// The paths in a line of code that begin with `crate`, `super` or `self`, except in `pub(in …)`.
fn paths_in(line: &str) -> Vec<String> {
    let in_path = |char: char| char.is_alphanumeric() || char == '_' || char == ':';
    let words = line.replace("pub(in crate::", "").replace(|char| !in_path(char), " ");
    let is_local = |word: &&str| ["crate::", "super::", "self::"].iter().any(|start| word.starts_with(start));
    words.split(' ').filter(is_local).map(|word| word.trim_end_matches(':').to_owned()).collect()
}

/// The paths of a `use` tree, each with the name that it gets.
fn flattened(prefix: &str, tree: &str) -> Vec<(String, String)> {
    let Some((head, rest)) = tree.split_once('{') else {
        let (path, alias) = tree.trim().split_once(" as ").unwrap_or((tree.trim(), ""));
        let path = format!("{prefix}{path}").trim_end_matches("::self").to_owned();
        let name = if alias.is_empty() { path.rsplit("::").next().unwrap() } else { alias };
        return vec![(path.clone(), name.to_owned())];
    };
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for char in rest[..rest.rfind('}').unwrap()].chars() {
        depth += i32::from(char == '{') - i32::from(char == '}');
        if char == ',' && depth == 0 {
            parts.push(String::new());
        } else {
            parts.last_mut().unwrap().push(char);
        }
    }
    let prefix = format!("{prefix}{}", head.trim());
    let parts = parts.iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(|part| flattened(&prefix, part)).collect()
}

/// A path that is written in a module, from the root of the crate; none if it leads to another crate.
fn absolute(modules: &BTreeMap<ItemPath, Module>, module: &[String], written: &str) -> Option<ItemPath> {
    let parts: Vec<String> = written.split("::").map(str::to_owned).collect();
    let supers = parts.iter().take_while(|part| *part == "super").count();
    let (base, rest) = match parts[0].as_str() {
        "crate" => (&[][..], &parts[1..]),
        "self" => (module, &parts[1..]),
        "super" => (&module[..module.len() - supers], &parts[supers..]),
        child if modules.contains_key(&[module, &[child.to_owned()]].concat()) => (module, &parts[..]),
        _ => return None,
    };
    Some([base, rest].concat())
}

/// The files that each file uses. An item that a module re-exports counts as the file's that has it.
fn used_files(modules: &BTreeMap<ItemPath, Module>) -> BTreeMap<PathBuf, BTreeSet<PathBuf>> {
    let mut exports = BTreeMap::new();
    for (module, Module { exported, .. }) in modules {
        for (written, name) in exported {
            let path = [module.as_slice(), std::slice::from_ref(name)].concat();
            // An item may have the name of the module that it is in, such as `inside::inside`.
            if let Some(target) = absolute(modules, module, written)
                && !modules.contains_key(&path)
            {
                exports.insert(path, target);
            }
        }
    }
    let file_of = |mut path: ItemPath| {
        let prefixes =
            |path: &[String]| (0..=path.len()).rev().map(|end| path[..end].to_vec()).collect::<Vec<_>>();
        while let Some(exported) = prefixes(&path).into_iter().find(|prefix| exports.contains_key(prefix)) {
            path = [&exports[&exported], &path[exported.len()..]].concat();
        }
        let owner = prefixes(&path).into_iter().find_map(|prefix| modules.get(&prefix));
        owner.unwrap().file.clone()
    };
    let uses = |(module, Module { file, used, .. }): (&ItemPath, &Module)| {
        let local = used.iter().filter(|path| paths_in(path).len() == 1);
        let files = local.filter_map(|written| absolute(modules, module, written)).map(file_of);
        (file.clone(), files.filter(|used| used != file).collect())
    };
    modules.iter().map(uses).collect()
}

/// A cycle, if there is one: each uses the next, and the last is the first.
fn cycle<T: Clone + Ord>(mut uses: BTreeMap<T, BTreeSet<T>>) -> Option<Vec<T>> {
    loop {
        // What uses nothing that is left is in no cycle.
        let left: BTreeSet<T> = uses.keys().cloned().collect();
        uses.retain(|_, used| !used.is_disjoint(&left));
        if uses.len() == left.len() {
            break;
        }
    }
    let mut path = vec![uses.keys().next()?.clone()];
    loop {
        let next = uses[path.last()?].iter().find(|next| uses.contains_key(next))?.clone();
        if let Some(start) = path.iter().position(|before| *before == next) {
            path.push(next);
            return Some(path.split_off(start));
        }
        path.push(next);
    }
}

#[test]
fn files_do_not_use_each_other_in_a_cycle_and_nor_do_folders() {
    let files = used_files(&modules());
    let mut folders: BTreeMap<PathBuf, BTreeSet<PathBuf>> = BTreeMap::new();
    for (file, used) in &files {
        let folder = file.parent().unwrap();
        let used = used.iter().map(|file| file.parent().unwrap().to_owned());
        // A folder and the one that it is in may use each other.
        let apart = used.filter(|other| !other.starts_with(folder) && !folder.starts_with(other));
        folders.entry(folder.to_owned()).or_default().extend(apart);
    }
    assert!(files[Path::new("tenancy/engine/work.rs")].contains(Path::new("tenancy/access/connections.rs")));
    assert_eq!(cycle(files), None);
    assert_eq!(cycle(folders), None);
}
