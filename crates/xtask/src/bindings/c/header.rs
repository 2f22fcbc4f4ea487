//! `doorward.h`, made from the Rust sources by cbindgen.

use std::fs;

use cbindgen::{Builder, Config, DocumentationStyle, Language, SortKey, Style};

use super::super::Derived;
use crate::project::Project;

pub(super) const PATH: &str = "bindings/c/include/doorward.h";
const SOURCES: &str = "bindings/c/src";

/// The sources in the order of the header; the constants come before them.
const FILES: [&str; 19] = [
    "version",
    "result",
    "text",
    "time",
    "error",
    "engine",
    "upkeep",
    "revocation",
    "status",
    "event",
    "scratch",
    "request",
    "decision",
    "trace",
    "diagnosis",
    "attempt",
    "caller_options",
    "prepared",
    "caller",
];
const LAST: &str = "names";

/// What the types are called in Rust and in C.
const TYPES: [(&str, &str); 29] = [
    ("Str", "doorward_str"),
    ("ResultCode", "doorward_result"),
    ("Time", "doorward_time"),
    ("Error", "doorward_error"),
    ("Fault", "doorward_fault"),
    ("Engine", "doorward_engine"),
    ("EngineFacts", "doorward_engine_facts"),
    ("Revocation", "doorward_revocation"),
    ("Text", "doorward_text"),
    ("Events", "doorward_events"),
    ("Event", "doorward_event"),
    ("Scratch", "doorward_scratch"),
    ("Field", "doorward_field"),
    ("Request", "doorward_request"),
    ("Principal", "doorward_principal"),
    ("Context", "doorward_context"),
    ("Decision", "doorward_decision"),
    ("TraceMarker", "doorward_marker"),
    ("Sent", "doorward_sent"),
    ("Response", "doorward_response"),
    ("Diagnosis", "doorward_diagnosis"),
    ("DiagnosisFacts", "doorward_diagnosis_facts"),
    ("Attempt", "doorward_attempt"),
    ("Caller", "doorward_caller"),
    ("CallerOptions", "doorward_caller_options"),
    ("Want", "doorward_want"),
    ("Prepared", "doorward_prepared"),
    ("Credential", "doorward_credential"),
    ("Next", "doorward_next"),
];

/// The longest line of a comment that is written in one.
const COLUMNS: usize = 120;

pub(super) fn derived(project: &Project, constants: &Derived) -> Result<Derived, String> {
    let sources = project.root().join(SOURCES);
    let read = |name: &str| {
        let path = sources.join(name);
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    // What is committed may be stale: the header is made from what the constants should be.
    let fresh = project.target().join("c/constants.rs");
    fs::create_dir_all(project.target().join("c"))
        .and_then(|()| fs::write(&fresh, &constants.content))
        .map_err(|error| format!("{}: {error}", fresh.display()))?;
    let mut builder =
        Builder::new().with_config(config(&read("header.h")?, read("inline.h")?)?).with_src(fresh);
    for file in FILES.iter().chain([&LAST]) {
        builder = builder.with_src(sources.join(format!("{file}.rs")));
    }
    let mut text = Vec::new();
    builder.generate().map_err(|error| format!("{PATH}: {error}"))?.write(&mut text);
    let text = String::from_utf8(text).map_err(|error| format!("{PATH}: {error}"))?;
    Ok(Derived { path: PATH.to_owned(), content: tidy(&text).into_bytes() })
}

/// `before` and `after` are the parts of the header that are C to begin with.
fn config(before: &str, after: String) -> Result<Config, String> {
    let mut config = Config {
        language: Language::C,
        cpp_compat: true,
        style: Style::Both,
        usize_is_size_t: true,
        no_includes: true,
        documentation_style: DocumentationStyle::Doxy,
        tab_width: 2,
        sort_by: SortKey::None,
        header: Some(versioned(before, env!("CARGO_PKG_VERSION"))?),
        trailer: Some(after),
        ..Config::default()
    };
    config.function.must_use = Some("DOORWARD_MUST_USE".to_owned());
    config.function.postfix = Some("DOORWARD_NOEXCEPT".to_owned());
    config.export.rename.extend(TYPES.map(|(rust, c)| (rust.to_owned(), c.to_owned())));
    Ok(config)
}

/// Puts the workspace's version in, which is this crate's, too.
fn versioned(text: &str, version: &str) -> Result<String, String> {
    let numbers: Vec<&str> = version.split('.').collect();
    let [major, minor, patch] = numbers.as_slice() else {
        return Err(format!("expected a version of three numbers, found {version}"));
    };
    let text = text.replace("@VERSION@", version).replace("@MAJOR@", major);
    Ok(text.replace("@MINOR@", minor).replace("@PATCH@", patch))
}

/// Brings what cbindgen wrote into the form in which one would write it: one line where a comment has one, names of types
/// without `struct`, which C++ does not need and C has typedefs for, and each function's attribute on a line of its own.
fn tidy(text: &str) -> String {
    let text = text
        .replace("\nDOORWARD_NOEXCEPT;", " DOORWARD_NOEXCEPT;")
        .replace("\nDOORWARD_MUST_USE ", "\nDOORWARD_MUST_USE\n")
        .replace("struct doorward_", "doorward_")
        .replace("typedef doorward_", "typedef struct doorward_");
    let lines: Vec<&str> = text.lines().collect();
    let mut tidy = String::with_capacity(text.len());
    let mut rest = lines.as_slice();
    while let [line, behind @ ..] = rest {
        let short = match rest {
            [open, words, close, ..] if open.trim() == "/**" && close.trim() == "*/" => {
                let line = open.replace("/**", &format!("/** {} */", words.trim().trim_start_matches("* ")));
                (line.chars().count() <= COLUMNS).then_some(line)
            }
            _ => None,
        };
        rest = match short {
            Some(short) => {
                tidy.push_str(&short);
                rest.get(3..).unwrap_or_default()
            }
            None => {
                tidy.push_str(line);
                behind
            }
        };
        tidy.push('\n');
    }
    tidy
}

/// The functions that the header declares, in its order: what the library exports and nothing else.
pub(super) fn functions(header: &str) -> Vec<&str> {
    let end = header.find("static inline").unwrap_or(header.len());
    let declarations = header.get(..end).unwrap_or_default();
    let mut names: Vec<&str> = declarations
        .lines()
        .filter(|line| !line.trim_start().starts_with(['*', '/', '#']))
        .filter_map(|line| line.split_once('('))
        .filter_map(|(before, _)| before.split([' ', '*']).next_back())
        .filter(|name| name.starts_with("doorward_"))
        .collect();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cbindgen_writes_is_tidied() {
        let written = "  /**\n   * Words.\n   */\n  struct doorward_str name;\nDOORWARD_MUST_USE size_t f(void)\nDOORWARD_NOEXCEPT;\ntypedef struct doorward_str {\n";
        assert_eq!(
            tidy(written),
            "  /** Words. */\n  doorward_str name;\nDOORWARD_MUST_USE\nsize_t f(void) DOORWARD_NOEXCEPT;\ntypedef struct doorward_str {\n"
        );
        let long = format!("/**\n * {}\n */\n", "w".repeat(COLUMNS));
        assert_eq!(tidy(&long), long);
    }

    #[test]
    fn functions_are_found_and_comments_are_not() {
        let header = "/**\n * Calls doorward_no(x).\n */\nuint32_t doorward_one(void) NO;\nconst char *doorward_two(int x,\n    int y);\nvoid (*pointer)(int);\nstatic inline int doorward_three(void) {}\n";
        assert_eq!(functions(header), ["doorward_one", "doorward_two"]);
    }

    #[test]
    fn the_version_is_put_in() {
        assert_eq!(versioned("@VERSION@ @MAJOR@-@MINOR@-@PATCH@", "1.20.3").unwrap(), "1.20.3 1-20-3");
        assert!(versioned("", "1.2").is_err());
    }
}
