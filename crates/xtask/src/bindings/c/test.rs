//! The step of the test run: the header in every dialect, the exported symbols, and C programs that use the library well
//! and badly, alone, under sanitizers and under Valgrind.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::compiler::{self, C_STANDARDS, CLANG, CPP_STANDARDS, GCC, Link, Make, Program};
use super::install::{self, Build};
use super::tally::Tally;
use super::{examples, header, prefix};
use crate::project::{self, Project};
use crate::test::step::{Context, Report};

/// A test program, and how it wants to be run.
struct Test {
    name: &'static str,
    sources: &'static [&'static str],
    standard: &'static str,
    /// Gets the folder and the files of the table of decisions as arguments.
    table: bool,
    /// Replaces the allocator, which a sanitizer and Valgrind do, too.
    replaces_malloc: bool,
    /// Is linked with the library that panics on demand.
    panics: bool,
}

const fn test_of(name: &'static str, sources: &'static [&'static str]) -> Test {
    Test { name, sources, standard: "c11", table: false, replaces_malloc: false, panics: false }
}

const TESTS: [Test; 13] = [
    test_of("abi", &["abi_test.c"]),
    test_of("twice", &["twice_test.c", "twice_other.c"]),
    test_of("misuse", &["misuse_test.c"]),
    test_of("interleave", &["interleave_test.c"]),
    test_of("threads", &["threads_test.c"]),
    Test { table: true, ..test_of("caller", &["caller_test.c"]) },
    test_of("upkeep", &["upkeep_test.c", "json.c"]),
    test_of("fork", &["fork_test.c"]),
    Test { panics: true, ..test_of("panic", &["panic_test.c"]) },
    Test { standard: "c++17", ..test_of("wrapper", &["wrapper_test.cpp"]) },
    Test { standard: "c++17", ..test_of("caller_wrapper", &["caller_wrapper_test.cpp"]) },
    Test {
        table: true,
        ..test_of("cases", &["cases_test.c", "table.c", "responses.c", "report.c", "json.c"])
    },
    Test {
        table: true,
        replaces_malloc: true,
        ..test_of("alloc", &["alloc_test.c", "table.c", "report.c", "json.c"])
    },
];

/// Builds, installs and tests the host.
pub(crate) fn test(context: &Context<'_>) -> Report {
    let project = context.project;
    for tool in ["gcc", "g++", "ld", "objcopy", "pkg-config"] {
        if project::ask(project.command(tool).arg("--version")).is_none() {
            let missing = format!("`{tool}` is not installed");
            return if context.install { Report::failed(missing) } else { Report::skipped(missing) };
        }
    }
    let (installed, panicking) = (prefix(project), project.target().join("c/panicking"));
    // The one that is not to be used first, so that what is left in the build folder is the other.
    for (prefix, features) in [(&panicking, ["test-panic"].as_slice()), (&installed, &[])] {
        if let Err(error) = install::build(project, &Build { prefix, features }) {
            return Report::failed(error);
        }
    }
    let mut tally = Tally::default();
    exports(project, &installed, &mut tally);
    dialects(context, &installed, &mut tally);
    programs(context, &installed, &panicking, &mut tally);
    examples::check(project, &installed, &mut tally);
    tally
        .report("header, exports, misuse, threads, upkeep, fork, panics, the table, no allocation; sanitizers and Valgrind")
}

pub(super) fn folder(project: &Project) -> PathBuf {
    project.root().join("bindings/c/tests")
}

/// The libraries export the functions of the header and nothing else, under the name that belongs to the ABI.
fn exports(project: &Project, installed: &Path, tally: &mut Tally) {
    let lib = installed.join("lib");
    let declared = match fs::read_to_string(installed.join("include/doorward.h")) {
        Ok(text) => text,
        Err(error) => return tally.fault(format!("doorward.h: {error}")),
    };
    let mut functions: Vec<String> = header::functions(&declared).into_iter().map(str::to_owned).collect();
    functions.sort_unstable();
    let libraries = [
        ("libdoorward.so", ["--dynamic", "--defined-only"]),
        ("libdoorward.a", ["--extern-only", "--defined-only"]),
    ];
    for (name, arguments) in libraries {
        let same = install::symbols(project, &arguments, &lib.join(name)).and_then(|mut found| {
            found.sort_unstable();
            let differ = found.iter().filter(|name| !functions.contains(name));
            let differ: Vec<&String> =
                differ.chain(functions.iter().filter(|name| !found.contains(name))).collect();
            if differ.is_empty() { Ok(()) } else { Err(format!("header and exports differ in {differ:?}")) }
        });
        tally.claim(&format!("{name} exports what the header declares"), same);
    }
    let number = declared.lines().find_map(|line| line.strip_prefix("#define DOORWARD_ABI_VERSION "));
    let soname = number.map(|number| format!("libdoorward.so.{number}"));
    let said = project::ask(project.command("readelf").arg("-d").arg(lib.join("libdoorward.so")))
        .unwrap_or_default();
    let named =
        soname.is_some_and(|soname| soname == install::SONAME && said.contains(&format!("[{soname}]")));
    tally.claim(
        "the soname has the number of the ABI",
        if named { Ok(()) } else { Err(format!("expected {}, found\n{said}", install::SONAME)) },
    );
}

/// The headers compile without a warning in every dialect that they are for.
fn dialects(context: &Context<'_>, installed: &Path, tally: &mut Tally) {
    let project = context.project;
    let tests = folder(project);
    for make in [GCC, CLANG] {
        if !make.is_there(project) {
            tally.skip(&format!("{} is not installed", make.c), context.install);
            continue;
        }
        let Make { c, cpp } = make;
        let mut check = |compiler: &str, arguments: &[&str], file: &str| {
            let name = format!("{file} by {compiler} {}", arguments.join(" "));
            tally.claim(&name, compiler::check(project, compiler, arguments, installed, &tests.join(file)));
        };
        for standard in C_STANDARDS {
            check(c, &[&format!("-std={standard}")], "twice_test.c");
        }
        for standard in CPP_STANDARDS {
            check(cpp, &[&format!("-std={standard}"), "-x", "c++"], "twice_test.c");
        }
        for standard in ["c++17", "c++20"] {
            for exceptions in ["-fexceptions", "-fno-exceptions"] {
                check(cpp, &[&format!("-std={standard}"), exceptions], "wrapper_test.cpp");
            }
        }
    }
}

fn programs(context: &Context<'_>, installed: &Path, panicking: &Path, tally: &mut Tally) {
    let project = context.project;
    let valgrind = project::ask(project.command("valgrind").arg("--version")).is_some();
    if !valgrind {
        tally.skip("valgrind is not installed", context.install);
    }
    let table = match table(project) {
        Ok(table) => table,
        Err(error) => return tally.fault(error),
    };
    for link in [Link::Shared, Link::Static, Link::Sanitized] {
        let into = project.target().join("c").join(link.name());
        for test in TESTS.iter().filter(|test| link != Link::Sanitized || !test.replaces_malloc) {
            let program = Program {
                name: test.name,
                folder: &folder(project),
                sources: test.sources,
                standard: test.standard,
            };
            let prefix = if test.panics { panicking } else { installed };
            let path = match compiler::build(project, &program, prefix, link, &into) {
                Ok(path) => path,
                Err(error) => {
                    tally.fault(format!("{} ({}): {error}", test.name, link.name()));
                    continue;
                }
            };
            let arguments = if test.table { table.as_slice() } else { &[] };
            let mut command = Command::new(&path);
            tally.program(&format!("{} ({})", test.name, link.name()), command.args(arguments));
            if valgrind && link == Link::Shared && !test.replaces_malloc {
                let mut command = Command::new("valgrind");
                command.args(["--quiet", "--error-exitcode=9", "--leak-check=full"]);
                command.arg("--errors-for-leak-kinds=definite,indirect,possible").arg(&path);
                tally.program(&format!("{} (valgrind)", test.name), command.args(arguments));
            }
        }
    }
}

/// The folder of the table and the names of its files.
fn table(project: &Project) -> Result<Vec<String>, String> {
    let root = project.root().join("tests/cases");
    let mut files = Vec::new();
    collect(&root, "", &mut files).map_err(|error| format!("{}: {error}", root.display()))?;
    files.sort_unstable();
    files.insert(0, root.to_string_lossy().into_owned());
    Ok(files)
}

fn collect(root: &Path, below: &str, files: &mut Vec<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(root.join(below))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        if entry.file_type()?.is_dir() {
            // Policies that cases name, and their keys.
            if path != "policies" {
                collect(root, &path, files)?;
            }
        } else if path.ends_with(".json") {
            files.push(path);
        }
    }
    Ok(())
}
