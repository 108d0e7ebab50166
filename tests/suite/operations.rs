//! What the operator sees of the binary: its log, and metrics at a separate address.

use std::net::TcpListener;

use serde_json::{Value, json};

use crate::support::installation::Installation;
use crate::support::process::{self, Process};
use crate::support::world::PASSWORD;
use crate::support::{Database, Login, World, log, waiting};

/// The status and the text of a GET.
fn get(url: &str) -> (u16, String) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut answer = agent.get(url).call().unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

#[test]
fn a_request_is_logged_with_who_asked_and_what_it_cost() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    shop.sells("Hat");
    let ask = |id: &str, path: &str| {
        let headers = [("X-Request-Id", id)];
        shop.raw(rocket::http::Method::Get, path, &headers, None).expect(200);
    };
    ask("a-list-with-a-row", "/api/v1/products");
    ask("an-empty-list", "/api/v1/orders");
    ask("an-open-list", "/api/v1/storefront/books/products");
    ask("no-list", "/api/v1/");
    let (user, of_shop) = (format!("user={}", shop.user), format!("shop={}", shop.shop));
    let has = |id: &str, parts: &[&str]| log::any(&[&[&*format!("request_id={id} ")], parts].concat());
    assert!(has("a-list-with-a-row", &[&user, &of_shop, "rows=1 ", "db_micros=", "wait_micros="]));
    assert!(!has("a-list-with-a-row", &["db_micros=0 "]), "it asked the database");
    assert!(has("an-empty-list", &["rows=0 "]));
    assert!(has("an-open-list", &["rows=1 "]) && !has("an-open-list", &["db_micros=0 "]));
    assert!(has("no-list", &["db_micros=0 "]) && !has("no-list", &["rows="]));
}

#[test]
fn its_log_is_for_programs_unless_somebody_looks_or_asks_for_text() {
    let installation = Installation::with_cluster();
    let server = installation.start();
    let body = json!({ "email": "ada@example.com", "password": PASSWORD }).to_string();
    assert_eq!(server.post("/auth/register", None, &body).0, 201);
    assert_eq!(server.get("/me", None).0, 401);
    let said = server.stopped().stderr;
    let lines: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let of = |route: &str| {
        let found = lines.iter().find(|line| line["message"] == "request" && line["route"] == route);
        found.unwrap_or_else(|| panic!("no {route}: {said}"))
    };
    let me = of("/api/v1/me");
    assert_eq!((&me["method"], &me["status"], &me["level"]), (&json!("GET"), &json!(401), &json!("INFO")));
    assert!(me["request_id"].is_string() && me["timestamp"].is_string() && me["micros"].is_u64(), "{me}");
    let registered = of("/api/v1/auth/register");
    assert!(registered["db_micros"].as_u64() > Some(0), "{registered}");

    let server = installation.start_with(&[("SHOPHOUSE_LOG_FORMAT", "text")]);
    assert_eq!(server.get("/me", None).0, 401);
    let said = server.stopped().stderr;
    assert!(said.contains("INFO request request_id=") && said.contains(" status=401 "), "{said}");
}

#[test]
fn the_metrics_can_have_an_address_of_their_own() {
    let installation = Installation::with_cluster();
    let mut server = installation.start_with(&[("SHOPHOUSE_METRICS_ADDRESS", "127.0.0.1:0")]);
    let [_docs, line] = [(); 2].map(|()| server.next_line().unwrap());
    let metrics = line.strip_prefix("Metrics:  ").unwrap();
    assert!(metrics.ends_with("/metrics") && !metrics.starts_with(&server.address), "{line}");
    let (status, text) = get(metrics);
    assert_eq!(status, 200);
    assert!(text.contains("shophouse_build_info{version="), "{text}");
    let metrics_server = metrics.trim_end_matches("/metrics");
    for path in ["/", "/health/ready", "/api/v1/", "/docs"] {
        assert_eq!(get(&format!("{metrics_server}{path}")).0, 404, "{path}");
    }
    assert_eq!(get(&format!("{}/metrics", server.address)).0, 404);
    assert_eq!(server.stopped().code, Some(0));

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = installation.run(&[], &[("SHOPHOUSE_METRICS_ADDRESS", &address)]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("another port with SHOPHOUSE_METRICS_ADDRESS"), "{}", ended.stderr);
    let ended = installation.run(&[], &[("SHOPHOUSE_METRICS_ADDRESS", "9090")]);
    assert!(ended.stderr.contains("SHOPHOUSE_METRICS_ADDRESS: "), "{}", ended.stderr);
}

#[test]
fn a_serving_process_counts_the_shops_by_itself() {
    let world = World::new();
    world.user("ada").opens_shop("books");
    let process = Process::serve(&world.database);
    waiting::until("the shops to be counted", || {
        let text = get(&process.at("/metrics")).1;
        text.contains("shophouse_shops{schema=\"current\",state=\"active\"} 1\n").then_some(())
    });
}

/// Starts a server that must refuse to serve. Returns its messages.
fn refusal(database: &Database, settings: &[(&str, &str)]) -> String {
    let ended = process::refused_to_serve(database, settings);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    ended.stderr
}

/// What a message tells the administrator to run.
fn printed<'s>(said: &'s str, before: &str, after: &str) -> &'s str {
    let (_, rest) = said.split_once(before).expect(said);
    rest.split_once(after).expect(said).0
}

#[test]
fn it_refuses_to_serve_where_tenant_isolation_does_not_hold() {
    use shophouse::tenancy::Tenancy;

    use crate::support::database::limits;
    use crate::support::tree::trees;

    // Roles belong to the whole server, so this installation has its own. Not through PgBouncer: its connections would be
    // older than the changes here.
    let world = World::on(Database::empty().direct(), trees());
    let mut admin = world.database.connect(Login::Admin);
    let name = world.sql().one("SELECT name FROM installation");
    let (shop, public) = (format!("shophouse_{name}_shop"), format!("shophouse_{name}_public"));
    let database = world.sql().one("SELECT current_database()");
    let engine = || Tenancy::open(world.database.logins(), limits(), trees()).unwrap();
    engine().self_test().unwrap();
    for (broken, mended, says) in [
        (
            format!("ALTER ROLE {shop} BYPASSRLS"),
            format!("ALTER ROLE {shop} NOBYPASSRLS"),
            format!("ALTER ROLE {shop} NOSUPERUSER NOBYPASSRLS"),
        ),
        (
            format!("ALTER ROLE {shop} SUPERUSER"),
            format!("ALTER ROLE {shop} NOSUPERUSER"),
            format!("ALTER ROLE {shop} NOSUPERUSER NOBYPASSRLS"),
        ),
        (
            format!("GRANT SELECT ON public.users TO {shop}"),
            format!("REVOKE SELECT ON public.users FROM {shop}"),
            "SELECT FROM public.users".to_owned(),
        ),
    ] {
        admin.run(&broken);
        let said = refusal(&world.database, &[]);
        assert!(said.contains("tenant isolation does not hold") && said.contains(&says), "{broken}: {said}");
        engine().self_test().unwrap_err();
        admin.run(&mended);
        engine().self_test().unwrap();
    }

    let web = format!("shophouse_{name}_web");
    let url = world.database.url(Login::Web).replace("shophouse_web", &web);
    admin.run(format!(
        "CREATE ROLE {web} LOGIN NOINHERIT; GRANT CONNECT ON DATABASE {database} TO {web}; GRANT {shop}, {public} TO {web}"
    ));
    for (broken, says) in [
        ("SUPERUSER", "may pass every policy"),
        ("BYPASSRLS", "may pass every policy"),
        ("INHERIT", "after RESET ROLE"),
    ] {
        // Granted anew: from PostgreSQL 16 on a grant keeps what its login was when it was made.
        admin.run(format!(
            "ALTER ROLE {web} {broken}; REVOKE {shop}, {public} FROM {web}; GRANT {shop}, {public} TO {web}"
        ));
        let said = refusal(&world.database, &[("DATABASE_URL", &url)]);
        assert!(said.contains(says), "{broken}: {said}");
        admin.run(printed(&said, "To repair it: ", " it must own nothing"));
    }
    admin.run(format!("CREATE SCHEMA theirs AUTHORIZATION {web}"));
    assert!(refusal(&world.database, &[("DATABASE_URL", &url)]).contains("owns something"));
    admin.run("DROP SCHEMA theirs");
    // Repaired, and with one login for everything, which causes a warning.
    for url in [url, world.database.url(Login::Owner)] {
        let process = Process::serve_with(&world.database, &[("DATABASE_URL", &url)]);
        assert_eq!(get(&process.at("/health/ready")).0, 200);
    }
    admin.run(format!("DROP OWNED BY {web}; DROP ROLE {web}"));
}

#[test]
fn whoever_runs_what_it_prints_gets_it_to_serve() {
    let database = Database::plain().direct();
    let mut admin = database.connect(Login::Admin);
    let name = admin.one("SELECT current_database()");
    let (owner, web) = (format!("{name}_owner"), format!("{name}_web"));
    // The owner may create no roles, and the web login has the rights of its roles before it takes them.
    admin.run(format!(
        "CREATE ROLE {owner} LOGIN; CREATE ROLE {web} LOGIN; GRANT CONNECT ON DATABASE {name} TO {web};
         ALTER DATABASE {name} OWNER TO {owner}; ALTER SCHEMA public OWNER TO {owner}"
    ));
    let url = database.url(Login::Web).replace("shophouse_web", &web);
    let owners_url = database.url(Login::Owner).replace("shophouse_owner", &owner);
    let settings = [("DATABASE_URL", url.as_str()), ("SHOPHOUSE_MIGRATION_URL", &owners_url)];

    let to_run = |said: &str| printed(said, "administrator of the server to run: ", "\n").to_owned();
    let create_and_grant = to_run(&refusal(&database, &settings));
    // As when an administrator has copied the roles of another server, but not who may take them.
    let (create, grant) = create_and_grant.split_at(create_and_grant.find("GRANT").unwrap());
    admin.run(create);
    assert_eq!(to_run(&refusal(&database, &settings)), grant);
    admin.run(grant);
    if admin.one("SELECT current_setting('server_version_num')::int < 160000") == "true" {
        // Before PostgreSQL 16 a grant cannot say it, but only the login.
        admin.run(printed(&refusal(&database, &settings), "To repair it: ", " it must own nothing"));
    }
    let process = Process::serve_with(&database, &settings);
    assert_eq!(get(&process.at("/health/ready")).0, 200);
    process.stop();
    admin.run(format!(
        "REASSIGN OWNED BY {owner} TO shophouse_owner; DROP OWNED BY {owner}, {web}; DROP ROLE {owner}, {web}"
    ));
}
