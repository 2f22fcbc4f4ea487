//! How files of the other languages open, and how long they may be: the rule of the Rust files, by other comments.

use super::files::SPLIT;
use crate::finding::Finding;
use crate::tree::{File, Tree};

/// Endings of files that open with a comment of C's kind.
const SLASHES: &[&str] = &["c", "h", "hpp", "js", "mjs", "cjs", "ts"];
/// Endings of files that open with a docstring or a comment with a hash.
const HASHES: &[&str] = &["py", "pyi"];

/// Every ending that is looked at here.
pub(super) fn endings() -> impl Iterator<Item = &'static str> {
    SLASHES.iter().chain(HASHES).copied()
}

/// Header and declarations are one file because that is how they are used: these may be long.
const LONG: &[&str] = &["bindings/c/include/doorward.h"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.files.iter().flat_map(|file| [opening(file), length(file)].into_iter().flatten()).collect()
}

fn opening(file: &File) -> Option<Finding> {
    let ending = file.path.rsplit('.').next()?;
    let openers: &[&str] = if SLASHES.contains(&ending) {
        &["/*", "//"]
    } else if HASHES.contains(&ending) {
        &["\"\"\"", "r\"\"\"", "#"]
    } else {
        return None;
    };
    let mut lines = file.text.lines().zip(1_usize..).filter(|(line, _)| {
        let line = line.trim();
        !(line.is_empty() || line.starts_with("#!") || line.trim_end_matches(';').ends_with("use strict'"))
    });
    // An empty file, such as a package's marker, has nothing to say.
    let (first, number) = lines.next()?;
    let words = openers.iter().find_map(|opener| first.trim().strip_prefix(opener));
    let says = words.is_some_and(|words| {
        words.chars().any(char::is_alphabetic)
            || lines.next().is_some_and(|(next, _)| next.chars().any(char::is_alphabetic))
    });
    (!says).then(|| Finding::new(&file.path, number, "opens without a comment on what lives there"))
}

fn length(file: &File) -> Option<Finding> {
    let ending = file.path.rsplit('.').next()?;
    let lines = file.text.lines().count();
    let long = lines > SPLIT && endings().any(|other| other == ending) && !LONG.contains(&file.path.as_str());
    long.then(|| Finding::new(&file.path, lines, format!("{lines} lines, at most {SPLIT}: split it")))
}

#[cfg(test)]
mod tests {
    use crate::structure::tests::findings;

    #[test]
    fn files_of_other_languages_open_with_a_comment() {
        let said = findings(&[
            ("bindings/a.py", "#!/usr/bin/env python3\n\"\"\"Words.\"\"\"\n"),
            ("bindings/b.py", "import os\n"),
            ("bindings/c.c", "/*\n * Words.\n */\n"),
            ("bindings/d.h", "#ifndef D\n"),
            ("bindings/e.cjs", "'use strict';\n// Words.\n"),
            ("bindings/f.mjs", "// Words.\n\nimport x from 'y'\n"),
            ("bindings/__init__.py", ""),
        ]);
        let missing = "opens without a comment on what lives there";
        assert_eq!(said, [format!("bindings/b.py:1: {missing}"), format!("bindings/d.h:1: {missing}"),]);
    }

    #[test]
    fn files_of_other_languages_are_split_as_well() {
        let long = format!("// Words.\n{}", "\n".repeat(800));
        assert_eq!(
            findings(&[("bindings/a.c", &long)]),
            ["bindings/a.c:801: 801 lines, at most 800: split it"]
        );
        assert_eq!(findings(&[("bindings/c/include/doorward.h", &long)]), Vec::<String>::new());
    }
}
