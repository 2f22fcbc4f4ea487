//! JSONTestSuite: what RFC 8259 allows is accepted, what it does not allow is refused, and nothing overflows the stack.
#![expect(clippy::expect_used, reason = "a test's panic is its verdict")]

use doorward_core::wire::Scratch;
use doorward_core::wire::json::{Member, scan_value};
use doorward_tests::suites::exceptions::Score;
use doorward_tests::suites::vectors;

/// The stack on which the suite runs: far below what a thread gets, and two files nest 100,000 levels deep.
const STACK: usize = 256 * 1024;

fn verdict(text: &[u8]) -> &'static str {
    let mut members = [Member::default(); Scratch::MEMBERS];
    if scan_value(text, &mut members).is_ok() { "accepted" } else { "refused" }
}

/// The suite's files as `(name, content)`.
fn files(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let content = |(name, path): (String, std::path::PathBuf)| {
        (name, std::fs::read(path).expect("a file of the suite can be read"))
    };
    vectors::files(&folder.join("test_parsing")).into_iter().map(content).collect()
}

#[test]
fn what_the_grammar_decides_is_decided_so() {
    let Some(folder) = vectors::folder("json") else { return };
    let files = files(&folder);
    let judged = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        let mut score = Score::new("json");
        let mut free = Vec::new();
        for (name, text) in &files {
            match name.as_bytes() {
                [b'y', b'_', ..] => score.case(name, "accepted", verdict(text)),
                [b'n', b'_', ..] => score.case(name, "refused", verdict(text)),
                _ => free.push((name.clone(), verdict(text))),
            }
        }
        (score.finish(), free)
    });
    let (score, free) = judged.expect("a thread starts").join().expect("no panic and no overflow");
    assert_eq!(score, (188 + 95 - 2, 2), "188 must be refused, 95 accepted but for two duplicates");
    assert_eq!(free.len(), 35);
    let accepted = free.iter().filter(|(_, verdict)| *verdict == "accepted").count();
    vectors::say(&format!("json: of {} left open {accepted} are accepted", free.len()));
    // What the suite leaves open is not left open here. Numbers of any size are kept as text; all else that has no one
    // meaning (bytes that are not UTF-8, lone surrogates, a byte order mark, 500 levels) is refused.
    for (name, verdict) in &free {
        let expected = if name.starts_with("i_number_") { "accepted" } else { "refused" };
        assert_eq!(*verdict, expected, "{name}");
    }
}
