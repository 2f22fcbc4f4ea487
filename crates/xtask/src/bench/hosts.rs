//! How the program of each host is built and started: with the host's own build, and its peers pinned below the target
//! folder.

use crate::bindings;
use crate::project::{self, Project};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where everything lies that only these benchmarks need.
pub(super) fn folder(project: &Project) -> PathBuf {
    project.target().join("bench-bindings")
}

/// The program in Rust, built; the others are compared with it.
pub(super) fn rust(project: &Project) -> Result<Command, String> {
    let build = ["build", "--release", "--package", "doorward-benches", "--bin", "bindings"];
    project::run(&mut project.cargo(&build))?;
    Ok(project.command(&project.target().join("release/bindings").to_string_lossy()))
}

/// Python: the interpreter that has the package, and beside it a folder with the peers.
pub(super) fn python(project: &Project, fixtures: &Path) -> Result<Command, String> {
    let source = project.root().join("benches/bindings/python");
    let interpreter = python_with_package(project)?;
    let peers = installed(project, "python", &source.join("requirements.txt"), |peers| {
        let mut command = project.command(&interpreter.to_string_lossy());
        let options = ["--quiet", "--disable-pip-version-check", "--only-binary=:all:", "--target"];
        command.args(["-m", "pip", "install"]).args(options).arg(peers);
        project::run(command.arg("--requirement").arg(source.join("requirements.txt")))
    })?;
    let mut command = project.command(&interpreter.to_string_lossy());
    command.arg(source.join("worker.py")).arg(fixtures).env("PYTHONPATH", peers);
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(command)
}

/// Node: a copy of the program in a folder with the peers, since that is where it looks for them.
pub(super) fn node(project: &Project, fixtures: &Path) -> Result<Command, String> {
    let source = project.root().join("benches/bindings/node");
    let package = node_package(project)?;
    let peers = installed(project, "node", &source.join("package-lock.json"), |peers| {
        for name in ["package.json", "package-lock.json", ".npmrc"] {
            copy(&source.join(name), &peers.join(name))?;
        }
        let mut command = project.command("npm");
        // Not `ci`, which refuses a lock without the packages of platforms that nobody here is on.
        let options =
            ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        project::run(command.args(options).current_dir(peers))
    })?;
    copy(&source.join("worker.mjs"), &peers.join("worker.mjs"))?;
    let mut command = project.command("node");
    command.arg(peers.join("worker.mjs")).arg(fixtures).arg(package);
    Ok(command)
}

/// C: one program over the shared library and those of the system.
pub(super) fn c(project: &Project, fixtures: &Path) -> Result<Command, String> {
    const PEERS: [&str; 3] = ["libjwt", "cjose", "jansson"];
    let ask = |arguments: &[&str]| project::ask(project.command("pkg-config").args(arguments).args(PEERS));
    let flags = ask(&["--cflags", "--libs"])
        .ok_or("libjwt-dev, libcjose-dev and libjansson-dev are not installed")?;
    let versions = ask(&["--modversion"]).unwrap_or_default();
    let mut versions = versions.split_whitespace();
    let prefix = bindings::c::prefix(project);
    bindings::c::install(project, &["--prefix".to_owned(), prefix.to_string_lossy().into_owned()])?;
    let program = folder(project).join("worker-c");
    let mut command = project.command("cc");
    command.args(["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror"]);
    for name in ["LIBJWT_VERSION", "CJOSE_VERSION"] {
        command.arg(format!("-D{name}=\"{}\"", versions.next().unwrap_or("?")));
    }
    let lib = prefix.join("lib");
    command.arg("-I").arg(prefix.join("include")).arg("-o").arg(&program);
    command.arg(project.root().join("benches/bindings/c/worker.c")).arg("-L").arg(&lib).arg("-ldoorward");
    command.arg(format!("-Wl,-rpath,{}", lib.display())).args(flags.split_whitespace());
    project::run(&mut command)?;
    let mut command = project.command(&program.to_string_lossy());
    command.arg(fixtures);
    Ok(command)
}

/// nginx and Envoy, as far as they are there.
pub(super) fn proxies(project: &Project, fixtures: &Path) -> Result<Command, String> {
    for tool in ["wrk", "taskset"] {
        if project::ask(project.command("sh").args(["-c", &format!("command -v {tool}")])).is_none() {
            return Err(format!("{tool} is not installed"));
        }
    }
    let mut command = project.command("python3");
    command.arg(project.root().join("benches/bindings/proxies/worker.py")).arg(fixtures);
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    match bindings::nginx::module(project) {
        Ok(module) => drop(command.env("DOORWARD_NGINX_MODULE", module)),
        Err(why) => println!("nginx is left out: {why}"),
    }
    let envoy =
        bindings::envoy::envoy(project).and_then(|envoy| Ok((envoy, bindings::envoy::module(project)?)));
    match envoy {
        Ok((envoy, modules)) => {
            command.env("DOORWARD_ENVOY", envoy).env("DOORWARD_ENVOY_MODULES", modules);
        }
        Err(why) => println!("Envoy is left out: {why}"),
    }
    Ok(command)
}

/// A folder with peers: filled by `install` at first, and again when the file that pins their versions has changed.
fn installed(
    project: &Project,
    name: &str,
    pins: &Path,
    install: impl FnOnce(&Path) -> Result<(), String>,
) -> Result<PathBuf, String> {
    let peers = folder(project).join(name);
    let done = peers.join("pins");
    let wanted = fs::read(pins).map_err(|error| format!("{}: {error}", pins.display()))?;
    if fs::read(&done).ok().as_ref() != Some(&wanted) {
        let fault = |error: std::io::Error| format!("{}: {error}", peers.display());
        if peers.exists() {
            fs::remove_dir_all(&peers).map_err(fault)?;
        }
        fs::create_dir_all(&peers).map_err(fault)?;
        install(&peers)?;
        fs::write(&done, wanted).map_err(fault)?;
    }
    Ok(peers)
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    fs::copy(from, to).map(drop).map_err(|error| format!("{}: {error}", from.display()))
}

/// The interpreter that the package's tests made, with the package in it.
fn python_with_package(project: &Project) -> Result<PathBuf, String> {
    let interpreter = project.target().join("python/bin/python");
    let mut command = project.command(&interpreter.to_string_lossy());
    match project::ask(command.args(["-c", "import doorward"])) {
        Some(_) => Ok(interpreter),
        None => Err("the package is not built: `cargo xtask test --only python`".to_owned()),
    }
}

/// The package's folder, with the library that its tests built.
fn node_package(project: &Project) -> Result<PathBuf, String> {
    let package = project.root().join("bindings/node");
    let mut command = project.command("node");
    match project::ask(command.arg("-e").arg("require(process.argv[1])").arg(&package)) {
        Some(_) => Ok(package),
        None => Err("the package is not built: `cargo xtask test --only node`".to_owned()),
    }
}
