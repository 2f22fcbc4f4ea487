//! The same credential once more: what is known of it makes the answer cheaper and never another one, and whatever may have
//! changed since is judged afresh.

mod answer;
mod forgery;
mod place;
mod route;
mod time;

use crate::case::{File, NOW, Request, get};
use crate::mint::{Token, corp};
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    let mut f = File::orders("repeat");
    answer::cases(&mut f);
    forgery::cases(&mut f);
    time::cases(&mut f);
    route::cases(&mut f);
    let mut files = place::files();
    files.push(f);
    files
}

/// A token that `/payments` lets in.
fn payer() -> Token {
    corp()
        .claim("acr", json!("urn:example:gold"))
        .claim("auth_time", json!(NOW - 10))
        .claim("scope", json!("payments:write"))
        .claim("roles", json!(["payer"]))
        .claim("department", json!("sales"))
}

fn any(token: &Token) -> Request {
    get("/any").bearer(token)
}

fn pay(token: &Token) -> Request {
    get("/payments").bearer(token)
}

/// The same three times, and once more.
fn again(request: &Request) -> Request {
    request.clone().after(request.clone().asked_times(3))
}
