//! Tokens that are taken once: the second use is refused wherever it comes from, and where uses cannot be remembered any more
//! nobody is blamed for it.

use super::{corp_issuer, partner_issuer, policy, with};
use crate::case::{Expect, File, NOW, ROBOT, Request, SVC_A, Step, allow, conceal, get, refuse, send};
use crate::mint::{Key, Token, corp, partner};
use serde_json::{Value, json};

const PROVES: &str = "J-JTI-01 9.1/replayed reason/token_replayed";
const FULL: &str = "9.1/trust reason/replay_store_full";

pub(super) fn files() -> Vec<File> {
    let mut used = File::new("single_use", table(json!({"replay": 1000}), 2));
    again(&mut used);
    unused(&mut used);
    order(&mut used);
    let mut off = File::new("single_use/store_off", table(json!({"off": true, "replay": 1000}), 2));
    let use_it = || get("/any").bearer(&corp());
    off.case("store-off-and-first", "J-JTI-01", use_it().alone(), &allow(SVC_A));
    off.case("store-off-and-second", PROVES, use_it().after(use_it().asked()), &replayed());
    off.case("store-off-and-third", PROVES, use_it().after(use_it().asked_times(2)), &replayed());
    let mut full = File::new("single_use/full", table(json!({"replay": 1}), 1));
    filled(&mut full);
    let mut share = File::new("single_use/share", table(json!({"replay": 1}), 2));
    shared(&mut share);
    vec![used, off, full, share]
}

/// Issuers whose tokens are taken once, and `often`, whose tokens are not.
fn table(store: Value, issuers: usize) -> Value {
    let once = json!({"single_use": true, "token_in": ["header", "query", "form"]});
    let mut all = json!({"corp": corp_issuer(once.clone())});
    if issuers > 1 {
        let often = corp_issuer(json!({"issuer": "https://often.example"}));
        all = with(all, json!({"partner": partner_issuer(once), "often": often}));
    }
    let names: Vec<&String> = all.as_object().into_iter().flat_map(|all| all.keys()).collect();
    let routes = json!([
        {"path": "/any", "accept": names},
        {"path": "/others", "accept": names},
        {"path": "/corp-only", "accept": "corp"},
        {"path": "/orders", "accept": names, "scopes": ["orders:read"]},
        {"path": "/roles", "accept": names, "roles": ["clerk"]},
        {"path": "/gold", "accept": names, "acr": ["gold"]},
        {"path": "/secret", "accept": names, "hidden": true},
        {"path": "/open", "accept": "anyone"},
    ]);
    with(policy(all.clone(), routes), json!({"store": store}))
}

fn replayed() -> Expect {
    refuse("token_replayed")
        .who(SVC_A)
        .and("may_resend", json!(false))
        .and("signal", json!("attack"))
        .and("context", json!(null))
}

fn one(token: &Token) -> Request {
    get("/any").bearer(token)
}

/// A token of `corp` with this name.
fn named(jti: &str) -> Token {
    corp().claim("jti", json!(jti))
}

/// Used, and presented once more.
fn again(f: &mut File) {
    let used = || one(&corp()).asked();
    f.case("first", "J-JTI-01", one(&corp()).alone(), &allow(SVC_A));
    f.case("second", PROVES, one(&corp()).after(used()), &replayed());
    f.case("third", PROVES, one(&corp()).after(one(&corp()).asked_times(2)), &replayed());
    f.case("hundredth", PROVES, one(&corp()).after(one(&corp()).asked_times(99)), &replayed());
    f.case("second-at-its-last-second", PROVES, one(&corp()).later(629).after(used()), &replayed());
    f.case(
        "second-when-expired",
        "9.1/expired",
        one(&corp()).later(630).after(used()),
        &refuse("token_expired"),
    );
    let r = get("/others").bearer(&corp()).after(used());
    f.case("second-elsewhere", PROVES, r, &replayed());
    let r = send("POST", "/any").bearer(&corp()).after(used());
    f.case("second-with-another-method", PROVES, r, &replayed());
    let query = || get(&format!("/any?access_token={}", corp().text()));
    let form = || send("POST", "/any").form(&format!("access_token={}", corp().text()));
    let private = allow(SVC_A).headers(&[("Cache-Control", "private")]);
    f.case("first-in-the-query", "J-JTI-01 B-SEND-02", query().alone(), &private);
    f.case("second-in-the-query", PROVES, query().after(used()), &replayed());
    f.case("second-after-the-query", PROVES, one(&corp()).after(query().asked()), &replayed());
    f.case("second-in-a-form", PROVES, form().after(query().asked()), &replayed());
    f.case("second-after-a-form", PROVES, one(&corp()).after(form().asked()), &replayed());
    // It is the name that is used up.
    let newer = corp().claim("iat", json!(NOW)).claim("exp", json!(NOW + 900));
    f.case("another-token-of-that-name", PROVES, one(&newer).after(used()), &replayed());
    f.case(
        "another-token-of-that-name-and-known",
        PROVES,
        one(&newer).after(used()).after(one(&newer).asked()),
        &replayed(),
    );
    let escaped = corp().claim_text("jti", r#""\u0074-1""#);
    f.case("another-spelling-of-that-name", PROVES, one(&escaped).after(used()), &replayed());
    let bob = corp().claim("sub", json!("svc-b"));
    let e = replayed().who((SVC_A.0, "svc-b"));
    f.case("another-subjects-token-of-that-name", PROVES, one(&bob).after(used()), &e);
    for (case, jti) in [("in-capitals", "T-1"), ("longer", "t-11"), ("empty", "")] {
        let r = one(&named(jti)).after(used());
        f.case(&format!("another-name-{case}"), "J-JTI-01", r, &allow(SVC_A));
    }
    f.case("an-empty-name-twice", PROVES, one(&named("")).after(one(&named("")).asked()), &replayed());
    // What expires later counts until then, also where the first one of its name is over.
    let long = corp().claim("exp", json!(NOW + 5000));
    f.case("second-of-a-long-one", PROVES, one(&long).later(4000).after(one(&long).asked()), &replayed());
    let half = || one(&corp().claim_text("exp", &format!("{}.5", NOW + 100)));
    let r = half().later(130).after(half().asked());
    f.case("second-in-its-last-half-second", "J-TIME-02 J-JTI-01 9.1/replayed", r, &replayed());
    let end = || one(&corp().claim("exp", json!(253_402_300_799_i64)));
    f.case(
        "second-of-one-without-an-end",
        PROVES,
        end().later(1_000_000_000).after(end().asked()),
        &replayed(),
    );
    let newer = corp().claim("exp", json!(NOW + 5000));
    f.case(
        "another-token-when-the-first-is-over-in-most-policies",
        PROVES,
        one(&newer).later(899).after(used()),
        &replayed(),
    );
    f.case(
        "another-token-when-the-first-is-over",
        "J-JTI-01",
        one(&newer).later(900).after(used()),
        &allow(SVC_A),
    );
    // Names are their issuer's.
    let robot = || partner().claim("jti", json!("t-1"));
    f.case("another-issuers-token-of-that-name", "J-JTI-01", one(&robot()).after(used()), &allow(ROBOT));
    let e = replayed().who(ROBOT);
    f.case("another-issuers-token-twice", PROVES, one(&robot()).after(one(&robot()).asked()), &e);
    let often = || corp().claim("iss", json!("https://often.example"));
    let often_a = ("https://often.example", "svc-a");
    f.case(
        "where-they-are-taken-often",
        "J-JTI-01",
        one(&often()).after(one(&often()).asked_times(3)),
        &allow(often_a),
    );
    f.case(
        "where-they-are-taken-often-beside",
        "J-JTI-01",
        one(&corp()).after(one(&often()).asked()),
        &allow(SVC_A),
    );
    // A clock that goes back does not make it new.
    f.case("second-and-the-clock-went-back", PROVES, one(&corp()).later(-30).after(used()), &replayed());
    let dropped = one(&named("t-2").claim("exp", json!(NOW + 9000))).later(5000).asked();
    let r = one(&corp()).after(used()).after(dropped);
    f.case("second-and-the-clock-went-far-back", FULL, r, &full());
}

/// What is refused for another reason is not used up.
fn unused(f: &mut File) {
    let refused: [(&str, Request); 9] = [
        ("scope", get("/orders").bearer(&corp())),
        ("role", get("/roles").bearer(&corp())),
        ("step-up", get("/gold").bearer(&corp())),
        ("no-route", send("PUT", "/nowhere").bearer(&corp())),
        ("time", one(&corp()).later(-100)),
        ("another-credential-beside", one(&corp()).bearer(&corp())),
        ("another-scheme", get("/any").auth(&format!("DPoP {}", corp().text()))),
        ("forgery", one(&corp().scratched())),
        ("open-route", get("/open").bearer(&corp())),
    ];
    for (case, request) in refused {
        let r = one(&corp()).after(request.asked_times(2));
        f.case(&format!("not-used-up-by-{case}"), "J-JTI-01", r, &allow(SVC_A));
    }
    let theirs = || partner().claim("jti", json!("t-1"));
    let r = one(&theirs()).after(get("/corp-only").bearer(&theirs()).asked());
    f.case("not-used-up-by-a-refused-issuer", "J-JTI-01", r, &allow(ROBOT));
    let aud = corp().claim("aud", json!("https://other.example"));
    f.case(
        "not-used-up-by-another-audience",
        "J-JTI-01",
        one(&corp()).after(one(&aud).asked()),
        &allow(SVC_A),
    );
    let bound = corp().claim("cnf", json!({"jkt": "x"}));
    f.case(
        "not-used-up-by-a-missing-proof",
        "J-JTI-01",
        one(&corp()).after(one(&bound).asked()),
        &allow(SVC_A),
    );
}

/// It is judged last of what the token says, and before what the route asks.
fn order(f: &mut File) {
    let used = || one(&corp()).asked();
    let e = replayed();
    f.case("before-scopes", PROVES, get("/orders").bearer(&corp()).after(used()), &e);
    f.case("before-roles", PROVES, get("/roles").bearer(&corp()).after(used()), &e);
    f.case("before-step-up", PROVES, get("/gold").bearer(&corp()).after(used()), &e);
    let theirs = partner().claim("jti", json!("t-1"));
    let r = get("/corp-only").bearer(&theirs).after(one(&theirs).asked());
    f.case("before-the-issuer-is-refused", PROVES, r, &replayed().who(ROBOT));
    let bound = corp().claim("cnf", json!({"jkt": "x"}));
    f.case("before-a-proof", PROVES, one(&bound).after(used()), &e);
    let revoked = || Step::revoked("corp", json!({"jti": "t-1"}));
    let gone = refuse("token_revoked").who(SVC_A);
    f.case("after-revocation", "9.1/revoked", one(&corp()).after(used()).after(revoked()), &gone);
    f.case("revoked-and-not-used", "9.1/revoked", one(&corp()).after(revoked()).after(used()), &gone);
    let aud = corp().claim("aud", json!("https://other.example"));
    f.case("after-the-audience", "9.1/wrong-audience", one(&aud).after(used()), &refuse("audience_mismatch"));
    f.case(
        "after-the-signature",
        "9.1/bad-signature",
        one(&corp().scratched()).after(used()),
        &refuse("signature_invalid"),
    );
    f.case(
        "hidden",
        "T-05 9.1/replayed",
        get("/secret").bearer(&corp()).after(used()),
        &conceal("token_replayed"),
    );
    f.case("hidden-and-first", "J-JTI-01", get("/secret").bearer(&corp()).alone(), &allow(SVC_A));
    f.case("open-and-used", "J-JTI-01", get("/open").bearer(&corp()).after(used()), &crate::case::open());
    // The name is a claim that such a token must have.
    let nameless = || one(&partner());
    let missing = refuse("claim_missing").and("context", json!({"claim": "jti"}));
    f.case("without-a-name", "J-JTI-01 9.1/missing-claim reason/claim_missing", nameless().alone(), &missing);
    f.case(
        "without-a-name-again",
        "J-JTI-01 reason/claim_missing",
        nameless().after(nameless().asked()),
        &missing,
    );
    let r = nameless().after(Step::revoked("partner", json!({"subject": "robot-7"})));
    f.case("without-a-name-and-revoked", "J-JTI-01 reason/claim_missing", r, &missing);
    let malformed = refuse("claim_malformed").and("context", json!({"claim": "jti"}));
    for (case, text) in [("number", "1"), ("array", "[\"t-1\"]"), ("null", "null")] {
        let r = one(&partner().claim_text("jti", text)).alone();
        f.case(&format!("name-{case}"), "J-JTI-01 reason/claim_malformed", r, &malformed);
    }
    let r = one(&corp().signed_by(Key::Ed25519("b"))).after(used());
    f.case("name-of-a-strangers", "9.1/bad-signature", r, &refuse("signature_invalid").nobody());
}

fn full() -> Expect {
    refuse("replay_store_full").wait(10).and("context", json!(null)).and("signal", json!("fault"))
}

/// So many tokens of `corp` were used. A store has room for sixteen, however few are asked for.
fn some(count: usize) -> Vec<Step> {
    (0..count).map(|n| one(&named(&format!("n-{n}"))).asked()).collect()
}

/// One issuer may fill the whole store.
fn filled(f: &mut File) {
    f.case("room-for-one-more", "J-JTI-01", one(&corp()).after_all(some(15)), &allow(SVC_A));
    f.case("full", FULL, one(&corp()).after_all(some(16)), &full().who(SVC_A));
    let r = one(&corp()).after_all(some(16)).after(one(&corp()).asked_times(3));
    f.case("full-and-asked-again", FULL, r, &full());
    f.case("full-and-used", PROVES, one(&named("n-0")).after_all(some(16)), &replayed());
    f.case("full-and-the-last-used", PROVES, one(&named("n-15")).after_all(some(16)), &replayed());
    let r = get("/orders").bearer(&corp()).after_all(some(16));
    f.case(
        "full-and-without-scope",
        "9.1/scope",
        r,
        &refuse("scope_insufficient").scope("orders:read").who(SVC_A),
    );
    let r = one(&corp().scratched()).after_all(some(16));
    f.case("full-and-forged", "9.1/bad-signature", r, &refuse("signature_invalid"));
    let r = one(&corp().claim("exp", json!(NOW - 100))).after_all(some(16));
    f.case("full-and-expired", "9.1/expired", r, &refuse("token_expired"));
    let r = get("/secret").bearer(&corp()).after_all(some(16));
    f.case("full-and-hidden", "T-05 9.1/trust", r, &conceal("replay_store_full"));
    // A use is remembered until no policy would take its token any more, which is five minutes after its end.
    let new = corp().claim("exp", json!(NOW + 5000));
    f.case("full-to-the-last-second", FULL, one(&new).later(899).after_all(some(16)), &full());
    f.case("room-when-others-are-over", "J-JTI-01", one(&new).later(900).after_all(some(16)), &allow(SVC_A));
    let r = one(&new).later(900).after_all(some(16)).after(one(&new).later(600).asked());
    f.case("room-for-whom-there-was-none", "J-JTI-01", r, &allow(SVC_A));
    let refused = (0..20).map(|n| get("/orders").bearer(&named(&format!("n-{n}"))).asked());
    f.case("refused-ones-take-no-room", "J-JTI-01", one(&corp()).after_all(refused), &allow(SVC_A));
    let forged = (0..20).map(|n| one(&named(&format!("n-{n}")).scratched()).asked());
    f.case("forged-ones-take-no-room", "J-JTI-01", one(&corp()).after_all(forged), &allow(SVC_A));
}

/// With several issuers none takes more than half.
fn shared(f: &mut File) {
    let robot = || one(&partner().claim("jti", json!("t-1")));
    f.case("share-with-room", "J-JTI-01", one(&corp()).after_all(some(7)), &allow(SVC_A));
    f.case("share-is-full", FULL, one(&corp()).after_all(some(8)), &full().who(SVC_A));
    f.case("share-is-full-for-one", "J-JTI-01", robot().after_all(some(20)), &allow(ROBOT));
    let often = one(&corp().claim("iss", json!("https://often.example")));
    f.case(
        "share-is-full-for-nobody-else",
        "J-JTI-01",
        often.after_all(some(20)),
        &allow(("https://often.example", "svc-a")),
    );
    let r = robot().after_all(some(8)).after(robot().asked());
    f.case("share-of-another-and-used", PROVES, r, &replayed().who(ROBOT));
    let r = one(&corp().claim("exp", json!(NOW + 5000))).later(900).after_all(some(8));
    f.case("share-is-free-again", "J-JTI-01", r, &allow(SVC_A));
}
