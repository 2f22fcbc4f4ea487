//! What is revoked: single tokens, subjects, everything before a time, and keys; from the next decision on.

mod file;
mod key;
mod order;
mod route;
mod subject;
mod time;
mod token;

use crate::case::{Expect, File, Request, Step, get, refuse};
use crate::mint::Token;
use serde_json::{Value, json};

const PROVES: &str = "9.1/revoked reason/token_revoked";

pub(super) fn files() -> Vec<File> {
    let mut f = File::orders("revocation");
    token::cases(&mut f);
    subject::cases(&mut f);
    time::cases(&mut f);
    key::cases(&mut f);
    let mut files = vec![f];
    files.extend(order::files());
    files.extend(route::files());
    files.extend(file::files());
    files
}

fn one(token: &Token) -> Request {
    get("/any").bearer(token)
}

/// Revoked, and known whose it was.
fn revoked(who: (&'static str, &'static str)) -> Expect {
    refuse("token_revoked")
        .who(who)
        .and("may_resend", json!(false))
        .and("signal", json!("attack"))
        .and("context", json!(null))
}

/// Revoked with its key: whoever has that may have written it, so that it speaks of nobody.
fn revoked_key() -> Expect {
    refuse("token_revoked").nobody().and("may_resend", json!(false)).and("signal", json!("attack"))
}

fn corps(what: Value) -> Step {
    Step::revoked("corp", what)
}
