//! Requests made at random, from those of the table and from tokens that are signed anew: the same ones for the same seed.
#![expect(
    clippy::expect_used,
    reason = "what is generated here must be readable here, or the generator is broken"
)]

mod fields;
mod pick;
mod target;
mod time;
mod token;

use super::table::TableFile;
use crate::case::File;
use crate::table;
use pick::Pick;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// How many cases stand in one file at most: a runner need not hold more at once.
const FILE: usize = 4_000;

/// The methods that are tried in place of the right one.
const METHODS: &[&str] = &[
    "GET",
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "PATCH",
    "OPTIONS",
    "OPTIONS",
    "PROPFIND",
    "get",
    "Get",
    "M-SEARCH",
    "X",
    "BASELINE-CONTROL",
    "",
    "G T",
    "GÉT",
];

/// The cases that share a policy.
struct Theme {
    policy: Value,
    cases: Vec<Value>,
    /// How often it is chosen, against the others.
    weight: usize,
}

/// Writes case files with this many requests into `folder`, each with the outcome that the façade gives, and names them.
///
/// # Errors
///
/// That a file could not be written.
///
/// # Panics
///
/// If what was written cannot be read again.
pub fn write(folder: &Path, seed: u64, requests: usize) -> Result<Vec<String>, String> {
    let fault = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(folder.join("policies")).map_err(fault)?;
    for (name, text) in crate::files() {
        if name.starts_with("policies") {
            fs::write(folder.join(name), text).map_err(fault)?;
        }
    }
    let orders = include_str!("../../../cases/policies/orders.toml");
    fs::write(folder.join("policies/orders.toml"), orders).map_err(fault)?;

    let themes = themes();
    let mut pick = Pick::new(seed);
    let mut files: BTreeMap<(usize, usize), Vec<Value>> = BTreeMap::new();
    let mut counts = vec![0_usize; themes.len()];
    for number in 0..requests {
        let at = pick.weighted(&themes.iter().map(|theme| theme.weight).collect::<Vec<_>>());
        let (Some(theme), Some(count)) = (themes.get(at), counts.get_mut(at)) else { continue };
        let case = request(&mut pick, &theme.cases, &format!("{number:06}"));
        files.entry((at, *count / FILE)).or_default().push(case);
        *count += 1;
    }
    let mut names = Vec::new();
    for ((theme, part), cases) in files {
        let policy = themes.get(theme).map(|theme| theme.policy.clone()).unwrap_or_default();
        let name = format!("{theme:02}-{part:02}.json");
        let cases = with_outcomes(folder, &name, &policy, cases);
        fs::write(folder.join(&name), text(&policy, &cases)).map_err(fault)?;
        names.push(name);
    }
    Ok(names)
}

/// The cases of the table, by their policies; the richest of them is chosen most often.
fn themes() -> Vec<Theme> {
    let mut themes: Vec<Theme> = Vec::new();
    for File { policy, cases, .. } in table::files() {
        if policy.is_null() || remembers(&policy) {
            continue;
        }
        let is_orders = policy.is_string();
        let policy = if is_orders { json!("policies/orders.toml") } else { policy };
        let requests = cases.into_iter().flat_map(|case| {
            let at = case.at;
            case.subject.into_iter().map(move |(_, request)| json!({"at": at, "request": request}))
        });
        match themes.iter_mut().find(|theme| theme.policy == policy) {
            Some(theme) => theme.cases.extend(requests),
            None => {
                let weight = if is_orders { 40 } else { 2 };
                themes.push(Theme { policy, cases: requests.collect(), weight });
            }
        }
    }
    themes
}

/// Whether an answer under this policy depends on the requests before it, which every host would have to be asked alike.
fn remembers(policy: &Value) -> bool {
    let issuers = policy.get("issuers").and_then(Value::as_object);
    let fetched = |keys: &Value| keys.get("url").or_else(|| keys.get("discovery")).is_some();
    let mut all = issuers.into_iter().flat_map(|issuers| issuers.values());
    policy.get("limit").is_some()
        || all.any(|issuer| issuer.get("single_use").is_some() || issuer.get("keys").is_some_and(fetched))
}

/// One request: one of the table with nothing to a few things changed.
fn request(pick: &mut Pick, cases: &[Value], id: &str) -> Value {
    let mut case = pick.one(cases).cloned().unwrap_or_default();
    let other = pick.one(cases).cloned().unwrap_or_default();
    let token = token::of(&case);
    if pick.chance(70) {
        token::change(pick, &mut case);
    }
    for _ in 0..pick.below(3) {
        match pick.below(8) {
            0 => put(&mut case, "method", json!(pick.one(METHODS).copied().unwrap_or_default())),
            1 | 2 => target::change(pick, &mut case, &other),
            3..=6 => fields::change(pick, &mut case, &other),
            _ => time::change(pick, &mut case, token.as_ref()),
        }
    }
    if let Some(members) = case.as_object_mut() {
        members.insert("id".to_owned(), json!(id));
    }
    case
}

/// Sets a member of a case's request.
fn put(case: &mut Value, name: &str, value: Value) {
    if let Some(request) = case.get_mut("request").and_then(Value::as_object_mut) {
        request.insert(name.to_owned(), value);
    }
}

/// A text member of a case's request.
fn text_of<'c>(case: &'c Value, name: &str) -> &'c str {
    case.get("request").and_then(|request| request.get(name)).and_then(Value::as_str).unwrap_or_default()
}

/// The cases with what must be expected of each: the façade's outcome.
fn with_outcomes(folder: &Path, name: &str, policy: &Value, mut cases: Vec<Value>) -> Vec<Value> {
    for case in &mut cases {
        if let Some(members) = case.as_object_mut() {
            members.insert("expect".to_owned(), json!({"outcome": "allow"}));
        }
    }
    fs::write(folder.join(name), text(policy, &cases)).expect("a case file that can be written");
    let file = TableFile::load(folder, name).expect("a case file that can be read");
    let lines = super::answer(&file, super::Way::Decision).expect("a policy that loads");
    assert_eq!(lines.len(), cases.len(), "every case has an answer");
    for (case, line) in cases.iter_mut().zip(lines) {
        let outcome = line.pointer("/answer/outcome").cloned().unwrap_or_default();
        if let Some(members) = case.as_object_mut() {
            members.insert("expect".to_owned(), json!({"outcome": outcome}));
        }
    }
    cases
}

fn text(policy: &Value, cases: &[Value]) -> String {
    let cases: Vec<String> = cases.iter().map(Value::to_string).collect();
    format!("{{\"policy\": {policy},\n \"cases\": [\n  {}\n]}}\n", cases.join(",\n  "))
}
