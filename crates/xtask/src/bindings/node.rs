//! The node host: its derived files, and its step of the test run.

use super::Derived;
use crate::project::{self, Project};
use crate::test::step::{Context, Report, tests};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the package lies.
const PACKAGE: &str = "bindings/node";

/// The oldest Node that the package takes.
const OLDEST: u32 = 20;

const ORIGIN: &str = "by `cargo xtask generate` from reasons.json and vocabulary.json; not to be edited";

/// The derived files of this host.
pub(crate) fn derived(project: &Project) -> Result<Vec<Derived>, String> {
    let read = |path: &str| -> Result<String, String> {
        fs::read_to_string(project.root().join(path)).map_err(|error| format!("{path}: {error}"))
    };
    let parse = |path: &str| -> Result<Value, String> {
        serde_json::from_str(&read(path)?).map_err(|error| format!("{path}: {error}"))
    };
    let reasons = parse("crates/doorward/reasons.json")?;
    let vocabulary = parse("crates/doorward/vocabulary.json")?;
    let types = read(&format!("{PACKAGE}/types/index.in.d.ts"))?;
    let file =
        |name: &str, text: String| Derived { path: format!("{PACKAGE}/{name}"), content: text.into_bytes() };
    Ok(vec![
        file("lib/vocabulary.js", script(&reasons, &vocabulary)?),
        file("index.d.ts", declarations(&reasons, &vocabulary, &types)?),
    ])
}

/// The tables that the package reads at run time.
fn script(reasons: &Value, vocabulary: &Value) -> Result<String, String> {
    let mut table = Map::new();
    for reason in list(reasons, "reasons.json")? {
        let member =
            |name: &str| reason.get(name).cloned().ok_or_else(|| format!("reasons.json: no `{name}`"));
        let facts = json!({
            "number": member("number")?,
            "code": member("code")?,
            "outcome": member("outcome")?,
            "status": member("status")?,
            "wireError": member("wire_error")?,
            "recovery": member("recovery")?,
            "operator": member("operator")?,
            "signal": member("signal")?,
            "mayResend": member("may_resend")?,
            "sentence": member("sentence")?,
        });
        table.insert(text(reason, "code")?.to_owned(), facts);
    }
    let mut advice = Map::new();
    for recovery in named(vocabulary, "recoveries")? {
        advice.insert(text(recovery, "code")?.to_owned(), text(recovery, "advice")?.into());
    }
    let codes: Vec<&String> = advice.keys().collect();
    let mut clues = Map::new();
    for clue in named(vocabulary, "clues")? {
        clues.insert(text(clue, "code")?.to_owned(), text(clue, "sentence")?.into());
    }
    Ok(format!(
        "'use strict';\n// The words and tables that every decision is told in, made {ORIGIN}.\n\n\
         const OUTCOMES = Object.freeze({});\n\n\
         const SIGNALS = Object.freeze({});\n\n\
         const RECOVERIES = Object.freeze({});\n\n\
         const ADVICE = Object.freeze({});\n\n\
         const CLUES = Object.freeze({});\n\n\
         const REASONS = {};\n\n\
         const REASONS_BY_NUMBER = [];\n\
         for (const reason of Object.values(REASONS)) REASONS_BY_NUMBER[reason.number] = Object.freeze(reason);\n\
         Object.freeze(REASONS);\n\n\
         module.exports = {{ ADVICE, CLUES, OUTCOMES, REASONS, REASONS_BY_NUMBER, RECOVERIES, SIGNALS }};\n",
        pretty(member(vocabulary, "outcomes")?)?,
        pretty(member(vocabulary, "signals")?)?,
        pretty(&json!(codes))?,
        pretty(&advice.into())?,
        pretty(&clues.into())?,
        pretty(&table.into())?,
    ))
}

/// The types: unions of the codes, with the sentence of each, before the declarations that are written by hand.
fn declarations(reasons: &Value, vocabulary: &Value, by_hand: &str) -> Result<String, String> {
    let mut out = format!(
        "// The types of the package, made {ORIGIN}:\n// the classes come from types/index.in.d.ts.\n"
    );
    let mut union = |name: &str, about: &str, codes: &[&str]| {
        let members: String = codes.iter().map(|code| format!("  | '{code}'\n")).collect();
        out.push_str(&format!(
            "\n/**\n * {about}\n *\n * Open, so that a later version may add one without breaking a `switch`.\n */\n\
             export type {name} =\n{members}  | (string & {{}});\n"
        ));
    };
    union("Reason", "Why a caller is refused.", &codes(list(reasons, "reasons.json")?)?);
    union("Recovery", "What the caller should do next.", &codes(named(vocabulary, "recoveries")?)?);
    union("Clue", "What a diagnosis was concluded from.", &codes(named(vocabulary, "clues")?)?);
    for (name, from, about) in [
        ("Outcome", "outcomes", "What was decided."),
        (
            "Signal",
            "signals",
            "How loud a reason is: what operation expects, what is broken, what may be an attack.",
        ),
        ("Disclosure", "disclosures", "What a refusal tells the caller about its reason."),
        ("Grounds", "grounds", "On what grounds a caller is let in."),
        ("CredentialKind", "credential_kinds", "The kind of a credential."),
        ("WireError", "wire_errors", "The error code of the protocol, as it stands in the challenge."),
        ("Confidence", "confidences", "How sure a diagnosis is."),
        ("Origin", "origins", "Who made an answer."),
        (
            "Retry",
            "retries",
            "Whether a request may be sent again: not at all, with another credential or proof, or as it was.",
        ),
    ] {
        let words: Option<Vec<&str>> = named(vocabulary, from)?.iter().map(Value::as_str).collect();
        union(name, about, &words.ok_or_else(|| format!("vocabulary.json: `{from}` is no list of words"))?);
    }
    // Its first line speaks of itself.
    let (_, by_hand) = by_hand.split_once('\n').ok_or("types/index.in.d.ts is empty")?;
    out.push_str(by_hand);
    Ok(out)
}

fn codes(list: &[Value]) -> Result<Vec<&str>, String> {
    list.iter().map(|entry| text(entry, "code")).collect()
}

fn member<'v>(value: &'v Value, name: &str) -> Result<&'v Value, String> {
    value.get(name).ok_or_else(|| format!("no `{name}`"))
}

fn text<'v>(value: &'v Value, name: &str) -> Result<&'v str, String> {
    member(value, name)?.as_str().ok_or_else(|| format!("`{name}` is no text"))
}

fn named<'v>(value: &'v Value, name: &str) -> Result<&'v [Value], String> {
    list(member(value, name)?, name)
}

fn list<'v>(value: &'v Value, name: &str) -> Result<&'v [Value], String> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| format!("{name}: expected a list"))
}

fn pretty(value: &Value) -> Result<String, String> {
    serde_json::to_string_pretty(value).map_err(|error| error.to_string())
}

/// The package with its native module, built in release: a folder that `require` takes, and in it
/// `tests/run-cases.mjs`, which answers the cases of the table.
pub(crate) fn package(project: &Project) -> Result<PathBuf, String> {
    let package = project.root().join(PACKAGE);
    let mut command = project.command("node");
    command.arg(package.join("build.mjs")).env("CARGO_TARGET_DIR", project.target());
    project::run(&mut command)?;
    Ok(package)
}

/// The packages that the tests of the package use, installed.
pub(crate) fn modules(project: &Project) -> PathBuf {
    let folder = project.root().join(PACKAGE).join("tests");
    if let Err(error) = install(project, &folder) {
        println!("node: {error}"); // whoever wants one of them will miss it
    }
    folder.join("node_modules")
}

/// Builds, installs and tests the host.
pub(crate) fn test(context: &Context<'_>) -> Report {
    if let Err(why) = toolchain(context.project) {
        return if context.install { Report::failed(why) } else { Report::skipped(why) };
    }
    match prepare(context.project) {
        Ok(mut command) => tests(&mut command),
        Err(error) => Report::failed(error),
    }
}

/// Makes sure of Node and npm.
fn toolchain(project: &Project) -> Result<(), String> {
    let version = project::ask(project.command("node").arg("--version")).ok_or("node is not installed")?;
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    if major.is_none_or(|major: u32| major < OLDEST) {
        return Err(format!("expected Node {OLDEST} or later, found {}", version.trim()));
    }
    project::ask(project.command("npm").arg("--version")).ok_or("npm is not installed")?;
    Ok(())
}

/// Builds the package, installs what its tests need, and gives the command that runs them.
fn prepare(project: &Project) -> Result<Command, String> {
    let folder = package(project)?.join("tests");
    install(project, &folder)?;
    let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.to_str().is_some_and(|name| name.ends_with(".test.mjs")));
    files.sort();
    let mut command = project.command("node");
    command.args(["--test", "--test-timeout=300000"]);
    for reporter in ["spec", "./reporter.mjs"] {
        command.args([&format!("--test-reporter={reporter}"), "--test-reporter-destination=stdout"]);
    }
    command.args(files).current_dir(folder);
    Ok(command)
}

/// Installs what the tests need, exactly as it is locked; nothing where that was done already.
fn install(project: &Project, folder: &Path) -> Result<(), String> {
    let locked =
        fs::read(folder.join("package-lock.json")).map_err(|error| format!("package-lock.json: {error}"))?;
    // Beside the packages, so that it goes when they go.
    let stamp = folder.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == locked) {
        return Ok(());
    }
    let mut command = project.command("npm");
    project::run(command.args(["ci", "--prefer-offline", "--no-audit", "--no-fund"]).current_dir(folder))?;
    fs::write(&stamp, locked).map_err(|error| format!("{}: {error}", stamp.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_in_the_tables_and_in_the_types() {
        let reasons = json!([{
            "number": 7, "code": "tea_cold", "outcome": "forbidden", "status": 403, "wire_error": null,
            "recovery": "wait", "operator": "boil", "signal": "noise", "may_resend": true, "sentence": "it's cold",
        }]);
        let vocabulary = json!({
            "outcomes": ["allow", "forbidden"], "recoveries": [{ "code": "wait", "advice": "wait a while" }],
            "signals": ["noise"], "disclosures": ["none"], "grounds": ["anyone"], "credential_kinds": ["bearer"],
            "wire_errors": ["invalid_token"], "confidences": ["guess"], "origins": ["gateway"], "retries": ["never"],
            "clues": [{ "code": "via", "sentence": "a proxy was on the way" }],
        });
        let script = script(&reasons, &vocabulary).unwrap();
        assert!(script.contains("\"tea_cold\": {\n    \"number\": 7,"), "{script}");
        assert!(script.contains("\"wait\": \"wait a while\""), "{script}");
        assert!(script.contains("\"via\": \"a proxy was on the way\""), "{script}");
        let types = declarations(&reasons, &vocabulary, "// Opening.\n\nexport class Engine {}\n").unwrap();
        assert!(types.contains("export type Reason =\n  | 'tea_cold'\n  | (string & {});\n"), "{types}");
        assert!(types.ends_with("\n\nexport class Engine {}\n"), "{types}");
        assert!(declarations(&json!([{}]), &vocabulary, "").is_err());
    }
}
