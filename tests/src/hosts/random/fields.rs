//! Changes to a request's field lines and its content: more lines, fewer, joined ones, and the credential elsewhere.

use super::pick::Pick;
use super::{put, text_of};
use serde_json::{Value, json};

/// Values of `Authorization` that are no token.
const VALUES: &[&str] = &[
    "",
    " ",
    "Bearer",
    "Bearer ",
    "bearer",
    "Bearer  ",
    "Bearer\t",
    "Bearer a.b.c",
    "Bearer null",
    "Bearer a,b",
    "Basic dXNlcjpwYXNz",
    "Basic",
    "DPoP a.b.c",
    "Digest username=\"x\", realm=\"y\"",
    "AWS4-HMAC-SHA256 Credential=x/y",
    "Negotiate YII=",
    "a.b.c",
    "Bearer \"a.b.c\"",
    "Bearer é",
    "Bearer \u{7f}",
    "Bearer a\u{0}b",
    "Bearer a\r\nX: y",
    "Bearer a\nb",
    ",",
    ", Bearer a.b.c",
    "Bearer,",
    "Bearer a.b.c,",
    "=",
    "\u{1}",
];

/// What stands between two joined values.
const JOINTS: &[&str] = &[", ", ",", " , ", ",,", ", ,", "\t,\t", "; ", " "];

/// Lines that a decision may look at, and some that it must not.
const LINES: &[(&str, &str)] = &[
    ("Content-Type", "application/x-www-form-urlencoded"),
    ("content-type", "Application/X-WWW-Form-URLEncoded; charset=utf-8"),
    ("Content-Type", "application/json"),
    ("Content-Type", ""),
    ("Access-Control-Request-Method", "GET"),
    ("access-control-request-method", "PUT"),
    ("Access-Control-Request-Method", ""),
    ("Origin", "https://app.example"),
    ("X-Authorization", "Bearer a.b.c"),
    ("Proxy-Authorization", "Basic dXNlcjpwYXNz"),
    ("Cookie", "access_token=a.b.c"),
    ("X-Doorward-Subject", "root"),
    ("x-doorward-issuer", "https://idp.example"),
    ("X_Doorward_Subject", "root"),
    ("X-Forwarded-Method", "GET"),
    ("X-Original-URL", "/open"),
    ("Accept", "*/*"),
];

/// Spellings of the field's name.
const NAMES: &[&str] = &[
    "Authorization",
    "authorization",
    "AUTHORIZATION",
    "aUTHORIZATION",
    "Authorization ",
    "Authorizatio",
    "Proxy-Authorization",
];

type Lines = Vec<(String, String)>;

/// Changes the field lines or the content.
pub(super) fn change(pick: &mut Pick, case: &mut Value, other: &Value) {
    let mut lines = lines_of(case);
    let at = lines.iter().position(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let value = at.and_then(|at| lines.get(at)).map(|(_, value)| value.clone()).unwrap_or_default();
    match pick.below(11) {
        0 => lines.push(("Authorization".to_owned(), value)),
        1 => {
            for _ in 0..=pick.below(2) {
                lines.push((pick.word(NAMES).to_owned(), pick.word(VALUES).to_owned()));
            }
        }
        2 => {
            let mut joined = [value, pick.word(VALUES).to_owned()];
            if pick.chance(50) {
                joined.reverse();
            }
            replace(&mut lines, at, &joined.join(pick.word(JOINTS)));
        }
        3 => replace(&mut lines, at, pick.word(VALUES)),
        4 => {
            let changed = pick.spoil(&value, "Bearer, DPoP \t");
            replace(&mut lines, at, &changed);
        }
        5 => {
            let (name, value) = pick.one(LINES).copied().unwrap_or_default();
            lines.insert(pick.below(lines.len() + 1), (name.to_owned(), value.to_owned()));
        }
        6 => lines.extend(lines_of(other)),
        7 => in_the_query(pick, case, &mut lines, &value),
        8 => in_the_form(pick, case, &mut lines, &value),
        9 => {
            if let Some((name, _)) = at.and_then(|at| lines.get_mut(at)) {
                *name = pick.word(NAMES).to_owned();
            }
        }
        _ => {
            let padded = format!(
                "{}{value}{}",
                pick.word(&["", " ", "\t", "  "]),
                pick.word(&["", " ", "\t", " \t "])
            );
            replace(&mut lines, at, &padded);
        }
    }
    let lines: Vec<Value> = lines.into_iter().map(|(name, value)| json!([name, value])).collect();
    put(case, "headers", json!(lines));
}

fn lines_of(case: &Value) -> Lines {
    let lines = case.pointer("/request/headers").and_then(Value::as_array).into_iter().flatten();
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    lines.map(|pair| (text(pair.get(0)), text(pair.get(1)))).collect()
}

fn replace(lines: &mut Lines, at: Option<usize>, value: &str) {
    match at.and_then(|at| lines.get_mut(at)) {
        Some((_, old)) => *old = value.to_owned(),
        None => lines.push(("Authorization".to_owned(), value.to_owned())),
    }
}

/// Takes the token out of the field, mostly.
fn moved(pick: &mut Pick, lines: &mut Lines, value: &str) -> String {
    if pick.chance(70) {
        lines.retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
    }
    let name = pick.word(&["access_token", "access_token", "access_token", "Access_Token", "access%5ftoken"]);
    format!("{name}={}", value.rsplit(' ').next().unwrap_or_default())
}

fn in_the_query(pick: &mut Pick, case: &mut Value, lines: &mut Lines, value: &str) {
    let url = text_of(case, "url").to_owned();
    let joint = if url.contains('?') { '&' } else { '?' };
    let parameter = moved(pick, lines, value);
    put(case, "url", json!(format!("{url}{joint}{parameter}")));
}

fn in_the_form(pick: &mut Pick, case: &mut Value, lines: &mut Lines, value: &str) {
    let parameter = moved(pick, lines, value);
    let more = pick.word(&["", "&a=b", "&access_token=x", "&", "&%", "&a"]);
    put(case, "body", json!(format!("{parameter}{more}")));
    if pick.chance(80) {
        lines.push(("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
    }
    if pick.chance(80) {
        put(case, "method", json!("POST"));
    }
}
