//! The project's text files, read once and handed to the checks, which therefore can be fed a made-up tree.

use std::fs;
use std::path::Path;

/// One text file; the path is relative to the root and written with slashes.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The names at the top level, and the files with the wanted endings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    pub(crate) top: Vec<String>,
    pub(crate) files: Vec<File>,
}

impl Tree {
    /// Reads the files below `root` whose name ends in one of `endings` (no dot).
    pub(crate) fn read(root: &Path, endings: &[&str]) -> Result<Self, String> {
        let mut tree = Self::default();
        for name in names(root)? {
            let path = root.join(&name);
            if path.is_dir() {
                if !is_foreign(&name) {
                    tree.walk(&path, &name, endings)?;
                }
            } else {
                tree.take(&path, name.clone(), endings)?;
            }
            tree.top.push(name);
        }
        Ok(tree)
    }

    fn walk(&mut self, folder: &Path, prefix: &str, endings: &[&str]) -> Result<(), String> {
        for name in names(folder)? {
            let path = folder.join(&name);
            let relative = format!("{prefix}/{name}");
            if !path.is_dir() {
                self.take(&path, relative, endings)?;
            } else if !is_foreign(&name) {
                self.walk(&path, &relative, endings)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, path: &Path, relative: String, endings: &[&str]) -> Result<(), String> {
        let wanted =
            path.extension().and_then(|ending| ending.to_str()).is_some_and(|e| endings.contains(&e));
        if wanted {
            let text = fs::read_to_string(path).map_err(|error| format!("{relative}: {error}"))?;
            self.files.push(File { path: relative, text });
        }
        Ok(())
    }
}

/// Folders whose content is not the project's own text.
fn is_foreign(name: &str) -> bool {
    name.starts_with('.') || name.starts_with("mutants.out") || matches!(name, "target" | "node_modules")
}

fn names(folder: &Path) -> Result<Vec<String>, String> {
    let fault = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(fault)? {
        names.push(entry.map_err(fault)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}
