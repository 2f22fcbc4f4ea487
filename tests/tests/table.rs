//! The table of decisions, run: every case of every file, and that no reason is without one.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

use doorward::Reason;
use doorward::cases::CaseFile;
use doorward::provider::DefaultProvider;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The folder of the table.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/cases");

/// Reasons that no case can have: one comes with questions to the issuer, and two are given by a client that sends nothing.
const LATER: [Reason; 3] = [Reason::TokenInactive, Reason::CredentialUnobtainable, Reason::RetryBlocked];

/// How many cases there are at least.
const LEAST: usize = 2_000;

/// What was seen over all files.
#[derive(Default)]
struct Seen {
    cases: usize,
    ids: BTreeSet<String>,
    twice: Vec<String>,
    /// How many cases were answered with each reason.
    reasons: BTreeMap<Reason, usize>,
}

fn main() -> ExitCode {
    let files = files(Path::new(CASES));
    println!("\nrunning {} tests", files.len() + 3);
    let mut seen = Seen::default();
    let mut failed = Vec::new();
    let mut count = 0;
    let mut test = |name: &str, faults: Vec<String>| {
        count += 1;
        println!("test {name} ... {}", if faults.is_empty() { "ok" } else { "FAILED" });
        failed.extend(faults.into_iter().map(|fault| format!("{name}: {fault}")));
    };
    for file in files {
        let name = file.strip_prefix(CASES).unwrap().display().to_string();
        test(&name, run(&file, &mut seen));
    }
    test("ids_are_unique", seen.twice.clone());
    test("every_reason_has_a_case", reasons(&seen));
    let few = format!("{} cases, at least {LEAST}", seen.cases);
    test("there_are_enough_cases", if seen.cases < LEAST { vec![few] } else { Vec::new() });

    for fault in &failed {
        println!("{fault}");
    }
    let tests: BTreeSet<_> = failed.iter().map(|fault| fault.split(": ").next().unwrap()).collect();
    let word = if failed.is_empty() { "ok" } else { "FAILED" };
    println!(
        "\ntest result: {word}. {} passed; {} failed; 0 ignored; 0 measured; 0 filtered out\n",
        count - tests.len(),
        tests.len()
    );
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Every case file, in the order of the names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|ending| ending == "json") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Everything in which the answers of one file are not what they must be.
fn run(path: &Path, seen: &mut Seen) -> Vec<String> {
    let file = CaseFile::load(path).unwrap_or_else(|error| panic!("{error}"));
    let mut faults = Vec::new();
    let mut note = |id: &str, mismatches: Vec<doorward::cases::Mismatch>, seen: &mut Seen| {
        seen.cases += 1;
        if !seen.ids.insert(id.to_owned()) {
            seen.twice.push(id.to_owned());
        }
        faults.extend(mismatches.into_iter().map(|mismatch| {
            format!("{id}: {}: expected {}, found {}", mismatch.field, mismatch.expected, mismatch.actual)
        }));
    };
    for policy in file.policies() {
        note(policy.id(), policy.check(), seen);
    }
    for case in file.responses() {
        let report = case.diagnose();
        for reason in [report.reason, report.cause].into_iter().flatten() {
            *seen.reasons.entry(reason).or_default() += 1;
        }
        note(case.id(), case.check(&report), seen);
    }
    if file.cases().is_empty() {
        return faults;
    }
    let engine = file.engine().unwrap_or_else(|errors| panic!("{}: {errors}", path.display()));
    let mut scratch = engine.scratch();
    let mut differ = Vec::new();
    for case in file.cases() {
        let own = file.engine_for(case, &DefaultProvider::new());
        let own = own.map(|own| own.unwrap_or_else(|errors| panic!("{}: {errors}", path.display())));
        let report = match &own {
            Some(own) => case.decide(own, &mut own.scratch()),
            None => case.decide(&engine, &mut scratch),
        };
        if own.is_none() {
            // What is known of a credential makes the answer cheaper and no other.
            let again = case.decide(&engine, &mut scratch).to_json();
            if again != report.to_json() {
                differ.push(format!("{}: another answer when it was asked again: {again:?}", case.id()));
            }
        }
        for reason in [report.reason, report.concealed].into_iter().flatten() {
            *seen.reasons.entry(reason).or_default() += 1;
        }
        note(case.id(), case.check(&report), seen);
    }
    faults.extend(differ);
    faults
}

/// Reasons with fewer than two cases, and reasons of later parts that have come.
fn reasons(seen: &Seen) -> Vec<String> {
    let fault = |reason: &Reason| {
        let count = seen.reasons.get(reason).copied().unwrap_or_default();
        match (LATER.contains(reason), count) {
            (true, 0) | (false, 2..) => None,
            (true, _) => Some(format!("`{}` is produced now: take it off the list", reason.code())),
            (false, _) => Some(format!("`{}` has {count} cases, at least 2", reason.code())),
        }
    };
    Reason::ALL.iter().filter_map(fault).collect()
}
