//! The Python host: its derived files, and its step of the test run.

mod httpx2;
mod package;
mod vocabulary;

use std::path::PathBuf;
use std::process::Command;

use super::Derived;
use crate::project::{self, Project};
use crate::test::step::{Context, Report, tests};

/// Where the package lies.
const FOLDER: &str = "bindings/python";

/// The derived files of this host. The stub is another one: it comes out of the built library, so that the step compares it.
pub(crate) fn derived(project: &Project) -> Result<Vec<Derived>, String> {
    Ok(vec![vocabulary::derived(project)?, httpx2::derived(project)?])
}

/// Builds, installs and tests the host.
pub(crate) fn test(context: &Context<'_>) -> Report {
    let project = context.project;
    if project::ask(project.command("python3").arg("--version")).is_none() {
        let why = "there is no python3";
        return if context.install { Report::failed(why) } else { Report::skipped(why) };
    }
    if let Err(fault) = ready(project) {
        return Report::failed(fault);
    }
    let faults: Vec<String> = checks(project).into_iter().filter_map(Result::err).collect();
    let mut pytest = tool(project, &["-m", "pytest", "--quiet", "tests"]);
    let report = tests(pytest.env("DOORWARD_DIST", package::dist(project)));
    if faults.is_empty() { report } else { Report::failed(format!("{}; {}", faults.join("; "), report.note)) }
}

/// The interpreter of the environment that [`ready`] makes.
pub(crate) fn python(project: &Project) -> PathBuf {
    package::environment(project).join("bin/python")
}

/// Makes the environment below the target folder: what the tests need, and the package as it is now. Soon done where
/// nothing has changed.
pub(crate) fn ready(project: &Project) -> Result<PathBuf, String> {
    package::make_environment(project)?;
    package::install(project)?;
    Ok(python(project))
}

/// What is checked without being run: style, types, and that the stub says what the library has.
fn checks(project: &Project) -> Vec<Result<(), String>> {
    let cache = package::scratch(project).join("mypy").display().to_string();
    let check = |arguments: &[&str]| project::run(&mut tool(project, arguments));
    vec![
        check(&["-m", "ruff", "check", "--no-cache", "--quiet", "."]),
        check(&["-m", "ruff", "format", "--no-cache", "--quiet", "--check", "."]),
        check(&["-m", "mypy", "--cache-dir", &cache, "--package", "doorward"]),
        check(&["-m", "mypy", "--cache-dir", &cache, "tests"]),
        check(&["-m", "mypy.stubtest", "doorward._doorward"]),
        package::compare_stub(project),
    ]
}

/// A program of the environment, in the folder of the package, that leaves nothing behind there.
fn tool(project: &Project, arguments: &[&str]) -> Command {
    let mut command = project.command(&python(project).display().to_string());
    command.args(arguments).current_dir(project.root().join(FOLDER));
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    command
}
