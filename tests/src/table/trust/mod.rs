//! Keys that are fetched: never there, fresh, too old, on their way, and replaced by others.

mod pending;
mod rotation;
mod stale;
mod unavailable;

use crate::case::{File, NOW, Request, Step, get};
use crate::mint::{Key, Token, corp, partner};
use serde_json::{Value, json};

pub(super) fn files() -> Vec<File> {
    let mut files = unavailable::files();
    files.extend(stale::files());
    files.extend(pending::files());
    files.extend(rotation::files());
    files
}

/// A token of `corp` that outlasts everything that happens to its issuer's keys.
fn lasting() -> Token {
    corp().claim("exp", json!(NOW + 90 * 86_400))
}

/// The same of `partner`.
fn lasting_partner() -> Token {
    partner().claim("exp", json!(NOW + 90 * 86_400))
}

/// A token of `corp` that names another key and is signed with it.
fn signed(key: &'static str, kid: &str) -> Token {
    lasting().signed_by(Key::Ed25519(key)).header("kid", json!(kid))
}

/// The key of `corp`, as it publishes it.
fn own() -> Value {
    Key::Ed25519("corp").named("ed-1", "Ed25519")
}

/// Another key of `corp`.
fn key(name: &'static str, kid: &str) -> Value {
    Key::Ed25519(name).named(kid, "Ed25519")
}

/// The key of `partner`, as it publishes it.
fn partners() -> Value {
    Key::P256("partner").named("shared", "ES256")
}

/// The keys of `corp` came at the usual time.
fn loaded() -> Step {
    Step::keys(0, "corp", &[own()])
}

/// A request with this token, so many seconds after the usual time.
fn at(later: i64, token: &Token) -> Request {
    get("/any").bearer(token).later(later)
}
