//! The steps, in their order.

use super::step::{Context, Report, Step, check, tests};
use super::{fuzz, msrv};
use crate::bindings;
use crate::project;
use crate::{cases, cites, generate, structure, tools};

/// The workspaces apart, which `--all` and `--workspace` do not reach.
const NO_STD: &str = "tests/no_std/Cargo.toml";
const FUZZ: &str = "tests/fuzz/Cargo.toml";

const fn step(name: &'static str, about: &'static str, run: fn(&Context<'_>) -> Report) -> Step {
    Step { name, about, run }
}

pub(crate) const STEPS: &[Step] = &[
    step("fmt", "the code is formatted", fmt),
    step("structure", "layers, file openings, file sizes, the top level", |c| {
        structure::run(c.project, &[]).into()
    }),
    step("cites", "citations of RFCs and of requirements", |c| cites::run(c.project, &[]).into()),
    step("clippy", "lints, everywhere", clippy),
    step("tests", "unit tests, cross-crate tests, the table of decisions, documentation tests", cargo_test),
    step("c", "the C ABI, its header, its examples, sanitizers", bindings::c::test),
    step("python", "the Python package: types, frameworks, the wheel", bindings::python::test),
    step("node", "the Node package: types, frameworks, the tarball", bindings::node::test),
    step("nginx", "the nginx module in a real nginx", bindings::nginx::test),
    step("envoy", "the Envoy filter in a real Envoy", bindings::envoy::test),
    step("serve", "`doorward serve` behind a real proxy", bindings::serve::test),
    step("stories", "what callers live through, end to end over HTTP", bindings::stories::test),
    step("hosts", "every case through every host", bindings::hosts::test),
    step("readme", "the README's examples in other languages", bindings::readme::test),
    step("generated", "derived files are current", generated),
    step("instructions", "no decision costs more instructions than it did", instructions),
    step("msrv", "the oldest promised Rust builds it", msrv::run),
    step("models", "the stores under every order of their threads", models),
    step("no-std", "the core links and runs without std and without an allocator", no_std),
    step("fuzz", "every fuzz target for five seconds", fuzz::run),
    step("miri", "the core's tests under Miri", miri),
    step("deny", "licences, banned crates, sources", deny),
    step("advisories", "known vulnerabilities of dependencies", advisories),
    step("docs", "the documentation builds without warnings", docs),
];

fn fmt(context: &Context<'_>) -> Report {
    let mut results = vec![project::run(&mut context.project.cargo(&["fmt", "--all", "--check"]))];
    for apart in [NO_STD, FUZZ] {
        if context.project.root().join(apart).is_file() {
            let arguments = ["fmt", "--manifest-path", apart, "--check"];
            results.push(project::run(&mut context.project.cargo(&arguments)));
        }
    }
    all(results)
}

fn clippy(context: &Context<'_>) -> Report {
    let arguments = ["clippy", "--workspace", "--all-targets", "--release", "--", "-D", "warnings"];
    check(&mut context.project.cargo(&arguments))
}

fn cargo_test(context: &Context<'_>) -> Report {
    tests(&mut context.project.cargo(&["test", "--workspace", "--release", "--no-fail-fast"]))
}

fn generated(context: &Context<'_>) -> Report {
    let files = generate::check_all(context.project);
    let table = if cases::exist(context.project) {
        cases::run(context.project, &["--check".to_owned()])
            .map_err(|error| format!("{error}; if the table is stale, run `cargo xtask cases`"))
    } else {
        Ok(())
    };
    all([files, table])
}

/// One report of several parts, of which none kept the others from running.
fn all(results: impl IntoIterator<Item = Result<(), String>>) -> Report {
    let faults: Vec<String> = results.into_iter().filter_map(Result::err).collect();
    if faults.is_empty() { Report::ok("") } else { Report::failed(faults.join("; ")) }
}

/// Its own workspace and target folder: features of other crates must not unify with it.
fn no_std(context: &Context<'_>) -> Report {
    if !context.project.root().join(NO_STD).is_file() {
        return Report::skipped("there is no tests/no_std");
    }
    let mut command = context.project.cargo(&["run", "--release", "--manifest-path", NO_STD, "--target-dir"]);
    check(command.arg(context.project.target().join("no_std")))
}

/// A build of its own: under `--cfg loom` the stores use the model's atomics.
fn models(context: &Context<'_>) -> Report {
    let mut command = context.project.cargo(&["test", "--release", "--package", "doorward-core", "--lib"]);
    command.arg("--target-dir").arg(context.project.target().join("models")).arg("store::models");
    tests(command.env("RUSTFLAGS", "--cfg loom"))
}

fn miri(context: &Context<'_>) -> Report {
    let Some(nightly) = tools::toolchain(context.project, "nightly", &['-']) else {
        return Report::skipped("no nightly toolchain is installed");
    };
    if project::ask(&mut context.project.cargo_of(&nightly, &["miri", "--version"])).is_none() {
        return Report::skipped("the installed nightly has no Miri");
    }
    tests(&mut context.project.cargo_of(&nightly, &["miri", "test", "--package", "doorward-core"]))
}

/// A count and no time, so that it holds on a busy machine too.
fn instructions(context: &Context<'_>) -> Report {
    if project::ask(std::process::Command::new("valgrind").arg("--version")).is_none() {
        return Report::skipped("valgrind is not installed");
    }
    let arguments =
        ["run", "--release", "--package", "doorward-benches", "--bin", "instructions", "--", "--check"];
    check(&mut context.project.cargo(&arguments))
}

const DENY_CONFIG: [&str; 3] = ["deny", "--config", ".deny.toml"];

fn deny(context: &Context<'_>) -> Report {
    if let Err(why) = tools::ensure(context.project, &tools::DENY, context.install) {
        return unready(context, why);
    }
    let mut command = context.project.cargo(&DENY_CONFIG);
    check(command.args(["check", "licenses", "bans", "sources"]))
}

/// Apart from the rest: the database comes from a git host, which not every machine reaches.
fn advisories(context: &Context<'_>) -> Report {
    if let Err(why) = tools::ensure(context.project, &tools::DENY, context.install) {
        return unready(context, why);
    }
    let mut fetch = context.project.cargo(&DENY_CONFIG);
    if project::ask(fetch.args(["fetch", "db"])).is_none() {
        return Report::skipped("the database of advisories cannot be fetched from here");
    }
    let mut command = context.project.cargo(&DENY_CONFIG);
    check(command.args(["check", "--disable-fetch", "advisories"]))
}

fn docs(context: &Context<'_>) -> Report {
    let mut command = context.project.cargo(&["doc", "--no-deps", "--workspace"]);
    check(command.env("RUSTDOCFLAGS", "-Dwarnings"))
}

/// A helper that is missing is a reason to skip, unless it should have been built.
pub(crate) fn unready(context: &Context<'_>, why: String) -> Report {
    if context.install { Report::failed(why) } else { Report::skipped(why) }
}
