//! Inviting people to a shop, and accepting.

use serde_json::{Value, json};

use super::world::text;
use super::{Answer, Caller, Member, Person};

impl Member<'_> {
    /// Invites an address, as an owner of this shop; the answer has the token.
    #[track_caller]
    pub fn invites(&self, email: &str, role: &str) -> Value {
        self.asks_to_invite(email, role).expect(201)
    }

    /// The same, whatever the answer is. The shop has not written to the address lately.
    pub fn asks_to_invite(&self, email: &str, role: &str) -> Answer {
        let message = format!("message {} {}", self.shop, email.to_lowercase().replace('\'', "''"));
        self.tenants()
            .sql()
            .run(format!("DELETE FROM invitation_counts WHERE subject = sha256('{message}')"));
        self.post(&format!("/shops/{}/members", self.shop), json!({ "email": email, "role": role }))
    }

    /// Invites a user, who accepts.
    #[track_caller]
    pub fn takes_in(&self, person: &Person<'_>, role: &str) {
        person.accepts(&self.invites(&person.email, role)).expect(200);
    }

    /// Offers a member a higher role, which the member accepts.
    #[track_caller]
    pub fn promotes(&self, member: &Caller<'_>, role: &str) {
        let user = member.as_caller().user;
        let place = format!("/shops/{}/members/{user}", self.shop);
        assert_eq!(self.patch(&place, json!({ "role": role })).expect(200)["offered_role"], role);
        let offers = member.get("/me/invitations").expect(200)["data"].clone();
        let offer = offers.as_array().unwrap().iter().find(|offer| offer["shop"]["id"] == json!(self.shop));
        member
            .post(&format!("/me/invitations/{}/accept", text(&offer.unwrap()["id"])), json!({}))
            .expect(200);
    }
}

impl Caller<'_> {
    /// Accepts an invitation, by its token.
    pub fn accepts(&self, invitation: &Value) -> Answer {
        self.post("/me/invitations/accept", json!({ "token": invitation["token"] }))
    }

    /// Declines an invitation, by its token.
    pub fn declines(&self, invitation: &Value) -> Answer {
        self.post("/me/invitations/decline", json!({ "token": invitation["token"] }))
    }
}
