//! Closed sets of words in the OpenAPI document, for fields whose Rust type is wider.

use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, Schema, Type};

/// The schema of one of `words`.
pub fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> Schema {
    Schema::Object(object(words))
}

/// The schema of a list of `words`.
pub fn list_of<'a>(words: impl IntoIterator<Item = &'a str>) -> Schema {
    Schema::Array(ArrayBuilder::new().items(object(words)).build())
}

fn object<'a>(words: impl IntoIterator<Item = &'a str>) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}
