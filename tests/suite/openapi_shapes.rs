//! The forms of the document that generators of clients make something good of.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::openapi::operations;
use crate::support::described::{self, DOCUMENT, resolve};

fn schemas() -> impl Iterator<Item = (&'static String, &'static Value)> {
    DOCUMENT["components"]["schemas"].as_object().unwrap().iter()
}

/// Every schema that a value refers to, and those that they refer to.
fn referred(value: &'static Value, found: &mut BTreeSet<&'static str>) {
    if let Some(name) =
        value["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/components/schemas/"))
        && found.insert(name)
    {
        referred(resolve(value), found);
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| referred(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| referred(field, found)),
        _ => {}
    }
}

fn shown() -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    operations().for_each(|(_, operation)| referred(&operation["responses"], &mut found));
    found
}

fn sent() -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    operations().for_each(|(_, operation)| referred(&operation["requestBody"], &mut found));
    found
}

#[test]
fn a_constraint_is_no_type() {
    for (name, schema) in schemas() {
        let is_type = schema["type"] == "object"
            || ["enum", "oneOf", "allOf"].iter().any(|key| !schema[*key].is_null());
        assert!(is_type, "{name}: {schema}");
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{name}");
        for part in schema["allOf"].as_array().into_iter().flatten() {
            let is_all =
                part["properties"]["code"].is_object() || !part["$ref"].is_null() || part["type"] == "object";
            assert!(is_all, "{name}: {part}");
        }
    }
}

#[test]
fn what_is_shown_is_always_there() {
    fn check(name: &str, schema: &Value) {
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            let nullable = property.to_string().contains("\"null\"");
            assert!(!nullable || required.contains(&field.as_str()), "{name}.{field} is null or missing");
            assert!(property["default"].is_null(), "{name}.{field} has a default, and is shown");
        }
        schema["allOf"].as_array().into_iter().flatten().for_each(|part| check(name, part));
    }
    for name in shown() {
        check(name, &DOCUMENT["components"]["schemas"][name]);
    }
    assert_eq!(DOCUMENT["components"]["schemas"]["Address"]["required"].as_array().unwrap().len(), 9);
    assert_eq!(DOCUMENT["components"]["schemas"]["AddressInput"]["required"], Value::Null);
}

#[test]
fn what_is_sent_and_what_is_shown_share_only_what_is_the_same() {
    let both: Vec<&str> = sent().intersection(&shown()).copied().collect();
    for name in both {
        let schema = &DOCUMENT["components"]["schemas"][name];
        assert!(!schema["enum"].is_null(), "{name} is sent and shown");
    }
}

#[test]
fn problems_have_names_of_their_own() {
    let schemas = &DOCUMENT["components"]["schemas"];
    assert_eq!(schemas["Problem"]["properties"]["code"]["$ref"], "#/components/schemas/ProblemCode");
    let every = schemas["ProblemCode"]["enum"].as_array().unwrap();
    for (operation, described_as) in operations() {
        let name = described_as["operationId"].as_str().unwrap();
        let name = format!("{}{}Problem", name[..1].to_uppercase(), &name[1..]);
        for (status, answer) in described_as["responses"].as_object().unwrap() {
            let content = &answer["content"]["application/problem+json"];
            if content.is_null() {
                continue;
            }
            assert_eq!(
                content["schema"]["$ref"],
                json!(format!("#/components/schemas/{name}")),
                "{operation}"
            );
            let codes = schemas[&name]["allOf"][1]["properties"]["code"]["enum"].as_array().unwrap();
            let of_status = described::codes(described_as, status.parse().unwrap());
            assert!(!of_status.is_empty(), "{operation} {status}");
            for code in of_status.iter().map(|code| json!(code)) {
                assert!(codes.contains(&code) && every.contains(&code), "{operation} {status}: {code}");
            }
        }
    }
    let error = &schemas["FieldError"];
    assert_eq!((error["type"].as_str(), &error["required"]), (Some("object"), &json!(["code", "detail"])));
}

#[test]
fn either_or_is_said() {
    let schemas = &DOCUMENT["components"]["schemas"];
    let either: Vec<&Value> =
        schemas["NewMovement"]["oneOf"].as_array().unwrap().iter().map(resolve_in).collect();
    let [by, to] = either.as_slice() else { panic!("{either:?}") };
    assert!(by["properties"]["set"].is_null() && to["properties"]["delta"].is_null());
    assert!(by["required"].as_array().unwrap().contains(&json!("delta")));
    assert!(!schemas["NewProduct"]["dependentSchemas"]["variants"]["not"].is_null());
}

fn resolve_in(value: &'static Value) -> &'static Value {
    resolve(value)
}

#[test]
fn sets_of_words_are_sets() {
    let schemas = &DOCUMENT["components"]["schemas"];
    for (schema, field) in [
        ("Shop", "state"),
        ("AccessToken", "token_type"),
        ("Ready", "status"),
        ("AuditEvent", "actor"),
        ("Shop", "role"),
    ] {
        let property = &schemas[schema]["properties"][field];
        assert!(!resolve(property)["enum"].is_null(), "{schema}.{field}: {property}");
    }
}
