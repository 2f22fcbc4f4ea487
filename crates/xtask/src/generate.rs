//! `generate`: the files that are derived from the code, written by the command of the project itself.

use std::fs;

use crate::bindings::{self, Derived};
use crate::project::{self, Project};

/// A derived file, and the arguments of the `doorward` command that prints it.
struct Generated {
    path: &'static str,
    command: &'static [&'static str],
}

const fn generated(path: &'static str, command: &'static [&'static str]) -> Generated {
    Generated { path, command }
}

const FILES: &[Generated] = &[
    generated("crates/doorward-core/REASONS.md", &["reasons", "--format", "markdown"]),
    generated("crates/doorward/reasons.json", &["reasons", "--format", "json"]),
    generated("crates/doorward/vocabulary.json", &["reasons", "--format", "vocabulary"]),
    generated("crates/doorward/policy.schema.json", &["check", "--schema"]),
];

pub(crate) fn run(project: &Project, arguments: &[String]) -> Result<(), String> {
    match arguments {
        [] => {
            // One after the other: the languages' files are derived from those that the command prints.
            for file in FILES {
                write(project, &produce(project, file)?)?;
            }
            bindings::derived(project)?.iter().try_for_each(|file| write(project, file))
        }
        [check] if check == "--check" => check_all(project),
        _ => Err("expected no argument, or `--check`".to_owned()),
    }
}

/// Compares every derived file with what the code says now, and names all that differ.
pub(crate) fn check_all(project: &Project) -> Result<(), String> {
    let printed = FILES.iter().map(|file| produce(project, file)).collect::<Result<Vec<_>, _>>()?;
    let files: Vec<Derived> = printed.into_iter().chain(bindings::derived(project)?).collect();
    let mut stale = Vec::new();
    for file in &files {
        let found = fs::read(project.root().join(&file.path)).unwrap_or_default();
        if let Some(difference) = difference(&found, &file.content) {
            println!("{}: {difference}", file.path);
            stale.push(file.path.as_str());
        }
    }
    if stale.is_empty() {
        println!("generate: {} derived files are current", files.len());
        return Ok(());
    }
    Err(format!("{} not current: run `cargo xtask generate`", stale.join(", ")))
}

fn write(project: &Project, file: &Derived) -> Result<(), String> {
    let Derived { path, content } = file;
    let full = project.root().join(path);
    if fs::read(&full).is_ok_and(|found| found == *content) {
        println!("{path} is current");
        return Ok(());
    }
    fs::write(&full, content).map_err(|error| format!("{path}: {error}"))?;
    println!("{path} written");
    Ok(())
}

/// What the command prints; in release, which the tests build anyway.
fn produce(project: &Project, file: &Generated) -> Result<Derived, String> {
    let mut command = project.cargo(&["run", "--quiet", "--release", "--package", "doorward-cli", "--"]);
    command.args(file.command).stderr(std::process::Stdio::inherit());
    let fault = |what: &str| format!("{}: `{}` {what}", file.path, project::line(&command));
    let did_not_start = fault("did not start");
    let output = command.output().map_err(|error| format!("{did_not_start}: {error}"))?;
    let fault = |what: String| format!("{}: `{}` {what}", file.path, project::line(&command));
    if !output.status.success() {
        return Err(fault(format!("ended with {}", output.status)));
    }
    if output.stdout.is_empty() {
        return Err(fault("printed nothing".to_owned()));
    }
    Ok(Derived { path: file.path.to_owned(), content: output.stdout })
}

/// Where two contents first differ; `None` when they are the same.
fn difference(found: &[u8], expected: &[u8]) -> Option<String> {
    if found == expected {
        return None;
    }
    if found.is_empty() {
        return Some("is missing or empty".to_owned());
    }
    let mut lines = (found.split(|byte| *byte == b'\n'), expected.split(|byte| *byte == b'\n'));
    let mut number = 1_usize;
    loop {
        match (lines.0.next(), lines.1.next()) {
            (Some(one), Some(other)) if one == other => number += 1,
            _ => return Some(format!("differs from line {number} on")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn differences_are_placed() {
        assert_eq!(difference(b"a\nb\n", b"a\nb\n"), None);
        assert_eq!(difference(b"", b"a").as_deref(), Some("is missing or empty"));
        assert_eq!(difference(b"a\nb\n", b"a\nc\n").as_deref(), Some("differs from line 2 on"));
        assert_eq!(difference(b"a\n", b"a\nc\n").as_deref(), Some("differs from line 2 on"));
        assert_eq!(difference(b"a", b"a\n").as_deref(), Some("differs from line 2 on"));
    }
}
