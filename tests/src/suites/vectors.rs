//! Published test vectors, read where they lie: they are no part of this project.

use serde_json::Value;
use std::path::{Path, PathBuf};

/// The folder of this published suite, or `None` with a visible line where there is none.
///
/// The suites are looked for in the folder that `DOORWARD_VECTORS` names, else beside the project.
#[must_use]
pub fn folder(suite: &str) -> Option<PathBuf> {
    let all = match std::env::var_os("DOORWARD_VECTORS") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors"),
    };
    let folder = all.join(suite);
    if folder.is_dir() {
        return Some(folder);
    }
    say(&format!("{suite}: skipped: vectors not found"));
    None
}

/// Prints a line that the test harness does not keep to itself, since a suite that was skipped must be seen.
pub fn say(line: &str) {
    use std::io::Write as _;
    // The harness captures what the print macros write, and nothing else. Nobody can be told where writing fails.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Reads a JSON file of a suite.
///
/// # Panics
///
/// If the suite is there and the file is not, or holds something else.
#[must_use]
pub fn json(path: &Path) -> Value {
    let text = std::fs::read(path);
    let value = text.ok().and_then(|text| serde_json::from_slice(&text).ok());
    assert!(value.is_some(), "expected a JSON file of the suite, found none: {}", path.display());
    value.unwrap_or_default()
}

/// Every file of a folder by its name, sorted, with folders below it as `folder/name`.
///
/// # Panics
///
/// If a folder cannot be read.
#[must_use]
pub fn files(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = std::fs::read_dir(folder);
    assert!(entries.is_ok(), "cannot read the folder {}", folder.display());
    let mut found = Vec::new();
    for entry in entries.into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(below, path)| (format!("{name}/{below}"), path)));
        } else {
            found.push((name, path));
        }
    }
    found.sort();
    found
}
