//! Instructions per decision, counted by Callgrind and held against the committed numbers: no clock, so no noise.
//!
//! A provider without cryptography stands in for the real ones, so that only what is done around a signature counts.
#![expect(clippy::expect_used, reason = "a benchmark whose set-up fails has nothing to say but why")]

use doorward::{Engine, Format, Request};
use doorward_benches::call::{CLASSES, Call, Class, decide};
use doorward_benches::suite::Suite;
use doorward_benches::{policy, stub};
use serde_json::{Map, Value, json};
use std::process::{Command, ExitCode, Stdio};

const USAGE: &str = "usage: instructions [--check | --write]
       prints instructions per decision; --check compares them with benches/instructions.json";

/// Where the numbers are kept.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/instructions.json");

/// How far a count may be from the committed one, in percent: code that did not change moves by less when the compiler
/// lays other code out differently.
const TOLERANCE: u64 = 3;

/// Decisions in the short and the long run; what both do besides deciding cancels out.
const RUNS: [u64; 2] = [1_000, 11_000];

/// Routes of the large policy.
const ROUTES: usize = 10_000;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--run", kind, count] => run(kind, count),
        [] => print(),
        ["--check"] => check(),
        ["--write"] => write(),
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// The kinds that are counted: each class of request, and one that is let in by a large policy.
fn kinds() -> impl Iterator<Item = &'static str> {
    CLASSES.iter().map(|class| class.name).chain(["allow_10000_routes"])
}

/// Makes decisions of one kind, for Callgrind to count.
fn run(kind: &str, count: &str) -> Result<(), String> {
    let count: u64 = count.parse().map_err(|_| USAGE.to_owned())?;
    let suite = Suite::rs256();
    let large = kind == "allow_10000_routes";
    let name = if large { "allow" } else { kind };
    let class: &Class = CLASSES.iter().find(|class| class.name == name).ok_or("no such kind")?;
    let policy = if large {
        policy::many_routes(ROUTES, suite.alg, &suite.jwk())
    } else {
        policy::single(suite.alg, &suite.jwk())
    };
    let engine = Engine::with_provider(&policy, Format::Json, None, stub::InsecureChecksum)
        .expect("the policy is sound");
    let call = class.call(suite.alg, stub::sign);
    let call = if large { Call { url: policy::many_route_path(ROUTES / 2, "7"), ..call } } else { call };
    class.check(&engine, &call);
    let fields = call.fields();
    let request = Request::new("GET", &call.url, &fields);
    let mut scratch = engine.scratch();
    for _ in 0..count {
        decide(&engine, &request, &mut scratch);
    }
    Ok(())
}

/// Instructions per decision of each kind; `None` where Callgrind is not installed.
fn count_all() -> Result<Option<Vec<(&'static str, u64)>>, String> {
    if Command::new("valgrind").arg("--version").stdout(Stdio::null()).status().is_err() {
        return Ok(None);
    }
    let [short, long] = RUNS;
    let per_decision = |kind| {
        let more = total(kind, long)?.saturating_sub(total(kind, short)?);
        Ok::<_, String>((kind, more / (long - short)))
    };
    kinds().map(per_decision).collect::<Result<_, _>>().map(Some)
}

/// Instructions of a whole run.
fn total(kind: &str, count: u64) -> Result<u64, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["--run", kind, &count.to_string()])
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    // "==123== Collected : 4567"
    let collected =
        said.lines().find_map(|line| line.split_once("Collected : ")).map(|(_, count)| count.trim());
    match collected.and_then(|count| count.parse().ok()) {
        Some(count) if output.status.success() => Ok(count),
        _ => Err(format!("{kind}: valgrind failed: {said}")),
    }
}

fn print() -> Result<(), String> {
    match count_all()? {
        Some(counts) => counts.iter().for_each(|(kind, count)| println!("{kind:<22} {count:>6}")),
        None => println!("skipped: valgrind is not installed"),
    }
    Ok(())
}

fn write() -> Result<(), String> {
    let counts = count_all()?.ok_or("valgrind is not installed")?;
    let counts: Map<String, Value> =
        counts.into_iter().map(|(kind, count)| (kind.to_owned(), json!(count))).collect();
    let file = json!({ "arch": std::env::consts::ARCH, "instructions": counts });
    let text = serde_json::to_string_pretty(&file).map_err(|error| error.to_string())?;
    std::fs::write(FILE, text + "\n").map_err(|error| format!("{FILE}: {error}"))
}

fn check() -> Result<(), String> {
    let text = std::fs::read_to_string(FILE).map_err(|error| format!("{FILE}: {error}"))?;
    let file: Value = serde_json::from_str(&text).map_err(|error| format!("{FILE}: {error}"))?;
    let arch = file.get("arch").and_then(Value::as_str).unwrap_or_default();
    if arch != std::env::consts::ARCH {
        println!("skipped: the committed counts are of {arch}, this is {}", std::env::consts::ARCH);
        return Ok(());
    }
    let Some(counts) = count_all()? else {
        println!("skipped: valgrind is not installed");
        return Ok(());
    };
    let committed =
        file.get("instructions").and_then(Value::as_object).ok_or("no instructions in the file")?;
    let mut faults: Vec<_> = committed
        .keys()
        .filter(|kind| kinds().all(|known| known != kind.as_str()))
        .map(|kind| format!("{kind}: no such kind any more"))
        .collect();
    for (kind, found) in counts {
        match committed.get(kind).and_then(Value::as_u64) {
            Some(expected) if is_near(expected, found) => println!("{kind:<22} {found:>6}, as expected"),
            Some(expected) => faults.push(format!("{kind}: expected {expected} instructions, found {found}")),
            None => faults.push(format!("{kind}: not in the file, found {found}")),
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    let advice =
        "if that is meant, run `cargo run --release -p doorward-benches --bin instructions -- --write`";
    Err(format!("{}\n{advice}", faults.join("\n")))
}

/// Whether two counts differ by no more than the tolerance: an improvement is written down like a regression.
fn is_near(expected: u64, found: u64) -> bool {
    expected.abs_diff(found) * 100 <= expected * TOLERANCE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tolerance_holds_either_way() {
        let most = 10 * TOLERANCE;
        assert!(is_near(1000, 1000 + most) && is_near(1000, 1000 - most));
        assert!(!is_near(1000, 1001 + most) && !is_near(1000, 999 - most));
    }
}
