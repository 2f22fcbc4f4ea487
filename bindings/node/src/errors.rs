//! What goes wrong, as JavaScript is told of it.

use doorward::error::{LoadError, LoadErrors};
use serde_json::{Value, json};

/// The faults of a policy as JSON text: a list of objects that name every part, `null` where there is none, and the
/// whole as `text`.
pub(crate) fn faults(errors: &LoadErrors) -> String {
    let list: Vec<Value> = errors.iter().map(LoadError::to_json).collect();
    json!({ "text": errors.to_string(), "errors": list }).to_string()
}

/// An argument of ours that cannot be: the classes never make one, whoever calls past them may.
pub(crate) fn invalid(message: &str) -> napi::Error {
    napi::Error::new(napi::Status::InvalidArg, message.to_owned())
}
