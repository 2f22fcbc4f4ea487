//! The table as files: one case per few lines, in the order of its definition.

use crate::case::{Case, File};
use crate::table;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// How many cases of a requirement the overview names.
const SHOWN: usize = 3;

/// Every generated file by its path below `tests/cases`, with its text.
#[must_use]
pub fn files() -> BTreeMap<PathBuf, String> {
    let table = table::files();
    let mut texts: BTreeMap<PathBuf, String> =
        table.iter().map(|file| (PathBuf::from(format!("{}.json", file.path)), text(file))).collect();
    for (name, keys) in table::key_sets() {
        texts.insert(PathBuf::from(format!("policies/{name}.jwks")), format!("{keys:#}\n"));
    }
    for (name, key) in table::trace_keys() {
        texts.insert(PathBuf::from(format!("policies/{name}.test-key")), key);
    }
    texts.insert(PathBuf::from("policy_errors.json"), format!("{:#}\n", table::policy_errors::file()));
    texts.insert(PathBuf::from("README.md"), overview(&table));
    texts
}

fn text(file: &File) -> String {
    let cases: Vec<_> = file.cases.iter().map(case).collect();
    if file.policy.is_null() {
        return format!("{{\n  \"cases\": [\n{}\n  ]\n}}\n", cases.join(",\n"));
    }
    let policy = if file.policy.is_string() {
        file.policy.to_string()
    } else {
        format!("{:#}", file.policy).replace('\n', "\n  ")
    };
    format!("{{\n  \"policy\": {policy},\n  \"cases\": [\n{}\n  ]\n}}\n", cases.join(",\n"))
}

fn case(case: &Case) -> String {
    let Case { id, proves, before, at, subject, expect } = case;
    let proves: Vec<_> = proves.split_whitespace().collect();
    let proves =
        if proves.is_empty() { String::new() } else { format!("      \"proves\": {},\n", json!(proves)) };
    let steps = |steps: &Vec<Value>| {
        let steps: Vec<_> = steps.iter().map(Value::to_string).collect();
        format!("      \"before\": [{}],\n", steps.join(",\n        "))
    };
    let before = before.as_ref().map(steps).unwrap_or_default();
    let subject: String =
        subject.iter().map(|(name, value)| format!("      \"{name}\": {value},\n")).collect();
    format!(
        "    {{ \"id\": {},\n{proves}{before}      \"at\": {at},\n{subject}      \"expect\": {expect} }}",
        json!(id)
    )
}

/// How many cases prove each requirement, and the first of them.
fn overview(table: &[File]) -> String {
    let mut proofs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let (mut count, mut own) = (0_usize, 0_usize);
    let (callers, services): (Vec<&File>, Vec<&File>) = table.iter().partition(|file| file.policy.is_null());
    let answers: usize = callers.iter().map(|file| file.cases.len()).sum();
    for case in table.iter().flat_map(|file| &file.cases) {
        count += 1;
        own += usize::from(case.before.is_some());
        for requirement in case.proves.split_whitespace() {
            proofs.entry(requirement).or_default().push(&case.id);
        }
    }
    let mut text = format!(
        "# The table of decisions\n\n\
         {} decisions in {} files, one policy each, {} policies that must not load, and {answers} answers of services with what callers must take them\n\
         for, in `response/`. `cargo xtask cases` writes them again from `tests/src/table/`, and `doorward test tests/cases` runs them. Every expectation is written by hand from\n\
         [the requirements](../REQUIREMENTS.md); the keys are test keys.\n\n\
         {own} of the decisions have a `before`, the steps that came first: requests, keys that came, revocations. Such a case is judged by an engine\n\
         of its own, which fetches nothing; all others of a file share one. Lists of what is revoked lie beside the policies that name them in\n\
         `policies/`; the one in JSON ends in capitals, so that nobody takes it for cases.\n\n\
         ## What proves which requirement\n\n\
         How many cases each requirement has, and the first of them; the others name it in their `proves`.\n\n\
         | requirement | cases | the first |\n|---|---|---|\n",
        count - answers,
        services.len(),
        table::policy_errors::count()
    );
    for (requirement, cases) in proofs {
        let first: Vec<_> = cases.iter().take(SHOWN).map(|id| format!("`{id}`")).collect();
        text.push_str(&format!(
            "| [{requirement}](../REQUIREMENTS.md#{}) | {} | {} |\n",
            anchor(requirement),
            cases.len(),
            first.join(" ")
        ));
    }
    text
}

/// The heading of a requirement's family on their page, as links spell it.
fn anchor(requirement: &str) -> String {
    let family = requirement.split(['-', '/']).next().unwrap_or_default();
    family.replace('.', "").to_lowercase()
}
