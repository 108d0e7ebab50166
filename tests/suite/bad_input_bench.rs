//! Bad input: sending it, and that no refusal reveals internals.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

use rocket::http::{ContentType, Method};
use serde_json::json;

use crate::bad_input_fields::Case;
use crate::routes::{Entry, ROUTES, Shelf};
use crate::support::world::PASSWORD;
use crate::support::{Answer, Login, Member, World, factor};

/// Makes names unique.
static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// A shop with the rows that a case needs.
pub struct Bench<'w> {
    world: &'w World,
    pub owner: Member<'w>,
    /// A user who owns no shop.
    leaver: Member<'w>,
    /// A customer, who accepts a higher role.
    guest: Member<'w>,
    /// Whether the owner may have a second factor: one was given, or a request set it up.
    may_have_factor: Cell<bool>,
    pub shelf: Shelf,
}

impl<'w> Bench<'w> {
    pub fn new(world: &'w World) -> Self {
        Self::filled(world, world.user("ada").opens_shop("books"))
    }

    /// The same shop with new rows: valid bodies may have used the old ones.
    pub fn refilled(&self) -> Self {
        self.owner.shop_is_reset();
        Self::filled(self.world, self.owner.clone())
    }

    fn filled(world: &'w World, owner: Member<'w>) -> Self {
        let shelf = Shelf::of(&owner);
        // As many orders as a table asks for.
        let untracked = json!({ "track_stock": false });
        owner.patch(&shelf.fill("/products/{product}/variants/{variant}"), untracked).expect(200);
        let leaver = owner.joined_by(&format!("leaver-{}", number()), "customer");
        let guest = owner.joined_by(&format!("accepts-{}", number()), "customer");
        Self { world, owner, leaver, guest, may_have_factor: Cell::new(true), shelf }
    }

    /// The body with all its places filled.
    pub fn fill(&self, body: &str) -> String {
        let number = number();
        let body = self.with_factor(self.shelf.fill(body).replace("{n}", &number));
        if body.contains("{reset}") {
            let name = format!("reset-{number}");
            self.world.user(&name);
            return body.replace("{reset}", &self.world.reset_token(&format!("{name}@example.com")));
        }
        if body.contains("{proof}") {
            return body.replace("{proof}", &self.world.proof_token(&format!("proof-{number}")));
        }
        if body.contains("{invitation}") {
            let guest = &self.guest.user;
            self.world
                .sql()
                .run(format!("UPDATE memberships SET role = 'customer' WHERE user_id = '{guest}'"));
            let invited = self.owner.invites(&format!("guest-{number}@example.com"), "staff");
            return body.replace("{invitation}", invited["token"].as_str().unwrap());
        }
        if body.contains("{refresh}") {
            let login = json!({ "email": "ada@example.com", "password": PASSWORD });
            let pair = self.owner.post("/auth/login", login).expect(200);
            return body.replace("{refresh}", pair["refresh_token"].as_str().unwrap());
        }
        body
    }

    /// Gives the owner the second factor that a body is for, and takes away the one of the body before.
    fn with_factor(&self, body: String) -> String {
        let user = &self.owner.user;
        if !body.contains("{code}") && !body.contains("{used}") {
            if self.may_have_factor.replace(false) {
                factor::taken(self.world, user);
            }
            return body;
        }
        self.may_have_factor.set(true);
        let code = factor::given(self.world, user, body.contains("{used}"));
        body.replace("{code}", &code).replace("{used}", &code).replace("{recovery}", factor::RECOVERY)
    }

    pub fn send(&self, case: &Case, body: impl Into<Vec<u8>>) -> Answer {
        self.send_as(case, ContentType::JSON, body)
    }

    pub fn send_as(&self, case: &Case, kind: ContentType, body: impl Into<Vec<u8>>) -> Answer {
        let leaves = (case.method, case.route) == (Method::Delete, "/api/v1/me");
        let accepts = case.route.ends_with("/invitations/accept");
        let caller = match () {
            () if accepts => &self.guest,
            () if leaves => &self.leaver,
            () => &self.owner,
        };
        let answer = caller.raw(case.method, &self.path(case), &[], Some((kind, body.into())));
        if answer.status < 300 {
            self.may_have_factor.set(true);
        }
        answer
    }

    pub fn path(&self, case: &Case) -> String {
        self.shelf.fill(entry_of(case).path)
    }

    /// Every row of the shop and of `public`.
    pub fn content(&self) -> Vec<String> {
        let mut sql = self.world.database.connect(Login::Admin);
        [sql.content(&self.owner.schema()), sql.content("public")].concat()
    }
}

fn number() -> String {
    NUMBER.fetch_add(1, Ordering::Relaxed).to_string()
}

fn entry_of(case: &Case) -> &'static Entry {
    let same = |entry: &&Entry| (entry.method, entry.route) == (case.method, case.route);
    ROUTES.iter().find(same).unwrap_or_else(|| panic!("no such route: {} {}", case.method, case.route))
}

/// A refusal reveals nothing of the code, and does not repeat long input.
#[track_caller]
pub fn is_discreet(answer: &Answer) {
    assert!(answer.body.len() < 4_000, "{} → {} bytes", answer.request, answer.body.len());
    let inside = [
        "struct", "newtype", "tuple", "enum", "i64", "u64", "f64", "usize", "sequence", " map", "serde",
        "Option",
    ];
    let database =
        ["SELECT", "INSERT", "UPDATE", "relation ", "violates", "constraint", "diesel", "panicked"];
    // The id is random, and may spell anything.
    let mut problem = answer.json();
    let said = problem.as_object_mut().map(|fields| fields.remove("request_id")).map(|_| problem.to_string());
    let said = said.unwrap_or_default();
    for word in inside.iter().chain(&database) {
        assert!(!said.contains(word), "{word}: {answer}");
    }
}
