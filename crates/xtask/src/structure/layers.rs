//! The layer rule of the core: a module uses its own layer and those below, never those above.
//!
//! Read from the tokens of the source rather than from the compiler: documentation may link upwards, tests may use
//! what they like, and a path through a re-export of lib.rs is refused because it hides the layer that it leads to.

use super::core_crate::CORE;
use crate::finding::Finding;
use crate::tokens::{Kind, Token, closing, lex, shipped, text_at};
use crate::tree::{File, Tree};

/// The layers above the vocabulary, bottom-up. The vocabulary is every other file that lies directly in src.
const LAYERS: &[&[&str]] = &[
    &["wire"],
    &["challenge", "credential", "jose", "key", "proof", "signature", "x509"],
    &["store"],
    &["diagnose", "policy"],
    &["recover"],
    &["authenticate", "decide", "decision", "stores"],
];

/// One file of the core and the module that it is.
struct Module<'a> {
    file: &'a File,
    path: Vec<String>,
}

/// Where a path of the source leads.
#[derive(Debug)]
enum Lead {
    /// To a module, or a re-export, of the crate's root.
    Module(String),
    /// To everything in the crate's root.
    Glob,
    /// To the crate's root itself, under a new name.
    Alias,
}

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let tests = test_modules(tree);
    let files: Vec<Module<'_>> = tree
        .files
        .iter()
        .filter_map(|file| Some((file, file.path.strip_prefix(CORE)?)))
        .filter(|(_, inside)| *inside != "lib.rs")
        .map(|(file, inside)| Module { file, path: module_of(inside) })
        .filter(|module| !tests.iter().any(|test| module.path.starts_with(test)))
        .collect();

    let mut findings = Vec::new();
    for Module { file, path } in &files {
        let Some(own) = path.first() else { continue };
        let Some(from) = rank(own, &files) else {
            findings.push(Finding::new(
                &file.path,
                1,
                format!("folder `{own}` has no layer: give it one in xtask's layers.rs"),
            ));
            continue;
        };
        let all = lex(&file.text);
        for (line, lead) in leads(&shipped(&all).tokens, path) {
            let message = match lead {
                Lead::Glob => {
                    "a glob of the crate's root hides which layer is used: name the module".to_owned()
                }
                Lead::Alias => "a second name for the crate's root hides which layer is used".to_owned(),
                Lead::Module(name) if !files.iter().any(|module| module.path.first() == Some(&name)) => {
                    format!("`crate::{name}` is no module of the core: name the module that owns it")
                }
                Lead::Module(name) => match rank(&name, &files) {
                    Some(to) if to > from => {
                        format!("`{own}` ({}) may not use `{name}` ({}) above it", layer(from), layer(to))
                    }
                    _ => continue,
                },
            };
            findings.push(Finding::new(&file.path, line, message));
        }
    }
    findings
}

/// The module that a file is, from its path inside src.
fn module_of(inside: &str) -> Vec<String> {
    let stem = inside.strip_suffix(".rs").unwrap_or(inside);
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    stem.split('/').map(str::to_owned).collect()
}

/// The out-of-line modules that are compiled for tests only.
fn test_modules(tree: &Tree) -> Vec<Vec<String>> {
    let mut modules = Vec::new();
    for file in &tree.files {
        let Some(inside) = file.path.strip_prefix(CORE) else { continue };
        let parent = if inside == "lib.rs" { Vec::new() } else { module_of(inside) };
        let tokens = lex(&file.text);
        for name in shipped(&tokens).test_modules {
            let mut module = parent.clone();
            module.push(name.to_owned());
            modules.push(module);
        }
    }
    modules
}

/// The height of a top-level module; `None` for a folder that no layer names.
fn rank(name: &str, files: &[Module<'_>]) -> Option<usize> {
    if let Some(height) = LAYERS.iter().position(|layer| layer.contains(&name)) {
        return Some(height + 1);
    }
    let own = format!("{CORE}{name}.rs");
    let mut parts = files.iter().filter(|module| module.path.first().is_some_and(|first| first == name));
    parts.all(|module| module.file.path == own).then_some(0)
}

fn layer(rank: usize) -> String {
    if rank == 0 { "vocabulary".to_owned() } else { format!("layer {rank}") }
}

/// Every path of the tokens that leads to the crate's root, seen from `module`.
fn leads(tokens: &[Token<'_>], module: &[String]) -> Vec<(usize, Lead)> {
    let mut found = Vec::new();
    let mut inline: Vec<(usize, String)> = Vec::new();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token.text {
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                inline.retain(|(outside, _)| *outside < depth);
            }
            "mod" if text_at(tokens, at + 2) == "{" => {
                inline.push((depth, text_at(tokens, at + 1).to_owned()))
            }
            "crate" | "self" | "super" => {
                let here = module.iter().chain(inline.iter().map(|(_, name)| name)).cloned().collect();
                at = follow(tokens, at, here, &mut found);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Follows one path, or one branch of a `use`, that starts at `at` in the module `here`; returns the place after it.
fn follow(
    tokens: &[Token<'_>],
    mut at: usize,
    mut here: Vec<String>,
    found: &mut Vec<(usize, Lead)>,
) -> usize {
    while let Some(token) = tokens.get(at) {
        match token.text {
            "crate" => here.clear(),
            "super" => {
                here.pop();
            }
            "self" => {}
            "{" => {
                let end = closing(tokens, at);
                at += 1;
                while at < end {
                    at = follow(tokens, at, here.clone(), found);
                    while at < end && text_at(tokens, at) != "," {
                        at = if text_at(tokens, at) == "{" { closing(tokens, at) + 1 } else { at + 1 };
                    }
                    at += 1;
                }
                return end + 1;
            }
            "*" if here.is_empty() => {
                found.push((token.line, Lead::Glob));
                return at + 1;
            }
            name => {
                if here.is_empty() && token.kind == Kind::Word {
                    found.push((token.line, Lead::Module(name.to_owned())));
                }
                return at;
            }
        }
        at += 1;
        if text_at(tokens, at) != "::" {
            if here.is_empty() && text_at(tokens, at) == "as" {
                found.push((token.line, Lead::Alias));
            }
            return at;
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use crate::structure::tests::findings;

    /// The findings about one file of the core with this text behind its opening line.
    fn of(file: &str, text: &str) -> Vec<String> {
        let path = format!("crates/doorward-core/src/{file}");
        findings(&[(&path, &format!("//! Broken.\n{text}\n"))])
            .iter()
            .map(|finding| finding.trim_start_matches("crates/doorward-core/src/").to_owned())
            .collect()
    }

    const NOTHING: [&str; 0] = [];

    #[test]
    fn a_use_upwards_is_found() {
        assert_eq!(
            of("wire/json.rs", "use crate::policy::Route;"),
            ["wire/json.rs:2: `wire` (layer 1) may not use `policy` (layer 4) above it"]
        );
        assert_eq!(
            of("reason.rs", "use crate::wire;"),
            ["reason.rs:2: `reason` (vocabulary) may not use `wire` (layer 1) above it"]
        );
        assert_eq!(
            of("store/mod.rs", "use crate::decide::decide;"),
            ["store/mod.rs:2: `store` (layer 3) may not use `decide` (layer 6) above it"]
        );
    }

    #[test]
    fn every_branch_of_a_use_is_followed() {
        assert_eq!(
            of("wire/json.rs", "use crate::{reason::{self, Reason}, key::{Key, Set},\n policy};").len(),
            2
        );
        assert_eq!(of("wire/json.rs", "use {core::fmt, crate::policy};").len(), 1);
        assert_eq!(of("wire/json.rs", "use super::{Fault, super::policy};").len(), 1);
        assert_eq!(of("wire/json.rs", "use super::super::{reason, policy::Route};").len(), 1);
    }

    #[test]
    fn inline_paths_and_supers_are_found() {
        assert_eq!(
            of("wire/json.rs", "fn f() -> crate::policy::Route { super::super::store::get() }").len(),
            2
        );
        assert_eq!(of("reason.rs", "fn f() { super::wire::g(); }").len(), 1);
        assert_eq!(
            of(
                "wire/json.rs",
                "mod inner { fn f() { super::super::policy(); super::super::super::policy::g() } }"
            )
            .len(),
            1
        );
        assert_eq!(of("wire/json.rs", "macro_rules! m { () => { $crate::policy::x() } }").len(), 1);
    }

    #[test]
    fn downwards_and_sideways_is_fine() {
        assert_eq!(
            of("jose/mod.rs", "use crate::{wire::json, reason, key};\nuse self::claims::Claims;"),
            NOTHING
        );
        assert_eq!(of("wire/json.rs", "pub(crate) fn f(self) -> Self { self.policy }"), NOTHING);
        assert_eq!(of("decide.rs", "use crate::policy; fn f() { crate::store::get() }"), NOTHING);
    }

    #[test]
    fn comments_strings_and_tests_may_speak_of_anything() {
        assert_eq!(
            of("wire/json.rs", "/// See [`crate::decide`].\nfn f() { g(\"crate::policy\") } // crate::store"),
            NOTHING
        );
        assert_eq!(
            of("wire/json.rs", "#[cfg(test)]\nmod tests { use crate::decide; use super::super::policy; }"),
            NOTHING
        );
    }

    #[test]
    fn test_only_files_may_use_anything() {
        let parent = ("crates/doorward-core/src/wire/mod.rs", "//! Bytes.\n#[cfg(test)]\nmod checks;\n");
        let child = ("crates/doorward-core/src/wire/checks.rs", "//! Checks.\nuse crate::policy;\n");
        assert_eq!(findings(&[parent, child]), NOTHING);
        assert_eq!(findings(&[child]).len(), 1);
    }

    #[test]
    fn detours_are_refused() {
        assert_eq!(
            of("wire/json.rs", "use crate::Policy;"),
            ["wire/json.rs:2: `crate::Policy` is no module of the core: name the module that owns it"]
        );
        assert_eq!(of("wire/json.rs", "use crate::*;").len(), 1);
        assert_eq!(of("reason.rs", "use super::*;").len(), 1);
        assert_eq!(of("wire/json.rs", "use crate as root;").len(), 1);
        assert_eq!(of("wire/json.rs", "use crate::{self as root};").len(), 1);
        assert_eq!(of("wire/json.rs", "use super::*;"), NOTHING);
    }

    #[test]
    fn a_folder_without_a_layer_is_refused() {
        assert_eq!(
            of("clock/mod.rs", ""),
            ["clock/mod.rs:1: folder `clock` has no layer: give it one in xtask's layers.rs"]
        );
    }
}
