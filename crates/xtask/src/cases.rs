//! `cases`: writes the table of decisions again from its sources, or compares.

use crate::project::{self, Project};

pub(crate) fn run(project: &Project, arguments: &[String]) -> Result<(), String> {
    let base = ["run", "--release", "--package", "doorward-tests", "--bin", "cases", "--"];
    project::run(project.cargo(&base).args(arguments))
}

/// Whether the program that writes the table is there.
pub(crate) fn exist(project: &Project) -> bool {
    project.root().join("tests/src/bin/cases.rs").is_file()
}
