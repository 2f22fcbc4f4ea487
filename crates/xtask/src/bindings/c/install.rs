//! The installed tree: headers, libraries that export the C ABI and nothing else, and the file for pkg-config.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Stdio;

use crate::project::{self, Project};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The name that programs ask the loader for, by the version of the ABI; the build script of the crate says the same.
pub(super) const SONAME: &str = "libdoorward.so.0";

/// Where the libraries end up, and how they are made.
pub(super) struct Build<'a> {
    pub(super) prefix: &'a Path,
    pub(super) features: &'a [&'a str],
}

/// `install-c --prefix P`: builds the library and installs it below a folder.
pub(crate) fn install(project: &Project, arguments: &[String]) -> Result<(), String> {
    let prefix = match arguments {
        [name, prefix] if name == "--prefix" => Path::new(prefix),
        [one] => Path::new(one.strip_prefix("--prefix=").ok_or("expected `--prefix FOLDER`")?),
        _ => return Err("expected `--prefix FOLDER`".to_owned()),
    };
    let prefix = std::path::absolute(prefix).map_err(|error| format!("{}: {error}", prefix.display()))?;
    build(project, &Build { prefix: &prefix, features: &[] })
}

/// Builds and installs.
pub(super) fn build(project: &Project, build: &Build<'_>) -> Result<(), String> {
    let system = compile(project, build.features)?;
    let prefix = build.prefix;
    let (include, lib) = (prefix.join("include"), prefix.join("lib"));
    for folder in [&include, &lib.join("pkgconfig")] {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let own = project.root().join("bindings/c/include");
    for name in ["doorward.h", "doorward.hpp", "doorward_caller.hpp"] {
        copy(&own.join(name), &include.join(name))?;
    }
    let built = project.target().join("release");
    shared(project, &built.join("libdoorward_c.so"), &lib)?;
    archive(project, &built.join("libdoorward_c.a"), &lib)?;
    write(&lib.join("pkgconfig/doorward.pc"), pkg_config(&system).as_bytes())?;
    println!("installed below {}", prefix.display());
    Ok(())
}

/// Builds the crate, and gives the system's libraries that a static link needs, as the compiler names them.
fn compile(project: &Project, features: &[&str]) -> Result<String, String> {
    let features = features.join(",");
    let arguments = ["rustc", "--release", "--package", "doorward-c", "--lib", "--features", &features];
    let mut command = project.cargo(&arguments);
    command.args(["--", "--print=native-static-libs"]).stderr(Stdio::piped());
    println!("$ {}", project::line(&command));
    let output = command.output().map_err(|error| format!("cargo did not start: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("the library was not built: {}\n{said}", output.status));
    }
    let system = said.lines().filter_map(|line| line.split_once("native-static-libs:")).next_back();
    let (_, system) = system.ok_or("the compiler did not say which libraries of the system are needed")?;
    let mut libraries: Vec<&str> = Vec::new();
    for library in system.split_whitespace() {
        if !libraries.contains(&library) {
            libraries.push(library);
        }
    }
    Ok(libraries.join(" "))
}

/// The shared library under its three names; the debug information of the standard library is left out.
fn shared(project: &Project, built: &Path, lib: &Path) -> Result<(), String> {
    let real = format!("libdoorward.so.{VERSION}");
    let path = lib.join(&real);
    project::run(project.command("strip").args(["--strip-debug", "-o"]).arg(&path).arg(built))?;
    for (name, target) in [(SONAME, real.as_str()), ("libdoorward.so", SONAME)] {
        let link = lib.join(name);
        match fs::remove_file(&link) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(format!("{}: {error}", link.display()));
            }
            _ => symlink(target, &link).map_err(|error| format!("{}: {error}", link.display()))?,
        }
    }
    Ok(())
}

/// The static library as a single object, in which only the C ABI is visible: another static library with Rust inside
/// could not be linked beside it otherwise, since both bring a standard library with the same symbols.
fn archive(project: &Project, built: &Path, lib: &Path) -> Result<(), String> {
    let work = project.target().join("c");
    fs::create_dir_all(&work).map_err(|error| format!("{}: {error}", work.display()))?;
    let object = work.join("doorward.o");
    let exported = exported(project, built)?;
    // Only what the functions of the ABI need is taken out of the archive, as in any static link.
    let mut link = project.command("ld");
    link.arg("-r").args(exported.iter().flat_map(|name| ["-u", name])).arg("-o").arg(&object).arg(built);
    project::run(&mut link)?;
    // The standard library's objects bring bitcode, on which binutils with a plugin for another LLVM fail.
    let mut hide = project.command("objcopy");
    hide.args(["--strip-debug", "--remove-section=.llvmbc", "--remove-section=.llvmcmd"])
        .args(exported.iter().map(|name| format!("--keep-global-symbol={name}")))
        .arg(&object);
    project::run(&mut hide)?;
    let path = lib.join("libdoorward.a");
    if path.exists() {
        fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    project::run(project.command("ar").arg("rcsD").arg(&path).arg(&object))
}

/// The functions of the header, and those that a feature adds: all of the archive's symbols with our prefix.
fn exported(project: &Project, archive: &Path) -> Result<Vec<String>, String> {
    let mut names: Vec<String> = symbols(project, &["--defined-only", "--extern-only"], archive)?
        .into_iter()
        .filter(|name| name.starts_with("doorward_"))
        .collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() { Err(format!("{} has no function of ours", archive.display())) } else { Ok(names) }
}

/// The names of symbols, as `nm` prints them.
pub(super) fn symbols(project: &Project, arguments: &[&str], file: &Path) -> Result<Vec<String>, String> {
    let mut command = project.command("nm");
    let printed = project::ask(command.args(["-f", "posix"]).args(arguments).arg(file));
    let printed = printed.ok_or_else(|| format!("`nm` cannot read {}", file.display()))?;
    let names = printed.lines().filter_map(|line| line.split_once(' ')).map(|(name, _)| name.to_owned());
    Ok(names.filter(|name| !name.ends_with(':')).collect())
}

/// What pkg-config says; paths are relative to it, so that the tree can be moved.
fn pkg_config(system: &str) -> String {
    format!(
        "prefix=${{pcfiledir}}/../..\n\
         includedir=${{prefix}}/include\n\
         libdir=${{prefix}}/lib\n\
         \n\
         Name: doorward\n\
         Description: One decision on every caller: let in, 401 or 403, with the reason, the challenge and the cure\n\
         Version: {VERSION}\n\
         Cflags: -I${{includedir}}\n\
         Libs: -L${{libdir}} -ldoorward\n\
         Libs.private: {system}\n"
    )
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let content = fs::read(from).map_err(|error| format!("{}: {error}", from.display()))?;
    write(to, &content)
}

fn write(path: &Path, content: &[u8]) -> Result<(), String> {
    fs::write(path, content).map_err(|error| format!("{}: {error}", path.display()))
}
