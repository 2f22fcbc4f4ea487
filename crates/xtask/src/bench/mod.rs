//! `bench`: measures, and prints the table of ratios; `bench bindings` does so in other languages and in proxies, `bench
//! digests` does so with the functions that a credential may be known by, and `bench instructions` counts instead.

mod bindings;
mod hosts;
mod table;
mod worker;

use crate::project::{self, Project};
use std::process::{Command, Stdio};

pub(crate) fn run(project: &Project, arguments: &[String]) -> Result<(), String> {
    match arguments {
        [first, rest @ ..] if first == "bindings" => return bindings::run(project, rest),
        [first, rest @ ..] if first == "instructions" => {
            let base = ["run", "--release", "--package", "doorward-benches", "--bin", "instructions", "--"];
            return project::run(project.cargo(&base).args(rest));
        }
        [first, rest @ ..] if first == "digests" => {
            // What is timed is a file of the façade, so it is compiled as the façade is.
            let units = "profile.release.package.doorward-benches.codegen-units=1";
            let base = ["run", "--release", "--config", units, "--package", "doorward-benches"];
            let digests = ["--features", "digests", "--bin", "digests", "--"];
            return project::run(project.cargo(&base).args(digests).args(rest));
        }
        _ => {}
    }
    // One of the peers stands on OpenSSL: on the system's where its headers are, else on one built from source.
    let peers = if has_openssl() { "peers" } else { "peers-vendored" };
    let base =
        ["run", "--release", "--package", "doorward-benches", "--features", peers, "--bin", "table", "--"];
    project::run(project.cargo(&base).args(arguments))
}

fn has_openssl() -> bool {
    let mut command = Command::new("pkg-config");
    command.args(["--exists", "openssl"]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
