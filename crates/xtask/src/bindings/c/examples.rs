//! The examples and the README's program are built as they say, and do what they say.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::compiler::{self, GCC, Link, Program};
use super::tally::{Tally, limited};
use crate::project::Project;

pub(super) fn check(project: &Project, installed: &Path, tally: &mut Tally) {
    let folder = project.root().join("bindings/c/examples");
    let into = project.target().join("c/examples");
    let build = |name: &str, source: &str, standard: &str, folder: &Path| {
        let program = Program { name, folder, sources: &[source], standard };
        compiler::build(project, &program, installed, Link::Shared, &into)
    };
    for (name, source, standard) in [("decide", "decide.c", "c99"), ("decide_cpp", "decide.cpp", "c++17")] {
        let result = build(name, source, standard, &folder).and_then(|path| decides(&path, &folder));
        tally.claim(&format!("the example {source}"), result);
    }
    let result = build("diagnose", "diagnose.c", "c99", &folder).and_then(|path| diagnoses(&path, &folder));
    tally.claim("the example diagnose.c", result);
    let result = build("proxy_loop", "proxy_loop.c", "c11", &folder).and_then(|path| reloads(&path, &folder));
    tally.claim("the example proxy_loop.c", result);
    let result = readme(project, &into, 0).and_then(|source| {
        let path = build("readme", &source.to_string_lossy(), "c11", &into)?;
        expect(&path, &folder, &["policy.toml"], Some(0), &["401 credential_missing"])
    });
    tally.claim("the program of the README", result);
    let result = readme(project, &into, 1)
        .and_then(|source| compiler::check(project, GCC.c, &["-std=c11"], installed, &source));
    tally.claim("the function of the README", result);
}

fn decides(program: &Path, folder: &Path) -> Result<(), String> {
    let missing = [
        "HTTP/1.1 401\r\n",
        "WWW-Authenticate: Bearer realm=\"orders\"\r\n",
        "\"reason\":\"credential_missing\"",
    ];
    expect(program, folder, &["policy.toml", "GET", "/v1/orders/7"], Some(1), &missing)?;
    expect(
        program,
        folder,
        &["policy.toml", "GET", "/healthz"],
        Some(0),
        &["HTTP/1.1 200\r\n", "let in as anyone"],
    )?;
    expect(program, folder, &["policy.toml", "GET", "/nowhere"], Some(1), &["HTTP/1.1 403\r\n"])?;
    expect(
        program,
        folder,
        &["broken.toml", "GET", "/healthz"],
        Some(2),
        &["broken.toml:2:1: unknown key `reaml`"],
    )
}

fn diagnoses(program: &Path, folder: &Path) -> Result<(), String> {
    let scope = "Bearer error=\"insufficient_scope\", scope=\"orders:read\"";
    let told = ["reason: scope_insufficient\n", "recovery: request_scope\n", "scope: orders:read\n"];
    expect(program, folder, &["401", "Bearer", "WWW-Authenticate", scope], Some(1), &told)?;
    expect(program, folder, &["200"], Some(0), &["summary: the answer 200 refuses nobody\n"])
}

fn reloads(program: &Path, folder: &Path) -> Result<(), String> {
    let requests = "GET /healthz\nGET /v1/orders/7\nreload broken.toml\nGET /healthz\nreload policy.toml\nGET /nowhere\n";
    let expected = [
        "0: 200",
        "1: 401 credential_missing",
        "the last good policy stays",
        "2: 200",
        "3: 403 route_unmatched",
    ];
    let mut command = Command::new("sh");
    command
        .args(["-c", "printf '%s' \"$1\" | \"$0\" policy.toml"])
        .arg(program)
        .arg(requests)
        .current_dir(folder);
    said(&command, Some(0), &expected)?;
    // Without any policy it does not start.
    expect(program, folder, &["broken.toml"], Some(2), &["unknown key"])
}

fn expect(
    program: &Path,
    folder: &Path,
    arguments: &[&str],
    code: Option<i32>,
    parts: &[&str],
) -> Result<(), String> {
    let mut command = Command::new(program);
    said(command.args(arguments).current_dir(folder), code, parts)
}

/// Runs a program to its end; its exit code and parts of what it says must be these.
fn said(command: &Command, code: Option<i32>, parts: &[&str]) -> Result<(), String> {
    let output = limited(command).stderr(Stdio::piped()).output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    match parts.iter().find(|part| !said.contains(**part)) {
        None if output.status.code() == code => Ok(()),
        missing => {
            Err(format!("expected exit {code:?} and {missing:?}, found {} and\n{said}", output.status))
        }
    }
}

/// A part of the README that is C, from 0, as a file.
fn readme(project: &Project, into: &Path, place: usize) -> Result<PathBuf, String> {
    let text =
        fs::read_to_string(project.root().join("bindings/c/README.md")).map_err(|error| error.to_string())?;
    let program = text.split("```c\n").skip(1).nth(place).and_then(|rest| rest.split("```").next());
    let program = program.ok_or("the README has not so many parts that are C")?;
    fs::create_dir_all(into).map_err(|error| error.to_string())?;
    let path = into.join(format!("readme_{place}.c"));
    fs::write(&path, program).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}
