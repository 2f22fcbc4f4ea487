//! The table of products keeps its own rules.

use super::*;

#[test]
fn every_row_says_something_and_none_is_there_twice() {
    let rows: std::vec::Vec<_> = rows().collect();
    for (at, row) in rows.iter().enumerate() {
        let anything = matches!(row.place, Place::Field(_));
        assert!(!row.text.is_empty() || anything, "{row:?}");
        assert!(!row.product.is_empty() || row.reason.is_some(), "{row:?}");
        let same = |other: &&Row| {
            other.place == row.place
                && other.text == row.text
                && other.when == row.when
                && other.statuses == row.statuses
                && other.reason.is_some() == row.reason.is_some()
                && other.product.is_empty() == row.product.is_empty()
        };
        assert!(!rows.iter().skip(at + 1).any(same), "{row:?}");
    }
}

/// A text that contains an earlier row's text would never be found.
#[test]
fn no_row_hides_a_later_one() {
    let texts: std::vec::Vec<_> =
        rows().filter(|row| row.place == Place::Text && row.statuses.is_empty()).collect();
    for (at, row) in texts.iter().enumerate() {
        for later in texts.iter().skip(at + 1) {
            let hidden = row.stands_in(later.text.as_bytes());
            assert!(!hidden || later.reason == row.reason, "{} hides {}", row.text, later.text);
        }
    }
}

#[test]
fn texts_are_found_anywhere_and_in_any_case() {
    assert!(contains(b"a JWT Expired b", b"jwt expired"));
    assert!(contains(b"jwt expired", b"jwt expired"));
    assert!(!contains(b"jwt expire", b"jwt expired"));
    assert!(!contains(b"", b"x"));
}
