//! The nginx host: building the module against Debian's nginx, and its step of the test run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::c;
use crate::project::{self, Project};
use crate::test::step::{Context, Report, tests};

/// Where Debian's `nginx-dev` puts what modules are built from.
const SOURCES: &str = "/usr/share/nginx/src";
const MODULE: &str = "bindings/nginx";
const INSTALL: &str = "apt-get install nginx nginx-dev";

/// Builds the module, and drives a real nginx with it.
pub(crate) fn test(context: &Context<'_>) -> Report {
    if let Err(why) = ready(context.project) {
        return if context.install { Report::failed(why) } else { Report::skipped(why) };
    }
    let built = module(context.project).and_then(|module| Ok((module, faulty_module(context.project)?)));
    match built {
        Ok((module, faulty)) => {
            let mut command = context.project.command("python3");
            command.env("DOORWARD_NGINX_FAULTY_MODULE", faulty);
            tests(command.args(["-B", "bindings/nginx/tests/run.py"]).arg(module))
        }
        Err(error) => Report::failed(error),
    }
}

/// Builds the module, and says where it is.
///
/// # Errors
///
/// What is missing, or which command failed.
pub(crate) fn module(project: &Project) -> Result<PathBuf, String> {
    ready(project)?;
    let library = c::prefix(project);
    c::install(project, &["--prefix".to_owned(), library.display().to_string()])?;
    build(project, &library, &project.target().join("nginx"))
}

/// The module with a library that fails on demand: `doorward_decide` is that of `faulty.c`, which calls the true one by
/// another name. For the tests alone.
fn faulty_module(project: &Project) -> Result<PathBuf, String> {
    let (library, faulty) = (c::prefix(project), project.target().join("nginx/faulty"));
    let (include, lib) = (faulty.join("include"), faulty.join("lib"));
    let fault = |error: std::io::Error| format!("{}: {error}", faulty.display());
    fs::create_dir_all(&include).map_err(fault)?;
    fs::create_dir_all(&lib).map_err(fault)?;
    fs::copy(library.join("include/doorward.h"), include.join("doorward.h")).map_err(fault)?;
    let (archive, object) = (lib.join("libdoorward.a"), faulty.join("faulty.o"));
    let mut rename = project.command("objcopy");
    rename.args(["--redefine-sym", "doorward_decide=doorward_decide_true"]);
    project::run(rename.arg(library.join("lib/libdoorward.a")).arg(&archive))?;
    let mut compile = project.command("cc");
    compile.args(["-c", "-fPIC", "-Wall", "-Wextra", "-Werror", "bindings/nginx/tests/faulty.c", "-I"]);
    project::run(compile.arg(&include).arg("-o").arg(&object))?;
    project::run(project.command("ar").arg("rcs").arg(&archive).arg(&object))?;
    build(project, &faulty, &faulty)
}

/// Builds the module with the library below `library`, in a copy of the sources below `folder`.
fn build(project: &Project, library: &Path, folder: &Path) -> Result<PathBuf, String> {
    const NAME: &str = "ngx_http_doorward_module.so";
    let sources = folder.join("src");
    copy(Path::new(SOURCES), &sources)?;
    configure(project, &sources, library)?;
    let mut make = project.command("make");
    make.current_dir(&sources).args(["--silent", "-f", "objs/Makefile", "modules"]);
    project::run(&mut make)?;
    // Beside the build, so that a later build cannot change it under a server that has it loaded.
    let module = folder.join(NAME);
    replace(&sources.join("objs").join(NAME), &module)?;
    Ok(module)
}

/// What has to be installed before anything is built.
fn ready(project: &Project) -> Result<(), String> {
    let runs = |program: &str, argument: &str| project::ask(project.command(program).arg(argument)).is_some();
    if !runs("nginx", "-v") {
        return Err(format!("nginx is not installed: {INSTALL}"));
    }
    if !Path::new(SOURCES).join("configure").is_file() {
        return Err(format!("the sources that nginx modules are built from are not installed: {INSTALL}"));
    }
    if !runs("make", "--version") || !runs("cc", "--version") {
        return Err("no C compiler and make: apt-get install build-essential".to_owned());
    }
    if !runs("python3", "--version") {
        return Err("no Python for the tests: apt-get install python3".to_owned());
    }
    Ok(())
}

/// As the nginx was configured that Debian built: its flags are a list in a script for bash.
fn configure(project: &Project, build: &Path, library: &Path) -> Result<(), String> {
    const SCRIPT: &str = ". ./conf_flags && exec ./configure \"${NGX_CONF_FLAGS[@]}\" --with-compat \
                          --with-cc-opt='-g -O2 -fstack-protector-strong -D_FORTIFY_SOURCE=2 -Wall -Wextra -Werror' \
                          --with-ld-opt='-Wl,-z,relro -Wl,-z,now' --add-dynamic-module=\"$0\"";
    let mut command = project.command("bash");
    command
        .current_dir(build)
        .env("DOORWARD_PREFIX", library)
        .args(["-euc", SCRIPT])
        .arg(project.root().join(MODULE));
    quiet(&mut command)
}

/// Runs a command that talks much, and shows what it said only if it fails.
fn quiet(command: &mut Command) -> Result<(), String> {
    let line = project::line(command);
    println!("$ {line}");
    let output = command.output().map_err(|error| format!("`{line}` did not start: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    print!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(format!("`{line}` ended with {}", output.status))
}

/// A fresh copy of a folder: nginx builds inside of its sources, and those of the system stay as they are.
fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let fault = |path: &Path, error: &std::io::Error| format!("{}: {error}", path.display());
    if to.exists() {
        fs::remove_dir_all(to).map_err(|error| fault(to, &error))?;
    }
    fs::create_dir_all(to).map_err(|error| fault(to, &error))?;
    for entry in fs::read_dir(from).map_err(|error| fault(from, &error))? {
        let entry = entry.map_err(|error| fault(from, &error))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target)?;
        } else {
            fs::copy(&source, &target).map_err(|error| fault(&source, &error))?;
        }
    }
    Ok(())
}

/// Puts a file in the place of another without changing the other's bytes, which may be mapped by a running program.
fn replace(from: &Path, to: &Path) -> Result<(), String> {
    let new = to.with_extension("so.new");
    fs::copy(from, &new)
        .and_then(|_| fs::rename(&new, to))
        .map_err(|error| format!("{}: {error}", to.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_copied_afresh() {
        let folder = std::env::temp_dir().join(format!("doorward-xtask-nginx-{}", std::process::id()));
        let (from, to) = (folder.join("from"), folder.join("to"));
        fs::create_dir_all(from.join("deep/er")).unwrap();
        fs::write(from.join("deep/er/file"), "new").unwrap();
        fs::create_dir_all(&to).unwrap();
        fs::write(to.join("left-over"), "old").unwrap();
        copy(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(to.join("deep/er/file")).unwrap(), "new");
        assert!(!to.join("left-over").exists());
        assert!(copy(&folder.join("nowhere"), &to).is_err());
        fs::remove_dir_all(&folder).unwrap();
    }
}
