//! The document as generators of clients like it: what is derived from our types becomes types that have a use of their own.
//!
//! - A constraint is no type: texts, numbers and lists are written out where they stand. Named are objects and sets of words.
//! - What is sent and what is shown are two schemas where they differ: `Address` and `AddressInput`. Of what is shown all fields are
//!   there, null or not; a field that may be missing is never null.
//! - No field has a default: generators take it for one that is always there, and ask for it in what is sent.
//! - What utoipa has no word for stands in extensions: `x-either`, `x-excludes`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

const SCHEMAS: &str = "#/components/schemas/";

type Schemas = Map<String, Value>;

/// Shapes a document.
pub(super) fn shape(document: &mut Value) {
    let mut schemas = match document.pointer_mut("/components/schemas") {
        Some(Value::Object(schemas)) => std::mem::take(schemas),
        _ => return,
    };
    let small: Schemas = schemas.iter().filter(|(_, schema)| is_small(schema)).map(owned).collect();
    schemas.retain(|name, _| !small.contains_key(name));
    schemas.values_mut().for_each(|schema| write_out(schema, &small));
    write_out(document, &small);
    schemas.values_mut().for_each(merge);
    divide(&mut schemas);
    let [sent, shown] = used(document, &schemas);
    for name in &shown {
        let Some(schema) = schemas.get(name).cloned() else { continue };
        let mut as_shown = schema.clone();
        show(&mut as_shown);
        if as_shown == schema {
            continue;
        }
        if sent.contains(name) {
            schemas.insert(input(name), schema);
        }
        schemas.insert(name.clone(), as_shown);
    }
    schemas.values_mut().for_each(without_defaults);
    let apart: BTreeSet<String> =
        sent.iter().filter(|name| schemas.contains_key(&input(name))).cloned().collect();
    let renamed = |name: &str| apart.contains(name).then(|| input(name));
    for name in sent.iter().map(|name| renamed(name).unwrap_or_else(|| name.clone())) {
        if let Some(schema) = schemas.get_mut(&name) {
            rename(schema, &renamed);
        }
    }
    for_each_operation(document, |operation| {
        operation.get_mut("requestBody").into_iter().for_each(|body| rename(body, &renamed));
    });
    document["components"]["schemas"] = Value::Object(schemas);
}

fn owned((name, schema): (&String, &Value)) -> (String, Value) {
    (name.clone(), schema.clone())
}

fn input(name: &str) -> String {
    format!("{name}Input")
}

/// Whether a schema is of a text, a number or a list, and not of a set of words.
fn is_small(schema: &Value) -> bool {
    let is_object =
        schema["type"] == "object" || ["oneOf", "allOf"].iter().any(|key| schema.get(key).is_some());
    !is_object && schema.get("enum").is_none()
}

/// The name of the schema that a value refers to.
fn referred(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()?.strip_prefix(SCHEMAS)
}

/// Writes the small schemas out where they are referred to. What stands beside the reference holds before what is written out.
fn write_out(value: &mut Value, small: &Schemas) {
    if let Some(schema) = referred(value).and_then(|name| small.get(name)) {
        let mut written = schema.clone();
        if let (Some(written), Value::Object(beside)) = (written.as_object_mut(), &mut *value) {
            beside.remove("$ref");
            written.append(beside);
        }
        *value = written;
        return write_out(value, small);
    }
    each_in(value, |inner| write_out(inner, small));
}

/// Makes one object of objects that are only parts of one: fields of a struct that is written out in another.
fn merge(schema: &mut Value) {
    let Some(Value::Array(parts)) = schema.get("allOf") else { return };
    if !parts.iter().all(|part| part["type"] == "object") {
        return;
    }
    let mut merged = json!({ "type": "object", "required": [], "properties": {} });
    for part in parts {
        let required = part["required"].as_array().into_iter().flatten().cloned();
        merged["required"].as_array_mut().into_iter().for_each(|all| all.extend(required.clone()));
        for (name, property) in part["properties"].as_object().into_iter().flatten() {
            merged["properties"][name] = property.clone();
        }
    }
    if let Value::Object(schema) = schema {
        schema.remove("allOf");
        merged.as_object_mut().into_iter().for_each(|merged| schema.append(merged));
    }
}

/// Reads the extensions. `x-excludes` names for a field those that cannot be given with it; `x-either` names a schema for each
/// field of which there must be exactly one.
fn divide(schemas: &mut Schemas) {
    let mut divided = Vec::new();
    for (name, schema) in schemas.iter_mut() {
        let Value::Object(object) = schema else { continue };
        if let Some(Value::Object(excludes)) = object.remove("x-excludes") {
            let none_of = |names: &Value| {
                let any: Vec<Value> =
                    names.as_array().into_iter().flatten().filter_map(Value::as_str).map(given).collect();
                json!({ "not": { "anyOf": any } })
            };
            let dependent: Map<String, Value> =
                excludes.iter().map(|(field, others)| (field.clone(), none_of(others))).collect();
            object.insert("dependentSchemas".to_owned(), Value::Object(dependent));
        }
        if let Some(Value::Object(either)) = object.remove("x-either") {
            let about = object.get("description").cloned();
            let refs: Vec<Value> =
                either.keys().map(|one| json!({ "$ref": format!("{SCHEMAS}{one}") })).collect();
            divided.extend(either.iter().map(|(one, field)| (one.clone(), only(object, &either, field))));
            divided.push((name.clone(), json!({ "description": about, "oneOf": refs })));
        }
    }
    schemas.extend(divided);
}

fn given(name: &str) -> Value {
    json!({ "required": [name], "properties": { name: {} } })
}

/// A schema with one of several fields, and without the others.
fn only(object: &Map<String, Value>, either: &Map<String, Value>, field: &Value) -> Value {
    let mut one = Value::Object(object.clone());
    for other in either.values().filter(|other| *other != field) {
        one["properties"].as_object_mut().and_then(|all| all.remove(other.as_str().unwrap_or_default()));
    }
    if let Some(property) = field.as_str().and_then(|field| one["properties"].get_mut(field)) {
        without_null(property);
    }
    match one["required"].as_array_mut() {
        Some(required) => required.push(field.clone()),
        None => one["required"] = json!([field]),
    }
    one
}

fn without_null(property: &mut Value) {
    if let Some(types) = property["type"].as_array_mut() {
        types.retain(|kind| kind != "null");
        if let [one] = types.as_slice() {
            property["type"] = one.clone();
        }
    }
    let either =
        property["oneOf"].as_array().and_then(|items| items.iter().find(|item| item["type"] != "null"));
    if let Some(Value::Object(inner)) = either.cloned() {
        let Value::Object(beside) = property else { return };
        beside.remove("oneOf");
        beside.extend(inner);
    }
}

/// The schema of what is shown: all that may be null is there, and all that has a default.
fn show(schema: &mut Value) {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        // What has a default is always there, too.
        let always = properties
            .iter()
            .filter(|(_, property)| may_be_null(property) || property.get("default").is_some());
        let always: Vec<Value> = always.map(|(name, _)| json!(name)).collect();
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let more = always.into_iter().filter(|name| !required.contains(name));
        let all: Vec<Value> = required.iter().cloned().chain(more).collect();
        if !all.is_empty() {
            schema["required"] = json!(all);
        }
    }
    if let Value::Object(object) = schema {
        // What is shown may get more fields in a later release.
        if object.get("additionalProperties").is_some_and(|more| *more == false) {
            object.remove("additionalProperties");
        }
    }
    each_in(schema, show);
}

fn without_defaults(schema: &mut Value) {
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        for property in properties.values_mut().filter_map(Value::as_object_mut) {
            property.remove("default");
        }
    }
    each_in(schema, without_defaults);
}

fn may_be_null(property: &Value) -> bool {
    let is_null = |kind: &Value| kind == "null";
    property["type"].as_array().is_some_and(|types| types.iter().any(is_null))
        || property["oneOf"].as_array().is_some_and(|items| items.iter().any(|item| is_null(&item["type"])))
}

/// Gives other names to the schemas that a schema refers to.
fn rename(value: &mut Value, renamed: &impl Fn(&str) -> Option<String>) {
    if let Some(name) = referred(value).and_then(renamed) {
        value["$ref"] = json!(format!("{SCHEMAS}{name}"));
    }
    each_in(value, |inner| rename(inner, renamed));
}

/// The names of the schemas that are sent, and of those that are shown.
fn used(document: &mut Value, schemas: &Schemas) -> [BTreeSet<String>; 2] {
    let [mut sent, mut shown] = [BTreeSet::new(), BTreeSet::new()];
    for_each_operation(document, |operation| {
        collect(&operation["requestBody"], schemas, &mut sent);
        collect(&operation["responses"], schemas, &mut shown);
    });
    [sent, shown]
}

fn collect(value: &Value, schemas: &Schemas, found: &mut BTreeSet<String>) {
    if let Some(name) = referred(value)
        && found.insert(name.to_owned())
        && let Some(schema) = schemas.get(name)
    {
        collect(schema, schemas, found);
    }
    match value {
        Value::Object(fields) => {
            fields
                .iter()
                .filter(|(name, _)| !is_example(name))
                .for_each(|(_, inner)| collect(inner, schemas, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| collect(inner, schemas, found)),
        _ => {}
    }
}

fn for_each_operation(document: &mut Value, mut act: impl FnMut(&mut Value)) {
    let Some(paths) = document["paths"].as_object_mut() else { return };
    let operations = paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut);
    operations.for_each(&mut act);
}

/// The values in a value, but none of examples.
fn each_in(value: &mut Value, mut act: impl FnMut(&mut Value)) {
    match value {
        Value::Object(fields) => {
            fields.iter_mut().filter(|(name, _)| !is_example(name)).for_each(|(_, inner)| act(inner));
        }
        Value::Array(items) => items.iter_mut().for_each(act),
        _ => {}
    }
}

fn is_example(name: &str) -> bool {
    matches!(name, "example" | "examples" | "enum")
}
