//! How a Rust file opens, and how long it may be.

use crate::finding::Finding;
use crate::tree::{File, Tree};

/// Above this a file is named for a hard look.
const LOOK: usize = 600;
/// Above this a file is split.
pub(super) const SPLIT: usize = 800;

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in rust(tree) {
        if let Some((line, message)) = opening_fault(&file.text) {
            findings.push(Finding::new(&file.path, line, message));
        }
        let lines = file.text.lines().count();
        if lines > SPLIT {
            findings.push(Finding::new(
                &file.path,
                lines,
                format!("{lines} lines, at most {SPLIT}: split it"),
            ));
        }
    }
    findings
}

/// The files that are long, yet not too long.
pub(super) fn long(tree: &Tree) -> Vec<String> {
    rust(tree)
        .map(|file| (file.text.lines().count(), &file.path))
        .filter(|(lines, _)| (LOOK + 1..=SPLIT).contains(lines))
        .map(|(lines, path)| format!("{path} has {lines} lines, look hard above {LOOK}"))
        .collect()
}

fn rust(tree: &Tree) -> impl Iterator<Item = &File> {
    tree.files.iter().filter(|file| file.path.ends_with(".rs"))
}

/// What is wrong with the first words of a file: they are a `//!` sentence, behind crate-wide attributes at most.
fn opening_fault(text: &str) -> Option<(usize, &'static str)> {
    const MISSING: &str = "opens without a `//!` sentence";
    let mut open_brackets = 0_isize;
    let mut lines = text.lines().zip(1_usize..).skip_while(|(line, _)| {
        let line = line.trim();
        if open_brackets == 0 && !(line.is_empty() || line.starts_with("#![")) {
            return false;
        }
        open_brackets += balance(line);
        true
    });
    let Some((first, start)) = lines.next() else { return Some((1, MISSING)) };
    let Some(words) = first.trim().strip_prefix("//!") else { return Some((start, MISSING)) };
    let mut paragraph = words.trim().to_owned();
    if paragraph.is_empty() {
        return Some((start, MISSING));
    }
    for (line, _) in lines {
        match line.trim().strip_prefix("//!").map(str::trim) {
            Some(more) if !more.is_empty() => paragraph = format!("{paragraph} {more}"),
            _ => break,
        }
    }
    let ends = paragraph.ends_with(['.', ':', '?', '!']);
    (!ends || paragraph.len() < 3)
        .then_some((start, "the opening `//!` paragraph is no sentence: it needs words and a stop"))
}

/// Brackets opened less brackets closed.
fn balance(line: &str) -> isize {
    line.chars().fold(0, |sum, sign| match sign {
        '[' | '(' => sum + 1,
        ']' | ')' => sum - 1,
        _ => sum,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::tests::{findings, tree};

    #[test]
    fn a_file_opens_with_a_sentence() {
        assert_eq!(opening_fault("//! Words.\nfn f() {}"), None);
        assert_eq!(
            opening_fault("#![no_std]\n#![forbid(\n    unsafe_code\n)]\n\n//! Words that\n//! go on.\n"),
            None
        );
        assert_eq!(opening_fault("//! Words:\n//!\n//! more\n"), None);
        for broken in ["", "fn f() {}\n", "// Words.\n", "/// Words.\nfn f() {}", "use x;\n//! Words.\n"] {
            assert!(opening_fault(broken).is_some(), "{broken:?}");
        }
        assert!(opening_fault("//! Words\n//!\n//! Later.\n").is_some());
        assert!(opening_fault("//!\n//! Later.\n").is_some());
    }

    #[test]
    fn openings_are_checked_everywhere() {
        assert_eq!(
            findings(&[("tests/api/x.rs", "#![no_main]\nfn f() {}\n")]),
            ["tests/api/x.rs:2: opens without a `//!` sentence"]
        );
    }

    #[test]
    fn long_files_are_named_and_too_long_ones_refused() {
        let of = |lines: usize| format!("//! Words.\n{}", "\n".repeat(lines - 1));
        assert_eq!(
            findings(&[("benches/a.rs", &of(801))]),
            ["benches/a.rs:801: 801 lines, at most 800: split it"]
        );
        assert_eq!(findings(&[("benches/a.rs", &of(800))]), Vec::<String>::new());
        assert_eq!(long(&tree(&[("benches/a.rs", &of(601)), ("benches/b.rs", &of(600))])).len(), 1);
    }
}
