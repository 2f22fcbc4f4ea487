//! Python's environment below the target folder, and the package that is built for it.

use std::fs;
use std::path::{Path, PathBuf};

use super::{FOLDER, python, tool};
use crate::project::{self, Project};

const STUB: &str = "bindings/python/python/doorward/_doorward.pyi";

/// The virtual environment.
pub(super) fn environment(project: &Project) -> PathBuf {
    project.target().join("python")
}

/// Where everything is built that the environment is given.
pub(super) fn scratch(project: &Project) -> PathBuf {
    project.target().join("python-wheel")
}

/// The folder with the wheel and the source distribution, and nothing else.
pub(super) fn dist(project: &Project) -> PathBuf {
    scratch(project).join("dist")
}

/// Makes the environment, and installs what the tests need. The list is kept beside it, to see when it changes.
pub(super) fn make_environment(project: &Project) -> Result<(), String> {
    let environment = environment(project);
    if !python(project).is_file() {
        project::run(project.command("python3").args(["-m", "venv"]).arg(&environment))?;
    }
    let wanted = project.root().join(FOLDER).join("requirements-dev.txt");
    let installed = environment.join("requirements-dev.txt");
    if !same(&wanted, &installed) {
        let arguments = ["-m", "pip", "install", "--quiet", "--requirement", "requirements-dev.txt"];
        project::run(&mut tool(project, &arguments))?;
        copy(&wanted, &installed)?;
    }
    Ok(())
}

/// Builds the source distribution, the wheel out of that and of nothing else, and installs it: what misses a file does
/// not build. Where the source distribution is the one of the last time, all is done.
pub(super) fn install(project: &Project) -> Result<(), String> {
    let (scratch, dist) = (scratch(project), dist(project));
    let fresh = scratch.join("fresh");
    empty(&fresh)?;
    project::run(maturin(project, &["sdist", "--out"]).arg(&fresh))?;
    let sdist = only(&fresh, "gz")?;
    let kept = dist.join(sdist.file_name().unwrap_or_default());
    let installed = environment(project).join("installed.tar.gz");
    if same(&sdist, &kept) && same(&sdist, &installed) {
        return Ok(());
    }
    let source = scratch.join("source");
    empty(&source)?;
    empty(&dist)?;
    // With the time of now: Cargo would take files from the past for files that it has seen.
    let mut unpack = project.command("tar");
    unpack.arg("-xzmf").arg(&sdist).arg("-C").arg(&source).arg("--strip-components=1");
    project::run(&mut unpack)?;
    build(project, &source, &["build", "--release", "--out"], &dist)?;
    let wheel = only(&dist, "whl")?;
    let arguments = ["-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--force-reinstall"];
    project::run(tool(project, &arguments).arg(&wheel))?;
    copy(&sdist, &kept)?;
    copy(&sdist, &installed)
}

/// Compares the committed stub with the one that the built library asks for.
pub(super) fn compare_stub(project: &Project) -> Result<(), String> {
    let stubs = scratch(project).join("stubs");
    empty(&stubs)?;
    build(
        project,
        &scratch(project).join("source"),
        &["generate-stubs", "--profile", "release", "--out"],
        &stubs,
    )?;
    let found = stubs.join("doorward/_doorward.pyi");
    if same(&found, &project.root().join(STUB)) {
        return Ok(());
    }
    Err(format!("{STUB} is not current: `cp {} {STUB}`", found.display()))
}

/// Runs maturin on the unpacked source distribution. It has a target folder of its own: a package at the same place in another
/// workspace is the same one to Cargo, which would take what was built here for what lies there, and the reverse.
fn build(project: &Project, source: &Path, arguments: &[&str], out: &Path) -> Result<(), String> {
    let mut command = maturin(project, arguments);
    command.arg(out).arg("--target-dir").arg(scratch(project).join("target"));
    command.arg("--interpreter").arg(python(project));
    project::run(command.current_dir(source))
}

fn maturin(project: &Project, arguments: &[&str]) -> std::process::Command {
    tool(project, &[&["-m", "maturin"], arguments].concat())
}

/// The one file of a folder with this ending.
fn only(folder: &Path, ending: &str) -> Result<PathBuf, String> {
    let fault = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(fault)? {
        files.push(entry.map_err(fault)?.path());
    }
    files.retain(|file| file.extension().is_some_and(|found| found == ending));
    match files.pop() {
        Some(file) if files.is_empty() => Ok(file),
        _ => Err(format!("{}: expected one file that ends in `.{ending}`", folder.display())),
    }
}

fn empty(folder: &Path) -> Result<(), String> {
    let fault = |error: std::io::Error| format!("{}: {error}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(fault)?;
    }
    fs::create_dir_all(folder).map_err(fault)
}

fn same(one: &Path, other: &Path) -> bool {
    matches!((fs::read(one), fs::read(other)), (Ok(one), Ok(other)) if one == other)
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    fs::copy(from, to).map(drop).map_err(|error| format!("{}: {error}", to.display()))
}
