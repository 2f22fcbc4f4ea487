//! The stories: what callers live through, end to end over HTTP, with real servers and proxies.

use super::{python, serve};
use crate::project::{self, Project};
use crate::test::step::{Context, Report, tests};

/// Where the stories are.
const FOLDER: &str = "tests/stories";

/// Style, types and helpers are those of the Python package.
const PACKAGE: &str = "bindings/python";

/// Builds the command and the package, and runs every story.
pub(crate) fn test(context: &Context<'_>) -> Report {
    let project = context.project;
    let nginx = match serve::NGINX.find(project) {
        Ok(nginx) => nginx,
        Err(why) => return serve::unready(context, why),
    };
    let ready = || {
        python::ready(project)?;
        project::run(&mut project.cargo(&["build", "--release", "--package", "doorward-cli"]))
    };
    if let Err(why) = ready() {
        return Report::failed(why);
    }
    let faults: Vec<String> = checks(project).into_iter().filter_map(Result::err).collect();
    let mut pytest =
        tool(project, &["-m", "pytest", "--quiet", "--config-file", "../../bindings/python/pyproject.toml"]);
    pytest.args(["--rootdir", ".", "."]);
    pytest.env("DOORWARD_COMMAND", project.target().join("release/doorward")).env("NGINX", nginx);
    let report = tests(&mut pytest);
    if faults.is_empty() { report } else { Report::failed(format!("{}; {}", faults.join("; "), report.note)) }
}

fn checks(project: &Project) -> Vec<Result<(), String>> {
    let settings = project.root().join(PACKAGE).join("pyproject.toml").display().to_string();
    let cache = project.target().join("stories/mypy").display().to_string();
    let check = |arguments: &[&str]| project::run(&mut tool(project, arguments));
    vec![
        check(&["-m", "ruff", "check", "--no-cache", "--quiet", "--config", &settings, "."]),
        check(&["-m", "ruff", "format", "--no-cache", "--quiet", "--check", "--config", &settings, "."]),
        check(&["-m", "mypy", "--cache-dir", &cache, "--config-file", &settings, "."]),
    ]
}

/// A program of the package's environment, in the folder of the stories, that leaves nothing behind there.
fn tool(project: &Project, arguments: &[&str]) -> std::process::Command {
    let mut command = project.command(&python::python(project).display().to_string());
    command.args(arguments).current_dir(project.root().join(FOLDER));
    let helpers = project.root().join(PACKAGE).join("tests");
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONPATH", &helpers).env("MYPYPATH", helpers);
    command
}
