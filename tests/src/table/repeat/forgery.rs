//! Who has seen a good credential is not deceived by one that looks like it.

use super::any;
use crate::case::{File, SVC_A, allow, get, refuse};
use crate::mint::{Key, corp};
use serde_json::json;

pub(super) fn cases(f: &mut File) {
    let forgeries = [
        ("signature", corp().scratched()),
        ("claims", corp().tampered()),
        ("subject", corp().claim("sub", json!("root")).signature(vec![0; 64])),
        ("header", corp().header("x", json!(1)).edit_signature(|_| vec![7; 64])),
        ("key", corp().signed_by(Key::Ed25519("b"))),
    ];
    for (case, forged) in &forgeries {
        let e = refuse("signature_invalid").nobody();
        let r = any(forged).after(any(&corp()).asked_times(2));
        f.case(&format!("known-and-another-{case}"), "9.1/bad-signature", r, &e);
        let r = any(&corp()).after(any(forged).asked_times(2));
        f.case(&format!("good-after-another-{case}"), "9.1/bad-signature", r, &allow(SVC_A));
    }
    let good = || format!("Bearer {}", corp().text());
    for (case, value, reason) in [
        ("another-scheme", good().replacen("Bearer", "DPoP", 1), "scheme_unsupported"),
        ("something-behind", format!("{}x", good()), "token_malformed"),
        ("a-part-more", format!("{}.e30", good()), "token_malformed"),
        ("padding", format!("{}=", good()), "token_malformed"),
        ("a-space-in-it", good().replacen('.', ". ", 1), "credential_malformed"),
    ] {
        let r = get("/any").auth(&value).after(any(&corp()).asked());
        f.case(&format!("known-and-{case}"), "", r, &refuse(reason).nobody());
    }
    let r = get("/any").auth(&good().replacen("Bearer ", "bEARER   ", 1)).after(any(&corp()).asked());
    f.case("known-in-another-spelling-of-the-scheme", "", r, &allow(SVC_A));
    let r = any(&corp()).bearer(&corp()).after(any(&corp()).asked());
    f.case("known-and-twice", "9.1/ambiguous", r, &refuse("credentials_ambiguous"));
}
