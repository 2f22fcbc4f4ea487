//! `structure`: the layers of the core, how files of every language open, how long they are, and what lies at the top level.

mod core_crate;
mod files;
mod layers;
mod openings;
mod top;

use crate::finding::{self, Finding};
use crate::project::Project;
use crate::tree::Tree;

pub(crate) fn run(project: &Project, arguments: &[String]) -> Result<(), String> {
    if let Some(argument) = arguments.first() {
        return Err(format!("unexpected argument `{argument}`"));
    }
    let endings: Vec<&str> = core::iter::once("rs").chain(openings::endings()).collect();
    let tree = Tree::read(project.root(), &endings)?;
    for note in files::long(&tree) {
        println!("note: {note}");
    }
    finding::report(check(&tree))?;
    println!("structure: {} source files are in order", tree.files.len());
    Ok(())
}

fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = core_crate::check(tree);
    findings.extend(layers::check(tree));
    findings.extend(files::check(tree));
    findings.extend(openings::check(tree));
    findings.extend(top::check(tree));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::File;

    /// A tree that is in order but for the given files, which replace or add to its own.
    pub(super) fn tree(files: &[(&str, &str)]) -> Tree {
        let sound = [
            (
                "crates/doorward-core/src/lib.rs",
                "//! Core.\n#![no_std]\n#![forbid(unsafe_code)]\npub mod wire;\n",
            ),
            (
                "crates/doorward-core/src/reason.rs",
                "//! Reasons.\nuse core::fmt;\nuse crate::outcome::Outcome;\n",
            ),
            ("crates/doorward-core/src/outcome.rs", "//! Outcomes.\n"),
            ("crates/doorward-core/src/wire/mod.rs", "//! Bytes.\nmod json;\nuse crate::reason::Reason;\n"),
            (
                "crates/doorward-core/src/wire/json.rs",
                "//! JSON.\nuse super::super::reason;\nuse super::Fault;\n",
            ),
            ("crates/doorward-core/src/jose/mod.rs", "//! JOSE.\nuse crate::{key::Key, wire::json};\n"),
            ("crates/doorward-core/src/key/mod.rs", "//! Keys.\nuse crate::jose;\n"),
            ("crates/doorward-core/src/policy/mod.rs", "//! Policy.\nuse crate::{jose, store};\n"),
            ("crates/doorward-core/src/store/mod.rs", "//! Stores.\nuse crate::key;\n"),
            ("crates/doorward-core/src/decide.rs", "//! Decide.\nuse crate::{policy, wire};\n"),
        ];
        let mut tree =
            Tree { top: vec!["Cargo.toml".into(), "crates".into(), ".ci".into()], files: Vec::new() };
        let kept = sound.iter().filter(|(path, _)| !files.iter().any(|(other, _)| other == path));
        for (path, text) in kept.chain(files) {
            tree.files.push(File { path: (*path).to_owned(), text: (*text).to_owned() });
        }
        tree
    }

    /// What the check says of the sound tree with these files.
    pub(super) fn findings(files: &[(&str, &str)]) -> Vec<String> {
        let mut findings = check(&tree(files));
        findings.sort();
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_sound_tree_has_no_findings() {
        assert_eq!(findings(&[]), Vec::<String>::new());
    }
}
