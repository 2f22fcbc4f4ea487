//! Requirements: an id that is cited has a row on their page, and a row is cited.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Finding;
use crate::tree::{File, Tree};

/// The page with one row for each requirement.
const PAGE: &str = "tests/REQUIREMENTS.md";

/// What is read for ids.
pub(super) const ENDINGS: &[&str] =
    &["c", "cpp", "h", "hpp", "js", "json", "md", "mjs", "mts", "py", "pyi", "rs", "toml", "ts"];

/// The families whose ids have parts between hyphens, the last or the one before a number: `F-NAME-01`.
const LETTERS: &str = "BHJMPSTWX";

/// The families whose ids have a name in small letters behind a slash.
const TABLES: &[&str] = &["9.1", "9.3", "reason"];

/// How a case says what it proves: all that follows on the line are ids, or else misspelt.
const PROVES: &str = "\"proves\": [";

/// How many requirements have a row, and what is wrong with the citations.
pub(super) fn check(tree: &Tree) -> (usize, Vec<Finding>) {
    let mut rows = BTreeMap::new();
    let mut findings = Vec::new();
    for (line, number) in tree.files.iter().filter(|file| file.path == PAGE).flat_map(lines) {
        let Some(id) = row(line) else { continue };
        if rows.insert(id, number).is_some() {
            findings.push(Finding::new(PAGE, number, format!("`{id}` has two rows")));
        }
    }
    let mut cited = BTreeSet::new();
    for file in tree.files.iter().filter(|file| file.path != PAGE) {
        let mut unknown = BTreeSet::new();
        for (id, number) in lines(file).flat_map(|(line, number)| ids(line).map(move |id| (id, number))) {
            cited.insert(id);
            if !rows.contains_key(id) && unknown.insert(id) {
                let message = format!("`{id}` is cited, and has no row in {PAGE}");
                findings.push(Finding::new(&file.path, number, message));
            }
        }
    }
    let idle = rows.iter().filter(|(id, _)| !cited.contains(*id));
    findings.extend(idle.map(|(id, number)| Finding::new(PAGE, *number, format!("nothing cites `{id}`"))));
    (rows.len(), findings)
}

fn lines(file: &File) -> impl Iterator<Item = (&str, usize)> {
    file.text.lines().zip(1_usize..)
}

/// The id at the head of a row.
fn row(line: &str) -> Option<&str> {
    let (head, _) = line.strip_prefix("| ")?.split_once(" |")?;
    is_id(head).then_some(head)
}

/// The ids of a line, in their order.
fn ids(line: &str) -> impl Iterator<Item = &str> {
    let proofs = line.trim_start().strip_prefix(PROVES);
    proofs.unwrap_or(line).split(is_foreign).map(|word| word.trim_end_matches(['.', '/'])).filter(
        move |word| match proofs {
            Some(_) => !word.is_empty(),
            None => is_id(word),
        },
    )
}

/// Whether the sign belongs to no id.
fn is_foreign(sign: char) -> bool {
    !(sign.is_alphanumeric() || matches!(sign, '-' | '_' | '.' | '/'))
}

fn is_id(word: &str) -> bool {
    if let Some((table, name)) = word.split_once('/') {
        let fits = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || "-_".contains(sign);
        return TABLES.contains(&table) && !name.is_empty() && name.chars().all(fits);
    }
    let mut parts = word.split('-');
    let is_family = parts.next().is_some_and(|letter| letter.len() == 1 && LETTERS.contains(letter));
    let (first, second, more) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let fits = match second {
        None => is_number(first) && first.len() == 2,
        Some(second) => is_name(first) && is_name(second) && (is_number(first) || is_number(second)),
    };
    is_family && fits && more.is_none()
}

fn is_name(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn is_number(part: &str) -> bool {
    part.len() > 1 && part.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ids in these tests are veiled, lest the check finds them in its own source.
    fn unveiled(text: &str) -> String {
        text.replace('%', "H").replace('@', "9.1/")
    }

    fn said(files: &[(&str, &str)]) -> Vec<String> {
        let file = |(path, text): &(&str, &str)| File { path: (*path).to_owned(), text: unveiled(text) };
        let tree = Tree { top: Vec::new(), files: files.iter().map(file).collect() };
        check(&tree).1.iter().map(ToString::to_string).collect()
    }

    const ROWS: &str =
        "# Page\n\n| id | requirement |\n|---|---|\n| %-VIA-02 | Order. |\n| @expired | 401. |\n";

    #[test]
    fn what_is_cited_has_a_row_and_what_has_a_row_is_cited() {
        let sound = [
            (PAGE, ROWS),
            ("crates/a/src/b.rs", "/// %-VIA-02: words, [RFC 9110].\n"),
            ("tests/cases/c.json", "{\n  \"proves\": [\"@expired\",\"%-VIA-02\"],\n}\n"),
        ];
        assert_eq!(said(&sound), Vec::<String>::new());
    }

    #[test]
    fn an_id_without_a_row_is_found_once_in_each_file() {
        let files = [
            (PAGE, ROWS),
            ("bindings/node/x.mjs", "// %-VIA-02 and @expired\n// (%-VIA-03)\n// %-VIA-03\n"),
            ("tests/src/y.rs", "f(\"@issued\");\n"),
        ];
        assert_eq!(
            said(&files),
            [
                unveiled(
                    "bindings/node/x.mjs:2: `%-VIA-03` is cited, and has no row in tests/REQUIREMENTS.md"
                ),
                unveiled("tests/src/y.rs:1: `@issued` is cited, and has no row in tests/REQUIREMENTS.md"),
            ]
        );
    }

    #[test]
    fn rows_that_nothing_cites_and_second_rows_are_found() {
        let files = [(PAGE, &*format!("{ROWS}| %-VIA-02 | Again. |\n")), ("a.rs", "// %-VIA-02\n")];
        assert_eq!(
            said(&files),
            [
                unveiled("tests/REQUIREMENTS.md:7: `%-VIA-02` has two rows"),
                unveiled("tests/REQUIREMENTS.md:6: nothing cites `@expired`"),
            ]
        );
    }

    #[test]
    fn whatever_a_case_proves_is_taken_for_an_id() {
        let files =
            [(PAGE, "| %-VIA-02 | Order. |\n"), ("c.json", "\"proves\": [\"%-VIA-02\",\"%-VIA-2\"],\n")];
        assert_eq!(
            said(&files),
            [unveiled("c.json:1: `%-VIA-2` is cited, and has no row in tests/REQUIREMENTS.md")]
        );
    }

    #[test]
    fn ids_are_told_from_other_words() {
        for id in ["%-VIA-02", "%-4XX-01", "@weak-alg"].map(unveiled) {
            assert!(is_id(&id), "{id}");
            assert_eq!(ids(&format!("(`{id}`), \"{id}\"; {id}. {id}: x")).count(), 4, "{id}");
        }
        for veiled in ["*-401-WORD", "*-9068-01", "*-21-01", "*-14", "*-V4-05", "*-X-03"] {
            assert!(is_id(&veiled.replace('*', "B")), "{veiled}");
        }
        assert!(is_id(&["reason", "token_expired"].join("/")));
        for word in
            ["P-256", "UTF-8", "X-WWW-FORM", "H-VIA", "T-1", "AA-04", "9.1/", "src/reason/tests", "H-", ""]
        {
            assert!(!is_id(word), "{word:?}");
        }
    }
}
