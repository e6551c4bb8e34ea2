//! What holds for every operation, said once: which fields are always there, and how errors look.
//!
//! Knows nothing of any single route.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

const SCHEMAS: &str = "#/components/schemas/";

/// Adds to `document` what no handler says by itself.
pub(super) fn complete(document: &mut Value) {
    require_what_is_always_sent(document);
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        let operations = item.as_object_mut().into_iter().flat_map(Map::values_mut);
        for responses in operations.filter_map(responses_of) {
            responses.values_mut().for_each(name_problems);
            responses.entry("default").or_insert_with(|| refusal(path));
        }
    }
}

fn responses_of(operation: &mut Value) -> Option<&mut Map<String, Value>> {
    operation.get_mut("responses").and_then(Value::as_object_mut)
}

/// Answers write every field, `null` where there is nothing: only what a request may leave out is
/// optional. A field that an answer leaves out says `nullable = false` where it is declared.
fn require_what_is_always_sent(document: &mut Value) {
    let sent = sent_by_callers(document);
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    for (name, schema) in schemas.into_iter().flatten() {
        if !sent.contains(name) {
            require_nullable_fields(schema);
        }
    }
}

fn require_nullable_fields(schema: &mut Value) {
    let properties = schema.get("properties").and_then(Value::as_object);
    let mut required: BTreeSet<String> = properties
        .into_iter()
        .flatten()
        .filter(|(_, property)| is_nullable(property))
        .map(|(name, _)| name.clone())
        .collect();
    let before = schema.get("required").and_then(Value::as_array);
    required.extend(before.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
    if let Some(schema) = schema.as_object_mut().filter(|_| !required.is_empty()) {
        schema.insert("required".to_owned(), json!(required));
    }
}

fn is_nullable(property: &Value) -> bool {
    let types = property.get("type").and_then(Value::as_array);
    let variants = property.get("oneOf").and_then(Value::as_array);
    types.is_some_and(|types| types.iter().any(|name| name == "null"))
        || variants.is_some_and(|all| all.iter().any(|one| one.get("type") == Some(&json!("null"))))
}

/// The names of the schemas that some request is made of.
fn sent_by_callers(document: &Value) -> BTreeSet<String> {
    let mut open = BTreeSet::new();
    let paths = document.get("paths").and_then(Value::as_object);
    for item in paths.into_iter().flat_map(Map::values) {
        let operations = item.as_object().into_iter().flat_map(Map::values);
        operations.filter_map(|one| one.get("requestBody")).for_each(|body| refs(body, &mut open));
    }
    let mut found = BTreeSet::new();
    while let Some(name) = open.pop_first() {
        let mut below = BTreeSet::new();
        if let Some(schema) = document.pointer(&format!("/components/schemas/{name}")) {
            refs(schema, &mut below);
        }
        found.insert(name);
        open.extend(below.difference(&found).cloned());
    }
    found
}

/// Notes the name of every schema that `value` refers to.
fn refs(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let name = fields.get("$ref").and_then(Value::as_str);
            found.extend(name.and_then(|name| name.strip_prefix(SCHEMAS)).map(str::to_owned));
            fields.values().for_each(|value| refs(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| refs(value, found)),
        _ => {}
    }
}

/// Problems travel as `application/problem+json`.
fn name_problems(response: &mut Value) {
    let Some(content) = response.get_mut("content").and_then(Value::as_object_mut) else { return };
    let problem = json!({ "schema": { "$ref": format!("{SCHEMAS}Problem") } });
    if content.get("application/json") == Some(&problem) {
        content.remove("application/json");
        content.insert("application/problem+json".to_owned(), problem);
    }
}

/// Every other answer of the route at `path`.
fn refusal(path: &str) -> Value {
    let (kind, name) = if path.starts_with("/v1/") {
        ("application/json", "ErrorBody")
    } else {
        ("application/problem+json", "Problem")
    };
    json!({
        "description": "Refused or failed; the code says why",
        "content": { kind: { "schema": { "$ref": format!("{SCHEMAS}{name}") } } },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_have_all_their_fields_and_requests_may_leave_out_what_may_be_null() {
        let nullable = json!({ "properties": { "note": { "type": ["string", "null"] } } });
        let mut document = json!({
            "paths": { "/notes": { "post": {
                "requestBody": { "$ref": "#/components/schemas/Outer" },
                "responses": { "200": {} },
            } } },
            "components": { "schemas": {
                "Outer": { "properties": { "inner": { "$ref": "#/components/schemas/Inner" } } },
                "Inner": nullable,
                "Answer": nullable,
            } },
        });
        complete(&mut document);
        let required = |name| document.pointer(&format!("/components/schemas/{name}/required"));
        assert_eq!(required("Answer"), Some(&json!(["note"])));
        assert_eq!(required("Inner"), None);
        assert!(document.pointer("/paths/~1notes/post/responses/default").is_some());
    }

    #[test]
    fn a_problem_has_its_own_media_type() {
        let schema = json!({ "schema": { "$ref": "#/components/schemas/Problem" } });
        let mut response = json!({ "content": { "application/json": schema } });
        name_problems(&mut response);
        assert_eq!(response, json!({ "content": { "application/problem+json": schema } }));
    }
}
