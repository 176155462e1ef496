//! The JSON Schema that `asof schema` prints, to which every line is held that a test sees.

use std::process::Command;
use std::sync::LazyLock;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

use super::binary;

pub(crate) static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let output = Command::new(binary()).arg("schema").output().expect("the binary starts");
    serde_json::from_slice(&output.stdout).expect("the schema is JSON")
});

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource(NAME, SCHEMA.clone()).expect("the schema has a name");
    let line = compiler.compile(NAME, &mut schemas).expect("the schema is a JSON Schema");
    Validator { schemas, line }
});

const NAME: &str = "schema.json";

struct Validator {
    schemas: Schemas,
    line: SchemaIndex,
}

/// Fails on a line that the schema does not describe.
pub(crate) fn hold_to_schema(line: &Value) {
    let held = VALIDATOR.schemas.validate(line, VALIDATOR.line);
    held.unwrap_or_else(|e| panic!("not as asof schema has it: {line}\n{e}"));
}

/// The types of line that the schema describes.
#[cfg(feature = "lab")]
pub(crate) fn types() -> Vec<String> {
    let lines = SCHEMA["oneOf"].as_array().expect("a line is one of several objects");
    let types = lines.iter().map(|line| line["properties"]["type"]["const"].as_str());
    types.map(|name| name.expect("a line has a type").to_owned()).collect()
}
