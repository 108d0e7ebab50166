//! The people of an archive: matched by email with the users of the installation that imports it.

use serde_json::json;

use crate::support::World;
use crate::support::archive::{Archive, exported, imported, lively_shop, schema_of};
use crate::support::process::{self, Piped};
use crate::support::world::text;

#[test]
fn people_become_the_users_that_have_their_emails_here() {
    let (here, there) = (World::new(), World::new());
    lively_shop(&here, "books");
    let ada = there.proved_user("ada");
    let archive = exported(&here, "books");
    let result = imported(&there, &archive, &["--owner", "Ada@example.com"]);
    assert_eq!(result["people"]["matched"], 1);
    assert_eq!(
        result["people"]["unknown"],
        serde_json::json!([{ "email": "bob@example.com", "role": "customer" }])
    );
    assert_eq!((&result["people"]["granted"], &result["people"]["has_owner"]), (&false.into(), &true.into()));

    let mut sql = there.sql();
    let schema = schema_of(&result);
    let people = format!(
        "SELECT concat_ws(' ', email, u.id IS NOT NULL) FROM {schema}.people p
                          LEFT JOIN users u USING (id, email) ORDER BY 1"
    );
    assert_eq!(sql.column(people), ["ada@example.com t", "bob@example.com f"]);
    assert_eq!(
        sql.column(format!(
            "SELECT concat_ws(' ', number, p.email) FROM {schema}.orders o JOIN {schema}.people p ON p.id = o.customer_id
             ORDER BY 1"
        )),
        ["1001 bob@example.com", "1002 bob@example.com", "1003 ada@example.com"]
    );
    let exported = Archive::parse(&archive).rows("people");
    for line in exported.lines() {
        let old = line.split('\t').next().unwrap();
        assert_eq!(
            sql.count(format!("{schema}.people WHERE id = '{old}'")),
            0,
            "an id of the other installation"
        );
    }
    assert_eq!(
        sql.column("SELECT concat_ws(' ', user_id, role) FROM memberships"),
        [format!("{} owner", ada.id)]
    );
    assert_eq!(ada.in_shop(&text(&result["id"])).all("/orders?limit=100").len(), 3);
}

#[test]
fn members_get_their_roles_back_only_when_that_is_asked_for() {
    let (here, there) = (World::new(), World::new());
    lively_shop(&here, "books").joined_by("eve", "staff");
    for name in ["ada", "eve"] {
        there.proved_user(name);
    }
    let archive = exported(&here, "books");
    let run = |arguments: &[&str]| {
        let Piped { code, stdout, stderr } =
            process::pipe(&there.database, &[&["shop", "import"], arguments].concat(), &archive);
        assert_eq!(code, Some(0), "{stderr}");
        String::from_utf8(stdout).unwrap()
    };
    let roles = |slug: &str| {
        there.sql().column(format!(
            "SELECT concat_ws(' ', email, role) FROM memberships m JOIN users u ON u.id = user_id
             JOIN shops s ON s.id = shop_id WHERE slug = '{slug}' ORDER BY 1"
        ))
    };
    let result = run(&[]);
    assert!(result.contains("  bob@example.com (customer)\n"), "{result}");
    assert!(result.contains("  eve@example.com (staff)\n") && result.contains("--grant-members"), "{result}");
    assert!(result.contains("has no owner") && result.contains("shop owner books EMAIL"), "{result}");
    let has_orders = |line: &str| line.split_whitespace().collect::<Vec<_>>() == ["orders", "3"];
    assert!(result.lines().any(has_orders), "{result}");
    assert_eq!(roles("books"), [""; 0]);

    let result = run(&["--as", "granted", "--grant-members"]);
    assert!(!result.contains("has no owner"), "{result}");
    assert_eq!(roles("granted"), ["ada@example.com owner", "eve@example.com staff"]);

    run(&["--as", "eves", "--grant-members", "--owner", "eve@example.com"]);
    assert_eq!(roles("eves"), ["ada@example.com owner", "eve@example.com owner"]);
}

/// Anybody may have registered with the address of somebody else.
#[test]
fn an_address_that_is_not_proved_gets_neither_orders_nor_a_role_of_an_archive() {
    let (here, there) = (World::new(), World::new());
    lively_shop(&here, "books");
    let (ada, bob) = (there.user("ada"), there.user("bob"));
    let archive = exported(&here, "books");
    let result = imported(&there, &archive, &["--grant-members"]);
    assert_eq!((&result["people"]["matched"], &result["people"]["members"]), (&json!(0), &json!([])));
    assert_eq!(result["people"]["unknown"].as_array().map(Vec::len), Some(2));
    assert_eq!(there.sql().count("memberships"), 0);
    for person in [&ada, &bob] {
        person.post("/storefront/books/join", json!({})).expect(201);
        assert_eq!(person.in_shop(&text(&result["id"])).get("/orders").expect(200)["data"], json!([]));
    }
    process::done(&there.database, &["user", "verify", "bob@example.com"]);
    let again = imported(&there, &archive, &["--as", "again", "--grant-members"]);
    assert_eq!(again["people"]["matched"], 1);
    assert_eq!(bob.in_shop(&text(&again["id"])).all("/orders?limit=100").len(), 2);
}

#[test]
fn of_two_people_with_one_email_only_the_member_is_the_user() {
    let world = World::new();
    let shop = lively_shop(&world, "books");
    let stranger = "00000000-0000-4000-8000-000000000001";
    world.sql().run(format!(
        "INSERT INTO {}.people (id, email, name, created_at) VALUES ('{stranger}', 'ada@example.com', 'Ada', now())",
        shop.schema()
    ));
    let copy = imported(&world, &exported(&world, "books"), &["--as", "copy"]);
    assert_eq!(copy["people"]["matched"], 2);
    assert_eq!(copy["people"]["unknown"], serde_json::json!([]));
    let mut sql = world.sql();
    let schema = schema_of(&copy);
    assert_eq!(sql.count(format!("{schema}.people WHERE email = 'ada@example.com'")), 2);
    assert_eq!(sql.count(format!("{schema}.people WHERE id = '{}'", shop.user)), 1);
    assert_eq!(sql.count(format!("{schema}.orders WHERE customer_id = '{}'", shop.user)), 1);
}
