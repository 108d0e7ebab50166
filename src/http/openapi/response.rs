//! What replies say of the operations that answer with them.

use rocket::Either;
use rocket::response::status::NoContent;
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::path::{HttpMethod, ParameterIn};
use utoipa::openapi::schema::Type;

use crate::http::problem::{INVALID_HEADER, Problem, TOO_MANY_TRANSFERS};
use crate::http::response::asset::Kept;
use crate::http::{
    Accepted, Answered, Begun, Created, Download, Fetched, Page, Preferred, Resource, Secret, Shared,
};

use super::operation::{Describe, Operation};
use super::parts::{TAG, header, page_of, referring, tags};

/// The problems are not among the types; they are named where they may come.
impl<A: Describe> Describe for Result<A, Problem> {
    fn describe(operation: &mut Operation) {
        A::describe(operation);
    }
}

impl<A: Describe, B: Describe> Describe for Either<A, B> {
    fn describe(operation: &mut Operation) {
        A::describe(operation);
        B::describe(operation);
    }
}

impl<A: Describe> Describe for Answered<A> {
    fn describe(operation: &mut Operation) {
        A::describe(operation);
    }
}

impl<A: Describe> Describe for Secret<A> {
    fn describe(operation: &mut Operation) {
        A::describe(operation);
    }
}

/// For people: the document does not have it.
impl Describe for Kept<'_> {}

impl Describe for NoContent {
    fn describe(operation: &mut Operation) {
        operation.answers(204, "Done.");
    }
}

impl Describe for Accepted {
    fn describe(operation: &mut Operation) {
        operation.answers(202, "Accepted. A message goes to the address, if there is something to do.");
    }
}

impl<T: ToSchema> Describe for Fetched<T> {
    fn describe(operation: &mut Operation) {
        operation.shows::<T>(200, "The resource.");
    }
}

impl<T: ToSchema> Describe for Created<T> {
    fn describe(operation: &mut Operation) {
        let response = operation.shows::<T>(201, "The new resource.");
        let location = header("Where the new resource stands.", Type::String, json!(null));
        response.headers.insert("Location".to_owned(), location.into());
    }
}

impl<T: ToSchema> Describe for Begun<T> {
    fn describe(operation: &mut Operation) {
        let response = operation.shows::<T>(202, "It goes on; here is how far it is.");
        let location = header("Where it can be watched.", Type::String, json!(null));
        response.headers.insert("Location".to_owned(), location.into());
    }
}

impl<A: Describe> Describe for Preferred<A> {
    fn describe(operation: &mut Operation) {
        A::describe(operation);
        for (_, response) in operation.answers.iter_mut().filter(|(status, _)| *status == 202) {
            let applied =
                header("`respond-async`, if that was preferred.", Type::String, json!("respond-async"));
            response.headers.insert("Preference-Applied".to_owned(), applied.into());
        }
    }
}

impl<A: Describe> Describe for Resource<A> {
    fn describe(operation: &mut Operation) {
        A::describe(operation);
        let Some((_, response)) = operation.answers.last_mut() else { return };
        let tag = header("Names the resource as it is now.", Type::String, json!(TAG));
        response.headers.insert("ETag".to_owned(), tag.into());
        if operation.method == HttpMethod::Get {
            let headers = response.headers.clone();
            operation.answers(304, "You have it already.").headers = headers;
            let about = "Tags of what you have: 304 if it is one of these.";
            operation.takes("If-None-Match", ParameterIn::Header, about, tags().into());
            operation.may_fail(&[&INVALID_HEADER]);
        }
    }
}

impl<A: Describe> Describe for Shared<A> {
    fn describe(operation: &mut Operation) {
        Resource::<A>::describe(operation);
    }
}

impl<T: ToSchema> Describe for Page<T> {
    fn describe(operation: &mut Operation) {
        operation.lists = true;
        operation.content_of::<T>();
        let name = format!("{}Page", T::name());
        operation.schemas.push((name.clone(), page_of(&T::name())));
        let response = operation.answers(200, "A page of the list.");
        response.content.insert("application/json".to_owned(), referring(&name).into());
        let next = json!("</…?cursor=…>; rel=\"next\"");
        let link = header("The address of the next page, when there is one.", Type::String, next);
        response.headers.insert("Link".to_owned(), link.into());
    }
}

impl Describe for Download {
    fn describe(operation: &mut Operation) {
        operation.serves("text/csv", "The file.");
        operation.may_fail(&[&TOO_MANY_TRANSFERS]);
    }
}
