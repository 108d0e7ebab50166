//! The fields that an object of a body must have, as the schema of the body says. serde names only the first that is
//! missing.

use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayItems, Schema};
use utoipa::openapi::{RefOr, Type};

use super::json_node::Step;

type Named = Vec<(String, RefOr<Schema>)>;

/// The required fields of the object at a path, in the order of the schema; none when there is no object there.
pub(super) fn required_at<T: ToSchema>(path: &[Step]) -> Vec<String> {
    let (body, mut named) = (T::schema(), Vec::new());
    T::schemas(&mut named);
    let found = path.iter().try_fold(&body, |schema, step| inner(resolve(schema, &named)?, step));
    match found.and_then(|schema| resolve(schema, &named)) {
        Some(Schema::Object(object)) => object.required.clone(),
        _ => Vec::new(),
    }
}

fn inner<'s>(schema: &'s Schema, step: &Step) -> Option<&'s RefOr<Schema>> {
    match (schema, step) {
        (Schema::Object(object), Step::Field(name)) => object.properties.get(name),
        (Schema::Array(array), Step::Index(_)) => match &array.items {
            ArrayItems::RefOrSchema(items) => Some(items),
            ArrayItems::False => None,
        },
        _ => None,
    }
}

/// The schema that a reference names; of a value that may be null, the schema of what it is otherwise.
fn resolve<'s>(schema: &'s RefOr<Schema>, named: &'s Named) -> Option<&'s Schema> {
    match schema {
        RefOr::Ref(reference) => {
            let name = reference.ref_location.rsplit('/').next()?;
            resolve(&named.iter().find(|(known, _)| known == name)?.1, named)
        }
        RefOr::T(Schema::OneOf(either)) => resolve(either.items.iter().find(|item| !is_null(item))?, named),
        RefOr::T(schema) => Some(schema),
    }
}

fn is_null(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(object)) if object.schema_type == Type::Null.into())
}
