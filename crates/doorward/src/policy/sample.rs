//! Policies for tests: a good one, into which a test writes what it is about.

use super::model::PolicyModel;
use super::{Format, read};

const ISSUER: [&str; 5] = [
    "profile = \"rfc9068\"",
    "issuer = \"https://idp.example\"",
    "audience = [\"https://api.example\"]",
    "algorithms = [\"RS256\"]",
    "keys = { file = \"jwks.json\" }",
];

const ROUTE: [&str; 2] = ["path = \"/\"", "accept = \"corp\""];

/// The lines of `good` that `lines` does not replace, and then `lines`.
fn replaced(good: &[&str], lines: &str) -> String {
    let key = |line: &str| line.split('=').next().unwrap().trim().to_owned();
    let new: Vec<String> = lines.lines().map(key).collect();
    let kept: String =
        good.iter().filter(|line| !new.contains(&key(line))).map(|line| format!("{line}\n")).collect();
    format!("{kept}{lines}\n")
}

/// A section for an issuer in which `lines` take the place of those with the same key.
pub(super) fn section(name: &str, lines: &str) -> String {
    format!("[issuers.{name}]\n{}", replaced(&ISSUER, lines))
}

/// A policy with the issuer `corp`, in which `lines` take the place of those with the same key.
pub(super) fn issuer(lines: &str) -> String {
    section("corp", lines)
}

/// A policy with the issuer `corp` and a route, in which `lines` take the place of those with the same key.
pub(super) fn route(lines: &str) -> String {
    format!("{}[[routes]]\n{}", issuer(""), replaced(&ROUTE, lines))
}

/// What a good policy says.
pub(super) fn model(text: &str) -> PolicyModel {
    read(text, Format::Toml).unwrap_or_else(|errors| panic!("{errors}\n{text}"))
}

/// Every fault of a bad policy, with its line and column.
pub(super) fn errors(text: &str, format: Format) -> Vec<String> {
    match read(text, format) {
        Ok(_) => panic!("this policy was read:\n{text}"),
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    }
}

/// Every fault of a bad TOML policy, without line and column.
pub(super) fn faults(text: &str) -> Vec<String> {
    match read(text, Format::Toml) {
        Ok(_) => panic!("this policy was read:\n{text}"),
        Err(errors) => errors
            .into_vec()
            .into_iter()
            .map(|mut error| {
                assert!(error.at.take().is_some(), "{error} has a position");
                error.to_string()
            })
            .collect(),
    }
}

/// The one fault of a bad TOML policy, without line and column.
pub(super) fn fault(text: &str) -> String {
    let faults = faults(text);
    assert_eq!(faults.len(), 1, "{faults:#?}");
    faults.concat()
}
