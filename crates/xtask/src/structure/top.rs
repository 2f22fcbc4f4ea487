//! What may lie at the top level of the project.

use crate::finding::Finding;
use crate::tree::Tree;

/// Beside these: dot-files, and licences.
const ALLOWED: &[&str] = &[
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "README.md",
    "benches",
    "bindings",
    "crates",
    "target",
    "tests",
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.top
        .iter()
        .filter(|name| {
            !(name.starts_with('.') || name.starts_with("LICENSE-") || ALLOWED.contains(&name.as_str()))
        })
        .map(|name| Finding::new(name, 1, "does not belong at the top level"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::structure::tests::tree;

    #[test]
    fn strangers_at_the_top_are_found() {
        let mut tree = tree(&[]);
        tree.top.extend(["LICENSE-MIT", ".deny.toml", "tests"].map(str::to_owned));
        assert_eq!(check(&tree), []);
        tree.top.push("notes.txt".to_owned());
        let said: Vec<String> = check(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(said, ["notes.txt:1: does not belong at the top level"]);
    }
}
