//! The C host: the header that is derived from its sources, the installed tree, and its step of the test run.

mod compiler;
mod constants;
mod examples;
mod header;
mod install;
mod tally;
mod test;

use std::path::PathBuf;

use super::Derived;
use crate::project::Project;

pub(crate) use install::install;
pub(crate) use test::test;

/// The derived files of this host.
pub(crate) fn derived(project: &Project) -> Result<Vec<Derived>, String> {
    let constants = constants::derived(project)?;
    let header = header::derived(project, &constants)?;
    Ok(vec![constants, header])
}

/// Where the tests install the library, and where hosts that are built on it find it: `include`, `lib` and
/// `lib/pkgconfig`, as `install` lays them out.
pub(crate) fn prefix(project: &Project) -> PathBuf {
    project.target().join("c/installed")
}

/// The program that prints the answers of the C host to the cases of the table, built against the installed library, which
/// is installed first if it is not there: `runner ROOT FILE...`.
pub(crate) fn runner(project: &Project) -> Result<PathBuf, String> {
    let installed = prefix(project);
    if !installed.join("lib/libdoorward.so").exists() {
        install::build(project, &install::Build { prefix: &installed, features: &[] })?;
    }
    let program = compiler::Program {
        name: "run_cases",
        folder: &test::folder(project),
        sources: &["run_cases.c", "table.c", "responses.c", "report.c", "json.c"],
        standard: "c11",
    };
    compiler::build(project, &program, &installed, compiler::Link::Shared, &project.target().join("c/shared"))
}
