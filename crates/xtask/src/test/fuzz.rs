//! A short run of every fuzz target, to see that it still builds and that nothing falls over at once.

use std::fs;
use std::path::Path;

use super::step::{Context, Report};
use super::steps::unready;
use crate::project::{self, Project};
use crate::tools;

/// Seconds for each target.
const SECONDS: u32 = 5;

pub(super) fn run(context: &Context<'_>) -> Report {
    let project = context.project;
    let Some(targets) = targets(&project.root().join("tests/fuzz/fuzz_targets")) else {
        return Report::skipped("there is no tests/fuzz");
    };
    if targets.is_empty() {
        return Report::failed("tests/fuzz has no targets");
    }
    let Some(nightly) = tools::toolchain(project, "nightly", &['-']) else {
        return Report::skipped("no nightly toolchain is installed");
    };
    if let Err(why) = tools::ensure(project, &tools::FUZZ, context.install) {
        return unready(context, why);
    }
    let sanitizer = if has_address_sanitizer(project, &nightly) { "address" } else { "none" };
    let failed: Vec<&str> = targets
        .iter()
        .filter(|target| {
            let result = fuzz(project, &nightly, sanitizer, target);
            result.inspect_err(|error| println!("{error}")).is_err()
        })
        .map(String::as_str)
        .collect();
    if failed.is_empty() {
        Report::ok(format!("{} targets, sanitizer: {sanitizer}", targets.len()))
    } else {
        Report::failed(format!("fell over: {}", failed.join(", ")))
    }
}

/// Runs one target. What it finds and learns stays below the target folder: the corpus of the checkout is only read.
fn fuzz(project: &Project, nightly: &str, sanitizer: &str, target: &str) -> Result<(), String> {
    let own = project.target().join("fuzz");
    let (corpus, artifacts) = (own.join("corpus").join(target), own.join("artifacts").join(target));
    for folder in [&corpus, &artifacts] {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let mut command =
        project.cargo_of(nightly, &["fuzz", "run", "--fuzz-dir", "tests/fuzz", "--sanitizer", sanitizer]);
    command.arg("--target-dir").arg(own.join("build")).arg(target).arg(&corpus);
    let kept = project.root().join("tests/fuzz/corpus").join(target);
    if kept.is_dir() {
        command.arg(kept);
    }
    command.arg("--").arg(format!("-max_total_time={SECONDS}"));
    project::run(command.arg(format!("-artifact_prefix={}/", artifacts.display())))
}

/// The names of the targets, sorted; `None` without a folder of them.
fn targets(folder: &Path) -> Option<Vec<String>> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".rs").map(str::to_owned))
        .collect();
    names.sort();
    Some(names)
}

/// Whether the toolchain brings the sanitizer's run-time library.
fn has_address_sanitizer(project: &Project, toolchain: &str) -> bool {
    let mut command = project.command("rustup");
    command.args(["run", toolchain, "rustc", "--print", "target-libdir"]);
    let Some(folder) = project::ask(&mut command) else { return false };
    fs::read_dir(folder.trim()).is_ok_and(|entries| {
        entries.flatten().any(|entry| entry.file_name().to_string_lossy().ends_with("rt.asan.a"))
    })
}
