//! An operation becomes what OpenAPI's model has for it.

use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Operation as Model, ParameterIn};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Components, RefOr};

use super::operation::{Caller, Operation};
use super::problems::{self, add_schemas};

/// The name under which operations ask for an access token.
pub(super) const BEARER: &str = "bearerAuth";

impl Operation {
    /// The operation as OpenAPI has it; what it shares with others goes to the components.
    pub(super) fn finish(mut self, components: &mut Components) -> Model {
        let mut model = Model::new();
        model.tags = Some(vec![self.tag.0.to_owned()]);
        model.operation_id = Some(self.id.to_owned());
        model.summary = Some(self.summary.to_owned());
        let who = match self.caller {
            Caller::Anyone => "For everybody.".to_owned(),
            Caller::SignedIn => "For whoever is signed in.".to_owned(),
            Caller::AtLeast(role, scope) => {
                let (role, scope) = (role.as_str(), scope.as_str());
                model.extensions =
                    Some([("x-least-role", role), ("x-scope", scope)].into_iter().collect::<Extensions>());
                format!(
                    "For members of the token's shop, from the role `{role}` up. An API key needs the scope `{scope}`."
                )
            }
        };
        model.description = Some(format!("{}\n\n{who}", self.about).trim().to_owned());
        let asks_for_token = !matches!(self.caller, Caller::Anyone);
        let needed = SecurityRequirement::new::<_, [&str; 0], &str>(BEARER, []);
        model.security = Some(if asks_for_token { vec![needed] } else { Vec::new() });
        self.parameters.sort_by_key(|parameter| place(&parameter.parameter_in));
        if !self.parameters.is_empty() {
            model.parameters = Some(self.parameters.into_iter().map(RefOr::T).collect());
        }
        model.request_body = self.body.map(RefOr::T);
        for (status, mut answer) in self.answers {
            answer.headers.insert("X-Request-Id".to_owned(), RefOr::Ref(problems::request_id()));
            model.responses.responses.insert(status.to_string(), answer.into());
        }
        self.problems.sort_by_key(|kind| (kind.status, kind.code));
        if !self.problems.is_empty() {
            let (name, schema) = problems::schema(self.id, &self.problems);
            for kinds in self.problems.chunk_by(|one, other| one.status == other.status) {
                let response = problems::response(kinds, &name);
                model.responses.responses.insert(kinds[0].status.to_string(), response.into());
            }
            self.schemas.push((name, schema));
        }
        add_schemas(components, self.schemas);
        model
    }
}

/// Parameters stand in the order of a request: its path, its query, its headers.
fn place(place: &ParameterIn) -> u8 {
    match place {
        ParameterIn::Path => 0,
        ParameterIn::Query | ParameterIn::QueryString => 1,
        ParameterIn::Header | ParameterIn::Cookie => 2,
    }
}
