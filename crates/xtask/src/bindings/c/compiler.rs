//! C and C++ compilers, and how the tests' programs are built with them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::project::{self, Project};

/// What every file of ours compiles with.
const STRICT: [&str; 6] = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"];

/// A pair of compilers of one make.
pub(super) struct Make {
    pub(super) c: &'static str,
    pub(super) cpp: &'static str,
}

pub(super) const GCC: Make = Make { c: "gcc", cpp: "g++" };
pub(super) const CLANG: Make = Make { c: "clang", cpp: "clang++" };

pub(super) const C_STANDARDS: [&str; 4] = ["c99", "c11", "c17", "gnu2x"];
pub(super) const CPP_STANDARDS: [&str; 4] = ["c++11", "c++14", "c++17", "c++20"];

impl Make {
    pub(super) fn is_there(&self, project: &Project) -> bool {
        [self.c, self.cpp].iter().all(|name| project::ask(project.command(name).arg("--version")).is_some())
    }
}

/// How a program is linked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Link {
    /// With the shared library.
    Shared,
    /// With the static library, as `pkg-config --static` says.
    Static,
    /// With the static library, the program itself watched by AddressSanitizer and UndefinedBehaviorSanitizer.
    Sanitized,
}

impl Link {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Static => "static",
            Self::Sanitized => "sanitized",
        }
    }
}

/// A program to build: its sources lie in `folder` below `bindings/c`.
pub(super) struct Program<'a> {
    pub(super) name: &'a str,
    pub(super) folder: &'a Path,
    pub(super) sources: &'a [&'a str],
    pub(super) standard: &'a str,
}

/// Builds a program against the library that is installed below `prefix`, into `into`; gives its path.
pub(super) fn build(
    project: &Project,
    program: &Program<'_>,
    prefix: &Path,
    link: Link,
    into: &Path,
) -> Result<PathBuf, String> {
    fs::create_dir_all(into).map_err(|error| format!("{}: {error}", into.display()))?;
    let path = into.join(program.name);
    let compiler = if program.standard.starts_with("c++") { GCC.cpp } else { GCC.c };
    let mut command = project.command(compiler);
    command.current_dir(program.folder).arg(format!("-std={}", program.standard));
    command.args(STRICT).args(["-O1", "-g", "-pthread", "-D_POSIX_C_SOURCE=200809L"]);
    if link == Link::Sanitized {
        command.args([
            "-fsanitize=address,undefined",
            "-fno-sanitize-recover=all",
            "-fno-omit-frame-pointer",
        ]);
    }
    command.args(pkg_config(project, prefix, &["--cflags"])?).args(program.sources).arg("-o").arg(&path);
    match link {
        Link::Shared => {
            let lib = prefix.join("lib");
            command.args(pkg_config(project, prefix, &["--libs"])?);
            command.arg(format!("-Wl,-rpath,{}", lib.display()));
        }
        Link::Static | Link::Sanitized => {
            // By its whole name, since the linker would take the shared one that lies beside it.
            let libraries = pkg_config(project, prefix, &["--libs", "--static"])?;
            let named =
                |word: String| if word == "-ldoorward" { "-l:libdoorward.a".to_owned() } else { word };
            command.args(libraries.into_iter().map(named));
        }
    }
    quietly(command.arg("-lm"))?;
    Ok(path)
}

/// Compiles a text to nothing, to see that it compiles.
pub(super) fn check(
    project: &Project,
    compiler: &str,
    arguments: &[&str],
    prefix: &Path,
    file: &Path,
) -> Result<(), String> {
    let mut command = project.command(compiler);
    command.args(arguments).args(STRICT).arg("-I").arg(prefix.join("include"));
    quietly(command.args(["-c", "-o", "/dev/null"]).arg(file))
}

fn pkg_config(project: &Project, prefix: &Path, arguments: &[&str]) -> Result<Vec<String>, String> {
    let mut command = project.command("pkg-config");
    command.env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig")).args(arguments).arg("doorward");
    let said = project::ask(&mut command).ok_or_else(|| format!("`{}` failed", project::line(&command)))?;
    Ok(said.split_whitespace().map(str::to_owned).collect())
}

/// Runs a command, and gives what it said only if it failed.
fn quietly(command: &mut Command) -> Result<(), String> {
    let name = project::line(command);
    let output = command.output().map_err(|error| format!("`{name}` did not start: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("`{name}` ended with {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)))
}
