//! Finding case files.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The files as they are named, and the case files of the folders, each folder in the order of its names.
///
/// # Errors
///
/// A path that is not there, or a folder without any case file: a test that looks in the wrong place must not pass.
pub(super) fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let before = files.len();
        walk(path, &mut files)?;
        if files.len() == before {
            return Err(format!("{}: no case file in this folder", path.display()));
        }
    }
    Ok(files)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let fault = |error: std::io::Error| format!("{}: {}", folder.display(), error.to_string().to_lowercase());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(fault)? {
        paths.push(entry.map_err(fault)?.path());
    }
    paths.sort();
    for path in paths {
        // A link could lead back up; a folder that is reached by one is named on the command line if it is meant.
        let linked = path.symlink_metadata().is_ok_and(|data| data.is_symlink());
        if path.is_dir() && !linked {
            walk(&path, files)?;
            continue;
        }
        let is_json = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
        if is_json && path.is_file() && !is_companion(&path) {
            files.push(path);
        }
    }
    Ok(())
}

/// Whether a file is a policy, a key set or a list of what is revoked, which lie beside cases. Anything else in a folder is taken for a case file,
/// so that a broken one is not passed over.
fn is_companion(path: &Path) -> bool {
    let Some(value) = fs::read(path).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok())
    else {
        return false;
    };
    let has = |names: &[&str]| names.iter().any(|name| value.get(name).is_some());
    has(&["keys", "kty", "routes", "issuers", "tokens", "subjects", "issued_before"])
        && !has(&["policy", "policies", "policy_error", "cases"])
}
