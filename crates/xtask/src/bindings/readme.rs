//! The README's examples in other languages: pasted into files beside the README's policy, run, and held against what their
//! comments promise.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{c, node, python};
use crate::project::{self, Project};
use crate::test::step::{Context, Report};

/// Where the policy of the README is pasted, under the name that the examples use.
const POLICY: &str = "orders.toml";

/// A language of the README: the word behind its fence, and how its block is run in a folder.
struct Language {
    fence: &'static str,
    run: fn(&Context<'_>, &Path, &str) -> Result<String, String>,
}

const LANGUAGES: &[Language] = &[
    Language { fence: "python", run: run_python },
    Language { fence: "js", run: run_node },
    Language { fence: "c", run: run_c },
    Language { fence: "cpp", run: run_cpp },
];

/// Runs every example.
pub(crate) fn test(context: &Context<'_>) -> Report {
    let (mut passed, mut faults) = (0, Vec::new());
    for language in LANGUAGES {
        match example(context, language) {
            Ok(lines) => {
                println!("readme: {} does what its {lines} comments say", language.fence);
                passed += 1;
            }
            Err(fault) => faults.push(format!("{}: {fault}", language.fence)),
        }
    }
    faults.iter().for_each(|fault| println!("readme: {fault}"));
    Report::counted(passed, u64::try_from(faults.len()).unwrap_or(1), 0, faults.join("; "))
}

/// Runs one example; gives how many lines of its output are promised.
fn example(context: &Context<'_>, language: &Language) -> Result<usize, String> {
    let project = context.project;
    let readme = fs::read_to_string(project.root().join("README.md")).map_err(|error| error.to_string())?;
    let policy = block(&readme, "toml").ok_or("the README has no policy")?;
    let code = block(&readme, language.fence).ok_or("the README has no such block")?;
    let folder = project.target().join("readme").join(language.fence);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    write(&folder.join(POLICY), &policy)?;
    let printed = (language.run)(context, &folder, &code)?;
    let promised = promises(&code);
    if promised.is_empty() {
        return Err("no comment of the block says what is printed".to_owned());
    }
    match promised.iter().find(|promise| !printed.lines().any(|line| line == **promise)) {
        Some(broken) => Err(format!("expected the line `{broken}`, found:\n{printed}")),
        None => Ok(promised.len()),
    }
}

/// The first block of the README with this word behind its fence.
fn block(readme: &str, fence: &str) -> Option<String> {
    let mut lines = readme.lines().skip_while(|line| line.trim_end() != format!("```{fence}"));
    lines.next()?;
    let inside: Vec<&str> = lines.take_while(|line| !line.starts_with("```")).collect();
    Some(inside.join("\n") + "\n")
}

/// What the block says that it prints: the comments that begin with an arrow.
fn promises(code: &str) -> Vec<&str> {
    let promise = |line| ["# -> ", "// -> "].iter().find_map(|mark| str::split_once(line, *mark));
    code.lines().filter_map(promise).map(|(_, promised)| promised.trim()).collect()
}

fn run_python(context: &Context<'_>, folder: &Path, code: &str) -> Result<String, String> {
    write(&folder.join("example.py"), code)?;
    let python = python::python(context.project);
    output(context.project.command(&text(&python)?).arg("example.py").current_dir(folder))
}

/// Node finds packages beside the file: the package and those that its own tests use are linked there.
fn run_node(context: &Context<'_>, folder: &Path, code: &str) -> Result<String, String> {
    write(&folder.join("example.mjs"), code)?;
    let modules = folder.join("node_modules");
    fs::create_dir_all(&modules).map_err(|error| format!("{}: {error}", modules.display()))?;
    let package = context.project.root().join("bindings/node");
    for (name, target) in
        [("doorward", package.clone()), ("express", node::modules(context.project).join("express"))]
    {
        let link = modules.join(name);
        if link.symlink_metadata().is_ok() {
            fs::remove_file(&link).map_err(|error| format!("{}: {error}", link.display()))?;
        }
        std::os::unix::fs::symlink(target, &link).map_err(|error| format!("{}: {error}", link.display()))?;
    }
    output(context.project.command("node").arg("example.mjs").current_dir(folder))
}

fn run_c(context: &Context<'_>, folder: &Path, code: &str) -> Result<String, String> {
    compiled(context.project, folder, code, "cc", "example.c", "-std=c99")
}

fn run_cpp(context: &Context<'_>, folder: &Path, code: &str) -> Result<String, String> {
    compiled(context.project, folder, code, "c++", "example.cpp", "-std=c++17")
}

/// Builds a program as pkg-config says, and runs it.
fn compiled(
    project: &Project,
    folder: &Path,
    code: &str,
    compiler: &str,
    name: &str,
    standard: &str,
) -> Result<String, String> {
    write(&folder.join(name), code)?;
    let libraries = c::prefix(project).join("lib");
    let mut flags = project.command("pkg-config");
    flags.args(["--cflags", "--libs", "doorward"]).env("PKG_CONFIG_PATH", libraries.join("pkgconfig"));
    let flags = project::ask(&mut flags).ok_or("pkg-config does not know doorward")?;
    let mut build = project.command(compiler);
    build.args([standard, "-Wall", "-Wextra", "-Werror", name, "-o", "example"]).current_dir(folder);
    project::run(build.args(flags.split_whitespace()))?;
    let program = folder.join("example");
    output(project.command(&text(&program)?).current_dir(folder).env("LD_LIBRARY_PATH", libraries))
}

/// What a program printed; what it said on standard error too, where it failed.
fn output(command: &mut Command) -> Result<String, String> {
    println!("$ {}", project::line(command));
    let output = command.output().map_err(|error| format!("did not start: {error}"))?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        Ok(printed)
    } else {
        Err(format!("ended with {}: {printed}{}", output.status, String::from_utf8_lossy(&output.stderr)))
    }
}

fn write(path: &PathBuf, content: &str) -> Result<(), String> {
    fs::write(path, content).map_err(|error| format!("{}: {error}", path.display()))
}

fn text(path: &Path) -> Result<String, String> {
    path.to_str().map(str::to_owned).ok_or_else(|| format!("{}: no UTF-8", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{block, promises};

    #[test]
    fn blocks_are_found_by_their_fence() {
        let readme = "# x\n```toml\na = 1\n```\n```c\nint a; // -> 1\n```\n```cpp\nint b;\n```\n";
        assert_eq!(block(readme, "c").as_deref(), Some("int a; // -> 1\n"));
        assert_eq!(block(readme, "cpp").as_deref(), Some("int b;\n"));
        assert_eq!(block(readme, "python"), None);
    }

    #[test]
    fn comments_with_arrows_are_promises() {
        assert_eq!(promises("print(1)  # -> 1\nf(); // -> two words\nx // 3\n"), ["1", "two words"]);
    }
}
