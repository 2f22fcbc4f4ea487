//! Changes to a request's target: other spellings of the same path, and of others.

use super::pick::Pick;
use super::{put, text_of};
use serde_json::{Value, json};

/// What is put between two characters of a target.
const PIECES: &[&str] = &[
    "/./", "/../", "//", "/x/../", "%2e", "%2E%2e/", "%2F", "%5c", "\\", "%25", "%2561", "%00", "%", "%zz",
    ";a=b", "..;/", "?", "#", " ", "é", "%C3%A9", "%ff", "\t", "\u{0}", "\"", "|", "*", "&", "=", "+", "~",
    "%7E", "'", ":", "@", "[", "]",
];

/// What is put behind it.
const ENDS: &[&str] = &[
    "/",
    "/.",
    "/..",
    "?",
    "?a=b",
    "?access_token=",
    "?access_token",
    "?x=1&access_token=a.b.c",
    "?%61ccess_token=x",
    "?a=b&a=b",
    "?access_token=x&access_token=y",
    "#access_token=x",
    "/x",
    "?x=/../y",
    "?x=%2F",
];

/// What stands before the path of an absolute URL.
const ORIGINS: &[&str] = &[
    "",
    "https://api.example",
    "http://api.example",
    "HTTPS://API.EXAMPLE",
    "http://api.example:8080",
    "http://u:p@api.example",
    "https://[::1]:8443",
    "ftp://api.example",
    "https:",
    "https://",
    "//api.example",
];

/// Changes the target.
pub(super) fn change(pick: &mut Pick, case: &mut Value, other: &Value) {
    let url = text_of(case, "url").to_owned();
    let (origin, path) = origin_and_path(&url);
    let changed = match pick.below(7) {
        0 => {
            let (before, after) = pick.split(path);
            format!("{origin}{before}{}{after}", pick.word(PIECES))
        }
        1 => format!("{url}{}", pick.word(ENDS)),
        2 => format!("{}{path}", pick.word(ORIGINS)),
        3 => {
            let (before, after) = pick.split(path);
            let mut after = after.chars();
            let encoded: String =
                after.next().map(String::from).unwrap_or_default().bytes().map(encoded).collect();
            format!("{origin}{before}{encoded}{}", after.as_str())
        }
        4 => text_of(other, "url").to_owned(),
        5 => path.to_owned(),
        _ => format!("{origin}{}", pick.spoil(path, text_of(other, "url"))),
    };
    put(case, "url", json!(changed));
}

fn encoded(byte: u8) -> String {
    format!("%{byte:02X}")
}

/// An absolute URL as what stands before its path, and the rest.
fn origin_and_path(url: &str) -> (&str, &str) {
    let after = |at: usize| url.get(at..).and_then(|rest| rest.find('/')).map(|slash| at + slash);
    url.find("://").and_then(|at| after(at + 3)).and_then(|at| url.split_at_checked(at)).unwrap_or(("", url))
}
