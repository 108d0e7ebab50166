//! What guards, parameters and bodies say of the operations that take them.

use std::str::FromStr;

use rocket::State;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{HttpMethod, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use crate::http::problem::{
    self, FORBIDDEN, INSUFFICIENT_SCOPE, INVALID_HEADER, INVALID_PARAMETER, NOT_FOUND, PRECONDITION_FAILED,
    RATE_LIMITED, TOO_MANY_TRANSFERS, UNSUPPORTED_TYPE,
};
use crate::http::request::body::OptionalBody;
use crate::http::request::body_memory::JSON_LIMIT;
use crate::http::request::chunks::SPOOL_LIMIT;
use crate::http::request::guards::AtLeast;
use crate::http::request::origin::Origin;
use crate::http::request::parameter::Parameter;
use crate::http::request::query::{Parameters, Query};
use crate::http::request::scopes::Needs;
use crate::http::response::idempotency::MAX_KEY;
use crate::http::response::paging::{Paging, Wanted};
use crate::http::{
    Body, Codings, Counted, CountedBy, Engine, Id, IfMatch, NoBody, Once, Prefer, Segment, SignedIn, Tenant,
    Unmetered, Upload,
};
use crate::tenancy::{Role, ShopName};

use super::operation::{Caller, Describe, Operation};
use super::parts::{tags, text};

// --- who asks ----------------------------------------------------------------------------------

impl Describe for SignedIn {
    fn describe(operation: &mut Operation) {
        operation.caller = Caller::SignedIn;
        Engine::describe(operation);
        operation.may_fail(&problem::OF_SESSIONS);
    }
}

impl<R: AtLeast, S: Needs> Describe for Tenant<R, S> {
    fn describe(operation: &mut Operation) {
        SignedIn::describe(operation);
        operation.caller = Caller::AtLeast(R::ROLE, S::SCOPE);
        operation.may_fail(&problem::OF_SHOPS);
        operation.may_fail(&[&INSUFFICIENT_SCOPE]);
        // Every member is a customer at least.
        if R::ROLE > Role::Customer {
            operation.may_fail(&[&FORBIDDEN]);
        }
    }
}

impl Describe for Unmetered {
    fn describe(operation: &mut Operation) {
        operation.may_fail(&problem::OF_DATABASE);
        operation.may_fail(&[&INVALID_HEADER]);
    }
}

impl Describe for Engine {
    fn describe(operation: &mut Operation) {
        Unmetered::describe(operation);
        operation.may_fail(&[&RATE_LIMITED]);
        // For the content coding of a body, whether the operation takes one or not.
        if !matches!(operation.method, HttpMethod::Get) {
            operation.may_fail(&[&UNSUPPORTED_TYPE]);
        }
    }
}

impl Describe for Origin {}

// Its limit is told as those of the other guards are.
impl<L: CountedBy> Describe for Counted<L> {}

impl<T: Send + Sync + 'static> Describe for &State<T> {}

// --- the address -------------------------------------------------------------------------------

impl Describe for Id {
    fn describe(operation: &mut Operation) {
        let name = operation.next_segment();
        let about = if name == "id" { "The id.".to_owned() } else { format!("The {name}'s id.") };
        operation.takes(&name, ParameterIn::Path, &about, Uuid::schema());
        operation.may_fail(&[&NOT_FOUND]);
    }
}

impl Describe for ShopName {
    fn describe(operation: &mut Operation) {
        let name = operation.next_segment();
        operation.takes(&name, ParameterIn::Path, "The shop's id or its slug.", Self::schema());
        operation.may_fail(&[&NOT_FOUND]);
    }
}

impl<T: FromStr + ToSchema> Describe for Segment<T> {
    fn describe(operation: &mut Operation) {
        let name = operation.next_segment();
        operation.takes(&name, ParameterIn::Path, &format!("The {name}."), T::schema());
        operation.may_fail(&[&NOT_FOUND]);
    }
}

impl<P: Parameters> Describe for Query<P> {
    fn describe(operation: &mut Operation) {
        for known in P::known() {
            operation.takes(known.name, ParameterIn::Query, known.about, known.schema);
        }
        operation.may_fail(&[&INVALID_PARAMETER]);
    }
}

impl<P: Parameters> Describe for Paging<P> {
    fn describe(operation: &mut Operation) {
        Query::<(P, Wanted)>::describe(operation);
    }
}

// --- headers -----------------------------------------------------------------------------------

impl Describe for Once {
    fn describe(operation: &mut Operation) {
        let about = "A name for this request, such as a UUID, bare or in quotes: sent again with it, the request is not done again.";
        let pattern =
            format!(r#"^([!#-~][!-~]{{0,{}}}|"([ !#-\[\]-~]|\\[\\"]){{1,{MAX_KEY}}}")$"#, MAX_KEY - 1);
        let key = ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern));
        operation.takes("Idempotency-Key", ParameterIn::Header, about, RefOr::from(key));
        operation.may_fail(&problem::OF_RETRIES);
    }
}

impl Describe for IfMatch {
    fn describe(operation: &mut Operation) {
        let about = "The tag of what you have read: 412 if it has changed.";
        let pattern = r#"^(\*|(W/)?"[!#-~]*"(, *(W/)?"[!#-~]*")*)$"#;
        operation.takes("If-Match", ParameterIn::Header, about, tags().pattern(Some(pattern)).into());
        operation.may_fail(&[&INVALID_HEADER, &PRECONDITION_FAILED]);
    }
}

impl Describe for Codings {}

impl Describe for Prefer {
    fn describe(operation: &mut Operation) {
        let about = "`respond-async`: answer at once, with 202, and do it then (RFC 7240).";
        let preference = ObjectBuilder::new().schema_type(Type::String);
        operation.takes("Prefer", ParameterIn::Header, about, RefOr::from(preference));
    }
}

// --- the body ----------------------------------------------------------------------------------

impl<T: ToSchema> Describe for Body<T> {
    fn describe(operation: &mut Operation) {
        let content = operation.content_of::<T>();
        operation.takes_body(JSON_LIMIT, "application/json", content);
        operation.may_fail(&problem::OF_JSON);
    }
}

impl<T: ToSchema> Describe for OptionalBody<T> {
    fn describe(operation: &mut Operation) {
        Body::<T>::describe(operation);
        operation.body_is_optional();
    }
}

impl Describe for NoBody {
    fn describe(operation: &mut Operation) {
        operation.may_fail(&problem::OF_NO_BODY);
    }
}

impl Describe for Upload<'_> {
    fn describe(operation: &mut Operation) {
        operation.takes_body(SPOOL_LIMIT, "text/csv", text());
        operation.may_fail(&problem::OF_FILES);
        operation.may_fail(&[&TOO_MANY_TRANSFERS]);
    }
}
