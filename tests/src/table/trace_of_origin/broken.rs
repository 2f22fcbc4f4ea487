//! Markers that are nobody's word: with each of them it is as if there were none.

use super::{PROVES, missing, stripped};
use crate::case::{File, conceal, get, send};
use crate::mint::{base64url, marker};
use serde_json::json;

pub(super) fn cases(f: &mut File) {
    let good = marker("/any");
    let text = good.text();
    let nothing = missing();
    let mut refused = |name: &str, value: &str| {
        f.case(name, "9.1/missing", get("/any").with("X-Doorward-Trace", value), &nothing);
    };
    refused("wrong-key", &good.clone().key("another test key, as long as that of the policy is").text());
    refused(
        "key-without-its-last-byte",
        &good.clone().key("a test key of trace markers that nobody else may ever us").text(),
    );
    refused("other-path", &marker("/v1/x").text());
    refused("other-path-longer", &marker("/any/").text());
    refused("other-path-shorter", &marker("/an").text());
    refused("other-path-unnormalised", &marker("/%61ny").text());
    refused("other-path-with-a-query", &marker("/any?x=1").text());
    refused("other-method", &good.clone().method("POST").text());
    refused("other-method-in-small-letters", &good.clone().method("get").text());
    refused("other-version", &good.clone().version(2).text());
    refused("version-0", &good.clone().version(0).text());

    // Causes that no gateway may give: no reason, no credential, another gateway, and what callers conclude.
    for number in [0, 1, 99, 101, 106, 999, 1000, 1001, 1012, 65_535] {
        refused(&format!("cause-{number}"), &good.clone().reason(number).text());
    }

    // Bytes that were changed, one in each part.
    for (name, at) in
        [("version", 0), ("reason", 2), ("time", 10), ("nonce", 26), ("mac", 27), ("mac-end", 58)]
    {
        let mut bytes = good.bytes();
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1;
        }
        refused(&format!("changed-{name}"), &base64url(&bytes));
    }
    let mut bytes = good.bytes();
    bytes.truncate(27);
    bytes.extend([0; 32]);
    refused("mac-of-nothing", &base64url(&bytes));
    bytes.truncate(27);
    refused("without-a-mac", &base64url(&bytes));

    // Text that is no marker.
    refused("empty", "");
    refused("garbage", "garbage");
    refused("one-character-less", text.get(..78).unwrap_or_default());
    refused("one-character-more", &format!("{text}A"));
    refused("one-padding", &format!("{text}="));
    refused("twice-in-a-line", &format!("{text}, {text}"));
    refused("in-quotes", &format!("\"{text}\""));
    refused("behind-a-scheme", &format!("Bearer {text}"));
    refused("loose-bits", &with_loose_bits(&text));
    refused(
        "with-a-space-inside",
        &format!("{} {}", text.get(..39).unwrap_or_default(), text.get(40..).unwrap_or_default()),
    );
    refused("with-a-plus", &format!("{}+", text.get(..78).unwrap_or_default()));
    refused("very-long", &"A".repeat(4000));

    // Several lines: whichever is true, none is believed.
    let two =
        |one: &str, other: &str| get("/any").with("X-Doorward-Trace", one).with("x-doorward-trace", other);
    f.case("two-lines", "9.1/missing", two(&text, &text), &nothing);
    f.case("two-lines-one-empty", "9.1/missing", two(&text, ""), &nothing);
    f.case("two-lines-the-first-wrong", "9.1/missing", two("garbage", &text), &nothing);
    let r = get("/any").with("X-Doorward-Traces", &text);
    f.case("field-of-another-name", "9.1/missing", r, &nothing);

    let hidden = conceal("credential_missing").and("context", json!(null));
    let r = get("/secret").traced(&marker("/any"));
    f.case("hidden-route-and-wrong", "H-404-01 T-05", r, &hidden);
    // A method and a path that together are those of another request.
    let r = send("GET", "/any").traced(&marker("ny").method("GET/a"));
    f.case("bytes-of-method-and-path-moved", "9.1/missing", r, &nothing);
    f.case("and-still-the-good-one", PROVES, get("/any").traced(&good), &stripped("token_expired"));
}

/// The same text with a last character in which only bits differ that no byte needs: `Q` and `R` are one.
fn with_loose_bits(text: &str) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (front, last) = text.split_at(text.len() - 1);
    let at = ALPHABET.find(last).unwrap_or_default();
    format!("{front}{}", ALPHABET.get(at + 1..at + 2).unwrap_or_default())
}
