//! HTTP: the headers of every response, and that every error is a problem without internal details.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use rocket::http::{ContentType, Method};
use serde_json::json;
use shophouse::database::PoolOptions;
use shophouse::tenancy::Limits;

use crate::support::database::limits;
use crate::support::process::Process;
use crate::support::{Answer, Login, Tenants, World, inside};

#[test]
fn an_address_where_nothing_is_is_404() {
    let tenants = Tenants::new();
    for path in ["/nowhere", "/api", "/api/v1/nowhere", "/api/v2/me", "/api/v1/products/x/y/z"] {
        tenants.nobody().raw(Method::Get, path, &[], None).expect_problem(404, "not_found");
    }
    tenants.nobody().raw(Method::Get, "/api/v1/", &[], None).expect(200);
}

#[test]
fn a_wrong_method_is_told_which_are_right() {
    let tenants = Tenants::new();
    for (method, path, allowed) in [
        (Method::Post, "/me", "DELETE, GET, HEAD, OPTIONS, PATCH"),
        (Method::Put, "/shops", "GET, HEAD, OPTIONS, POST"),
        (Method::Get, "/auth/login", "OPTIONS, POST"),
        (Method::Post, "/products/x", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"),
    ] {
        let answer = tenants.nobody().send(method, path, None);
        answer.expect_problem(405, "method_not_allowed");
        assert_eq!(answer.header("Allow"), Some(allowed), "{answer}");
    }
}

#[test]
fn head_answers_as_get_does_without_a_body() {
    let tenants = Tenants::new();
    let answer = tenants.nobody().send(Method::Head, "/me", None);
    assert_eq!((answer.status, answer.body.as_str()), (401, ""));
    assert_eq!(tenants.nobody().raw(Method::Head, "/health/live", &[], None).status, 204);
}

/// Sends bytes to the route for signing in.
fn login_with(tenants: &Tenants, content_type: ContentType, body: &str) -> Answer {
    tenants.nobody().raw(Method::Post, "/api/v1/auth/login", &[], Some((content_type, body.into())))
}

#[test]
fn a_body_that_is_no_json_is_400_and_is_not_repeated() {
    let tenants = Tenants::new();
    for body in [r#"{"password": "hunter2hunter2"#, "hunter2hunter2", "", "{\"a\": hunter2hunter2}"] {
        let answer = login_with(&tenants, ContentType::JSON, body);
        answer.expect_problem(400, "invalid_json");
        assert!(!answer.body.contains("hunter2"), "{answer}");
    }
    for body in ["[]", "null", "\"x\"", "7"] {
        login_with(&tenants, ContentType::JSON, body).expect_problem(422, "invalid_field");
    }
}

#[test]
fn a_field_that_is_wrong_is_pointed_at_and_its_value_is_not_repeated() {
    let tenants = Tenants::new();
    for (body, code, pointer) in [
        (json!({ "email": "a@b.c", "password": true }), "invalid_field", "/password"),
        (json!({ "email": "a@b.c", "password": ["hunter2"] }), "invalid_field", "/password"),
        (json!({ "email": "hunter2", "password": "12345678" }), "invalid_field", "/email"),
        (json!({ "email": "a@b.c", "password": "12345678", "hint": "hunter2" }), "unknown_field", "/hint"),
        (json!({ "email": "a@b.c", "password": "hunter2\0 hunter2" }), "invalid_field", "/password"),
        (
            json!({ "email": "a@b.c", "password": "12345678", "pass\0word": "hunter2" }),
            "invalid_field",
            "/pass\0word",
        ),
    ] {
        let answer = tenants.nobody().post("/auth/login", body);
        let problem = answer.expect_problem(422, code);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{answer}");
        assert_eq!(problem["errors"][0]["code"], code, "{answer}");
        assert!(!answer.body.contains("hunter2"), "{answer}");
    }
    let missing = tenants.nobody().post("/auth/login", json!({ "email": "a@b.c" }));
    let problem = missing.expect_problem(422, "missing_field");
    assert!(problem["detail"].as_str().unwrap().contains("password"), "{missing}");
}

#[test]
fn a_body_of_another_type_is_415() {
    let tenants = Tenants::new();
    let body = r#"{"email": "a@b.c", "password": "12345678"}"#;
    for content_type in [ContentType::Plain, ContentType::Form, ContentType::CSV, ContentType::XML] {
        login_with(&tenants, content_type, body).expect_problem(415, "unsupported_media_type");
    }
    tenants.nobody().send(Method::Post, "/auth/login", None).expect_problem(415, "unsupported_media_type");
    // Parameters of the type do not matter.
    let with_charset = ContentType::JSON.with_params(("charset", "utf-8"));
    login_with(&tenants, with_charset, body).expect_problem(401, "invalid_credentials");
}

#[test]
fn a_json_body_may_have_a_mebibyte_and_not_a_byte_more() {
    let tenants = Tenants::new();
    let body = |size: usize| {
        let frame = r#"{"name": ""}"#.len();
        format!(r#"{{"name": "{}"}}"#, "x".repeat(size - frame))
    };
    login_with(&tenants, ContentType::JSON, &body(1 << 20)).expect_problem(422, "unknown_field");
    login_with(&tenants, ContentType::JSON, &body((1 << 20) + 1)).expect_problem(413, "body_too_large");
}

#[test]
fn an_id_that_is_none_is_not_found() {
    let tenants = Tenants::new();
    let ada = tenants.user("ada");
    let shop = ada.opens_shop("books");
    let nil = "00000000-0000-0000-0000-000000000000";
    for id in ["x", "1", "%00", "%20", "'", "..%2f..", "%F0%9F%8E%A9", nil, &"a".repeat(2_000)] {
        shop.get(&format!("/products/{id}")).expect_problem(404, "not_found");
        shop.delete(&format!("/products/{id}")).expect_problem(404, "not_found");
        shop.get(&format!("/orders/{id}")).expect_problem(404, "not_found");
        ada.get(&format!("/shops/{id}")).expect_problem(404, "not_found");
    }
}

#[test]
fn a_query_parameter_that_is_wrong_is_refused() {
    let tenants = Tenants::new();
    let shop = tenants.user("ada").opens_shop("books");
    for query in [
        "colour=red",
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=",
        "limit=ten",
        "limit=99999999999999999999",
        "limit=1&limit=2",
        "cursor=x",
        "cursor=",
        "cursor=bnVsbA",
        "cursor=e30",
        "vendor=%00",
        "status=sold",
        "sort=price",
    ] {
        let answer = shop.get(&format!("/products?{query}"));
        answer.expect_problem(422, "invalid_parameter");
    }
    for path in ["/shops?colour=red", "/orders?colour=red", "/shops?cursor=x", "/orders?cursor=x"] {
        shop.get(path).expect_problem(422, "invalid_parameter");
    }
    for query in ["limit=1", "limit=100", "vendor=a%20b", "vendor=%27", "sort=title&limit=5", ""] {
        shop.get(&format!("/products?{query}")).expect(200);
    }
}

#[rocket::get("/panics")]
fn panics() -> &'static str {
    panic!("hunter2")
}

#[test]
fn a_route_that_panics_is_500_and_tells_nothing() {
    let world = World::changed(|rocket| rocket.mount("/", rocket::routes![panics]));
    let answer = world.nobody().raw(Method::Get, "/panics", &[], None);
    answer.expect_problem(500, "internal");
    assert!(!answer.body.contains("hunter2"), "{answer}");
    world.nobody().raw(Method::Get, "/health/ready", &[], None).expect(200);
}

#[test]
fn a_panic_inside_a_transaction_costs_one_connection_and_nothing_else() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    shop.sells("Kept");
    for _ in 0..2 * limits().web.size {
        let outcome: Result<(), _> = inside(&world.tenancy, &shop, |conn| {
            diesel::RunQueryDsl::execute(diesel::sql_query("DELETE FROM products"), conn.pg())?;
            panic!("on purpose")
        });
        assert!(outcome.unwrap_err().to_string().contains("panicked"));
    }
    assert_eq!(shop.get("/products").expect(200)["data"][0]["title"], "Kept");
}

#[test]
fn an_error_of_the_database_tells_nothing_of_it() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    world.sql().run(format!("DROP TABLE {}.products CASCADE", shop.schema()));
    let answer = shop.get("/products");
    answer.expect_problem(500, "internal");
    for word in ["relation", "products\\\"", "shop_", "SELECT"] {
        assert!(!answer.body.contains(word), "{answer}");
    }
}

#[test]
fn a_request_id_is_taken_when_it_is_fit_and_made_when_it_is_not() {
    let tenants = Tenants::new();
    let answer_to = |id: &str| {
        let answer = tenants.nobody().raw(Method::Get, "/api/v1/me", &[("X-Request-Id", id)], None);
        answer.expect_problem(401, "unauthenticated");
        answer.header("X-Request-Id").unwrap().to_owned()
    };
    for id in ["7", "req_1-2:3", &"x".repeat(128)] {
        assert_eq!(answer_to(id), id);
    }
    for junk in ["", "a b", "schön", "tab\tbed", &"x".repeat(129)] {
        let made = answer_to(junk);
        assert_eq!(uuid::Uuid::try_parse(&made).unwrap().get_version_num(), 7, "{junk:?}: {made}");
    }
    assert_ne!(answer_to(""), answer_to(""));
}

#[test]
fn every_answer_has_its_headers() {
    let world = World::new();
    let ada = world.user("ada");
    let shop = ada.opens_shop("books");
    let login = json!({ "email": "ada@example.com", "password": "correct horse" });
    for answer in [
        shop.get("/products"),
        ada.get("/shops"),
        shop.get("/orders"),
        ada.post("/auth/login", login),
        ada.get("/nowhere"),
        world.nobody().raw(Method::Get, "/health/live", &[], None),
    ] {
        assert_eq!(answer.header("X-Content-Type-Options"), Some("nosniff"), "{answer}");
        assert_eq!(answer.header("Cache-Control"), Some("no-store"), "{answer}");
        assert!(answer.header("X-Request-Id").is_some(), "{answer}");
    }
}

#[test]
fn the_name_of_the_scheme_has_no_case() {
    let tenants = Tenants::new();
    let ada = tenants.user("ada");
    let token = ada.token.clone().unwrap();
    let me =
        |header: &str| tenants.nobody().raw(Method::Get, "/api/v1/me", &[("Authorization", header)], None);
    for scheme in ["Bearer", "bearer", "BEARER"] {
        me(&format!("{scheme} {token}")).expect(200);
    }
    for header in [token.clone(), format!("Basic {token}"), format!("Bearer{token}"), String::new()] {
        me(&header).expect_problem(401, "unauthenticated");
    }
}

/// 503, with `Retry-After`.
fn refused(answer: &Answer, code: &str) {
    answer.expect_problem(503, code);
    assert!(answer.header("Retry-After").is_some(), "{answer}");
}

#[test]
fn without_a_free_connection_the_server_says_that_it_is_busy() {
    let web = PoolOptions { size: 1, timeout: Duration::from_millis(500), ..limits().web };
    let world = World::limited(Limits { web, ..limits() });
    let shop = world.user("ada").opens_shop("books");
    let (engine, member) = (world.tenancy.clone(), (shop.as_caller(), shop.shop_id()));
    let ((entered, has_entered), (leave, may_leave)) = (channel(), channel::<()>());
    let guest = thread::spawn(move || {
        let (caller, shop) = member;
        let runtime = rocket::tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(engine.in_shop(caller, shop, shophouse::tenancy::Role::Customer, move |_| {
            entered.send(()).unwrap();
            may_leave.recv().unwrap();
            Ok::<_, shophouse::tenancy::TenancyError>(())
        }))
    });
    has_entered.recv().unwrap();
    refused(&shop.get("/products"), "busy");
    leave.send(()).unwrap();
    guest.join().unwrap().unwrap();
    shop.get("/products").expect(200);
}

#[test]
fn a_statement_that_takes_too_long_is_given_up() {
    let world = World::limited(Limits { statement_timeout: Duration::from_millis(500), ..limits() });
    let shop = world.user("ada").opens_shop("books");
    let mut blocker = world.sql();
    blocker.run(format!("BEGIN; LOCK TABLE {}.products IN ACCESS EXCLUSIVE MODE", shop.schema()));
    refused(&shop.get("/products"), "database_timeout");
    blocker.run("ROLLBACK");
    shop.get("/products").expect(200);
}

#[test]
fn connections_that_died_while_they_lay_idle_are_passed_over() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let mut admin = world.database.connect(Login::Admin);
    let killed = admin.column(
        "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
         WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()",
    );
    assert!(!killed.is_empty() && killed.iter().all(|killed| killed == "true"), "{killed:?}");
    shop.get("/products").expect(200);
    world.user("bob").opens_shop("more");
}

/// Over a real connection: a client that is still sending would see a broken connection.
#[test]
fn a_refusal_arrives_also_before_a_large_body_was_read() {
    let world = World::new();
    let process = Process::serve(&world.database);
    for path in ["/products", "/auth/login", "/nowhere"] {
        let request = ureq::post(process.url(path)).config().http_status_as_error(false).build();
        let answer = request.header("Content-Type", "application/json").send(vec![b' '; 8 << 20]);
        let status = answer.unwrap_or_else(|error| panic!("{path}: {error}")).status();
        assert!(status.is_client_error(), "{path}: {status}");
    }
}
