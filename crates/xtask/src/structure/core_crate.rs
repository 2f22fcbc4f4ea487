//! What the core crate promises of itself: no standard library, no allocation, no unsafe code.

use crate::finding::Finding;
use crate::tokens::{closing, lex, reads, shipped, text_at};
use crate::tree::Tree;

/// Where the core's source lies.
pub(super) const CORE: &str = "crates/doorward-core/src/";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let root = format!("{CORE}lib.rs");
    match tree.files.iter().find(|file| file.path == root) {
        None => findings.push(Finding::new(&root, 1, "the core has no lib.rs")),
        Some(file) => {
            let tokens = lex(&file.text);
            let places = || 0..tokens.len();
            if !places().any(|at| reads(&tokens, at, &["#", "!", "[", "no_std", "]"])) {
                findings.push(Finding::new(&root, 1, "the core must say `#![no_std]`"));
            }
            let forbids = places().any(|at| {
                reads(&tokens, at, &["#", "!", "[", "forbid", "("])
                    && (at..closing(&tokens, at + 4)).any(|inside| text_at(&tokens, inside) == "unsafe_code")
            });
            if !forbids {
                findings.push(Finding::new(&root, 1, "the core must say `#![forbid(unsafe_code)]`"));
            }
        }
    }
    for file in tree.files.iter().filter(|file| file.path.starts_with(CORE)) {
        let all = lex(&file.text);
        let tokens = shipped(&all).tokens;
        for (at, token) in tokens.iter().enumerate() {
            if reads(&tokens, at, &["extern", "crate"]) {
                let name = text_at(&tokens, at + 2);
                findings.push(Finding::new(
                    &file.path,
                    token.line,
                    format!("`extern crate {name}` in the core"),
                ));
            }
            if reads(&tokens, at, &["#", "[", "path"]) {
                findings.push(Finding::new(&file.path, token.line, "`#[path]` hides where a module lies"));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use crate::structure::tests::findings;

    const LIB: &str = "crates/doorward-core/src/lib.rs";

    #[test]
    fn the_core_must_be_no_std_and_forbid_unsafe() {
        assert_eq!(
            findings(&[(
                LIB,
                "//! Core, `#![no_std]` and `#![forbid(unsafe_code)]`.\n#![deny(unsafe_code)]\n"
            )]),
            [
                "crates/doorward-core/src/lib.rs:1: the core must say `#![forbid(unsafe_code)]`",
                "crates/doorward-core/src/lib.rs:1: the core must say `#![no_std]`",
            ]
        );
    }

    #[test]
    fn std_and_alloc_come_in_only_for_tests() {
        let head = "//! Core.\n#![no_std]\n#![forbid(unsafe_code, missing_docs)]\n";
        assert_eq!(
            findings(&[(LIB, &format!("{head}#[cfg(test)]\nextern crate std;\n"))]),
            Vec::<String>::new()
        );
        assert_eq!(
            findings(&[(LIB, &format!("{head}#[cfg(feature = \"x\")]\nextern crate alloc;\n"))]),
            ["crates/doorward-core/src/lib.rs:5: `extern crate alloc` in the core"]
        );
    }

    #[test]
    fn modules_lie_where_their_names_say() {
        assert_eq!(
            findings(&[(
                "crates/doorward-core/src/wire/mod.rs",
                "//! Bytes.\n#[path = \"../policy/x.rs\"]\nmod x;\n"
            )]),
            ["crates/doorward-core/src/wire/mod.rs:2: `#[path]` hides where a module lies"]
        );
    }
}
