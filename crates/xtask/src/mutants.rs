//! `mutants`: changes the core in small ways, one at a time, and reports the changes that no test notices.

use crate::project::{self, Project};
use crate::tools;

/// The files whose every line decides.
const FILES: &[&str] = &[
    "crates/doorward-core/src/decide.rs",
    "crates/doorward-core/src/policy/**/*.rs",
    "crates/doorward-core/src/credential/**/*.rs",
    "crates/doorward-core/src/jose/**/*.rs",
    "crates/doorward-core/src/wire/**/*.rs",
];

/// Arguments go on to cargo-mutants; `--file` among them replaces the list of files.
pub(crate) fn run(project: &Project, arguments: &[String]) -> Result<(), String> {
    tools::ensure(project, &tools::MUTANTS, true)?;
    let mut command =
        project.cargo(&["mutants", "--package", "doorward-core", "--test-workspace=true", "--output"]);
    command.arg(project.target());
    if !arguments.iter().any(|argument| argument == "-f" || argument.starts_with("--file")) {
        for file in FILES {
            command.args(["--file", file]);
        }
    }
    project::run(command.args(arguments))
}
