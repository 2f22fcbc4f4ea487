//! `bench`: measures, and prints the table of ratios.

use crate::project::{self, Project};

pub(crate) fn run(project: &Project, arguments: &[String]) -> Result<(), String> {
    let base =
        ["run", "--release", "--package", "doorward-benches", "--features", "peers", "--bin", "table", "--"];
    project::run(project.cargo(&base).args(arguments))
}
