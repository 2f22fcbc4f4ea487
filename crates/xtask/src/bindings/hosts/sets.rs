//! The case files that hosts are asked about, and the answers that they are held against.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

use super::runner::lines;
use crate::project::Project;

/// Requests made at random.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Random {
    pub(super) seed: u64,
    pub(super) requests: usize,
}

impl Random {
    /// Those of every test run.
    pub(super) const USUAL: Self = Self { seed: 1, requests: 2_000 };
    /// How many there are at night.
    pub(super) const NIGHTLY: usize = 100_000;
}

/// Case files of one root.
#[derive(Debug)]
pub(super) struct Set {
    pub(super) name: &'static str,
    pub(super) root: PathBuf,
    /// Relative to the root.
    pub(super) files: Vec<String>,
    /// The façade's answers, in the order of the files.
    pub(super) reference: Vec<Value>,
}

/// All sets of a run.
#[derive(Debug)]
pub(super) struct Sets {
    pub(super) all: Vec<Set>,
    /// A folder for what is made on the way.
    pub(super) work: PathBuf,
}

/// The set that is made at random; all others are the table.
pub(super) const RANDOM: &str = "random";

impl Sets {
    /// Finds the table, makes the random requests, and has the façade answer all of them.
    pub(super) fn prepare(project: &Project, random: Random) -> Result<Self, String> {
        let work = project.target().join("hosts");
        let made = work.join(RANDOM);
        if made.is_dir() {
            fs::remove_dir_all(&made).map_err(|error| format!("{}: {error}", made.display()))?;
        }
        let mut command = project.command(&program(project, "differential"));
        command.arg(&made).args([
            "--seed",
            &random.seed.to_string(),
            "--requests",
            &random.requests.to_string(),
        ]);
        let names = lines(&mut command)?;
        let table = project.root().join("tests/cases");
        let mut files = Vec::new();
        find(&table, &table, &mut files)?;
        files.sort();
        let all = [
            ("table", table, files),
            ("corners", project.root().join("tests/hosts"), vec!["corners.json".to_owned()]),
            (RANDOM, made, names),
        ];
        let all: Result<Vec<Set>, String> =
            all.into_iter().map(|(name, root, files)| Set::answered(project, name, root, files)).collect();
        Ok(Self { all: all?, work })
    }
}

impl Set {
    fn answered(
        project: &Project,
        name: &'static str,
        root: PathBuf,
        files: Vec<String>,
    ) -> Result<Self, String> {
        let mut command = project.command(&program(project, "answers"));
        let reference = lines(command.arg(&root).args(&files))?;
        let parse = |line: &String| serde_json::from_str(line).map_err(|error| format!("answers: {error}"));
        let reference: Vec<Value> = reference.iter().map(parse).collect::<Result<_, _>>()?;
        if reference.is_empty() {
            return Err(format!("the set `{name}` has no case"));
        }
        Ok(Self { name, root, files, reference })
    }
}

/// A program of the tests, as cargo has built it.
pub(super) fn program(project: &Project, name: &str) -> String {
    project.target().join("release").join(name).display().to_string()
}

/// The case files below a folder; the folder `policies` has none.
fn find(root: &Path, folder: &Path, files: &mut Vec<String>) -> Result<(), String> {
    let fault = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        if path.is_dir() {
            if path.file_name().is_none_or(|name| name != "policies") {
                find(root, &path, files)?;
            }
        } else if path.extension().is_some_and(|ending| ending == "json") {
            let name = path.strip_prefix(root).ok().and_then(Path::to_str);
            files.push(name.ok_or_else(|| format!("{}: no UTF-8", path.display()))?.to_owned());
        }
    }
    Ok(())
}
