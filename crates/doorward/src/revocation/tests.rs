//! Claims about revocation files and about what the table says of tokens.

use super::*;
use crate::policy::read as read_policy;
use doorward_core::limits;
use doorward_core::policy::{Revoked as _, RevokedToken};

const POLICY: &str = r#"
[issuers.corp]
profile = "rfc9068"
issuer = "https://idp.example"
audience = "a"
algorithms = ["RS256"]
keys = { file = "a" }

[issuers.corp-plain]
profile = "jwt"
issuer = "https://idp.example"
audience = "a"
algorithms = ["RS256"]
keys = { file = "a" }

[issuers.other]
profile = "jwt"
issuer = "https://other.example/"
audience = "a"
algorithms = ["RS256"]
keys = { file = "a" }

[issuers.mesh]
profile = "jwt-svid"
trust_domain = "prod.example"
audience = "a"
algorithms = ["RS256"]
keys = { file = "a" }
"#;

const CORP: usize = 0;
const PLAIN: usize = 1;
const OTHER: usize = 2;
const MESH: usize = 3;
const NOW: UnixTime = UnixTime::from_seconds(1_795_387_431);

fn issuers() -> Issuers {
    Issuers::of(&read_policy(POLICY, Format::Toml).unwrap())
}

fn revoked(text: &str) -> Revocations {
    let entries = read(text, Format::Toml, &issuers()).unwrap_or_else(|errors| panic!("{errors}"));
    Revocations::build(&entries, issuers())
}

fn faults_in(text: &str, format: Format) -> Vec<String> {
    let errors = read(text, format, &issuers()).expect_err("a fault");
    errors.iter().map(ToString::to_string).collect()
}

fn faults(text: &str) -> Vec<String> {
    faults_in(text, Format::Toml)
}

/// Whether a token of this subject is revoked that has nothing else.
fn subject(table: &Revocations, issuer: usize, subject: &str, now: UnixTime) -> bool {
    table.token(issuer, &RevokedToken { id: None, subject, issued: None, now })
}

/// Whether a token is revoked that has nothing but the time at which it was issued.
fn early(table: &Revocations, issuer: usize, issued: Option<UnixTime>) -> bool {
    table.token(issuer, &RevokedToken { id: None, subject: "", issued, now: NOW })
}

fn jti(table: &Revocations, issuer: usize, jti: &str) -> bool {
    table.token(issuer, &RevokedToken { id: Some(jti), subject: "svc", issued: Some(NOW), now: NOW })
}

fn token(issuer: &str, jti: &str) -> Revocation {
    Revocation::Token { issuer: issuer.to_owned(), jti: jti.to_owned() }
}

#[test]
fn an_empty_file_revokes_nothing() {
    let table = revoked("");
    assert!(
        table.is_empty()
            && !jti(&table, CORP, "a")
            && !table.key(CORP, "")
            && !subject(&table, CORP, "", NOW)
    );
}

#[test]
fn each_kind_revokes_what_it_names_and_nothing_else() {
    let table = revoked(
        "[[tokens]]\nissuer = 'other'\njti = 'j'\n[[subjects]]\nissuer = 'other'\nsubject = 's'\n\
         [[keys]]\nissuer = 'other'\nkid = 'k'\n",
    );
    assert!(jti(&table, OTHER, "j") && subject(&table, OTHER, "s", NOW) && table.key(OTHER, "k"));
    for text in ["j", "s", "k"] {
        assert_eq!(jti(&table, OTHER, text), text == "j");
        assert_eq!(subject(&table, OTHER, text, NOW), text == "s");
        assert_eq!(table.key(OTHER, text), text == "k");
    }
    assert!(!jti(&table, OTHER, "J") && !jti(&table, OTHER, "j "), "character by character");
    assert_eq!(table.counts(), Counts { tokens: 1, subjects: 1, issued_before: 0, keys: 1, elsewhere: 0 });
    assert_eq!(table.len(), 3);
}

#[test]
fn what_one_issuer_revokes_is_good_at_another() {
    let table = revoked(
        "[[tokens]]\nissuer = 'corp'\njti = 'j'\n[[subjects]]\nissuer = 'corp'\nsubject = 's'\n\
         [[keys]]\nissuer = 'corp'\nkid = 'k'\n[[issued_before]]\nissuer = 'corp'\ntime = 1795387431\n",
    );
    assert!(jti(&table, CORP, "j") && table.key(CORP, "k") && subject(&table, CORP, "x", NOW));
    for issuer in [PLAIN, OTHER, MESH, 4, usize::MAX] {
        assert!(!jti(&table, issuer, "j") && !table.key(issuer, "k") && !subject(&table, issuer, "s", NOW));
    }
}

#[test]
fn an_issuer_is_meant_by_its_section_its_iss_or_its_trust_domain() {
    let by = |issuer: &str| {
        let table = revoked(&format!("[[keys]]\nissuer = '{issuer}'\nkid = 'k'\n"));
        [CORP, PLAIN, OTHER, MESH].map(|index| table.key(index, "k"))
    };
    assert_eq!(by("corp-plain"), [false, true, false, false]);
    assert_eq!(by("https://idp.example"), [true, true, false, false], "both sections of the `iss`");
    assert_eq!(by("https://other.example/"), [false, false, true, false]);
    for issuer in ["mesh", "prod.example", "spiffe://prod.example"] {
        assert_eq!(by(issuer), [false, false, false, true], "{issuer}");
    }
}

#[test]
fn an_issuer_that_nobody_knows_is_a_fault_unless_it_is_a_url_of_elsewhere() {
    assert_eq!(
        faults("[[tokens]]\nissuer = 'crop'\njti = 'secret'\n"),
        [
            "2:10: tokens[0].issuer: expected the name of an issuer or its `iss`, found `crop`: did you mean `corp`?"
        ]
    );
    assert_eq!(
        faults("[[keys]]\nissuer = 'https://idp.example/'\nkid = 'k'\n"),
        [
            "2:10: keys[0].issuer: expected the name of an issuer or its `iss`, found `https://idp.example/`: did you mean \
          `https://idp.example`?"
        ]
    );
    assert!(
        faults("[[keys]]\nissuer = 'https://other.example'\nkid = 'k'\n")[0]
            .contains("`https://other.example/`?")
    );
    let table = revoked("[[keys]]\nissuer = 'https://elsewhere.example'\nkid = 'k'\n");
    assert_eq!((table.counts().keys, table.counts().elsewhere), (1, 1));
    assert!((0..4).all(|issuer| !table.key(issuer, "k")));
}

#[test]
fn tokens_from_before_a_time_are_revoked_and_so_are_those_that_do_not_tell() {
    let table = revoked("[[issued_before]]\nissuer = 'other'\ntime = 2026-11-22T22:43:51Z\n");
    let at = |issued| early(&table, OTHER, issued);
    assert!(at(Some(UnixTime::new(1_795_387_430, 999_999_999))));
    assert!(!at(Some(NOW)), "the time itself is good");
    assert!(at(None));
    assert!(!early(&table, CORP, None), "an issuer without such a time asks for none");
}

#[test]
fn the_latest_of_several_times_holds_in_any_order() {
    for times in [[5, 9], [9, 5]] {
        let [one, other] = times.map(|time| format!("[[issued_before]]\nissuer = 'other'\ntime = {time}\n"));
        let table = revoked(&format!("{one}{other}"));
        let at = |second| early(&table, OTHER, Some(UnixTime::from_seconds(second)));
        assert!(at(8) && !at(9));
    }
}

#[test]
fn a_subject_is_revoked_until_its_time_and_for_ever_without_one() {
    let entry = |until: &str| format!("[[subjects]]\nissuer = 'other'\nsubject = 's'\n{until}\n");
    let at = |text: &str, second| subject(&revoked(text), OTHER, "s", UnixTime::from_seconds(second));
    let until = entry("until = 100");
    assert!(at(&until, 99) && !at(&until, 100));
    assert!(at(&entry(""), i64::MAX));
    for text in [entry("") + &until, until.clone() + &entry("")] {
        assert!(at(&text, 100), "for ever is longer");
    }
    for text in [entry("until = 7") + &until, until + &entry("until = 7")] {
        assert!(at(&text, 99) && !at(&text, 100), "the later time is longer");
    }
}

#[test]
fn times_are_those_of_toml_of_rfc_3339_or_seconds() {
    for time in [
        "2026-11-22T22:43:51Z",
        "2026-11-22 23:43:51+01:00",
        "'2026-11-22T22:43:51Z'",
        "1795387431",
        "1795387431.0",
    ] {
        let entries =
            read(&format!("[[issued_before]]\nissuer = 'corp'\ntime = {time}\n"), Format::Toml, &issuers());
        assert_eq!(
            entries.unwrap(),
            [Revocation::IssuedBefore { issuer: "corp".to_owned(), time: NOW }],
            "{time}"
        );
    }
    let found = |time: &str| faults(&format!("[[issued_before]]\nissuer = 'corp'\ntime = {time}\n")).concat();
    let expected = "3:8: issued_before[0].time: expected a time such as `2026-11-22T22:23:51Z`, or seconds since 1970, found";
    assert_eq!(
        found("1795387431000"),
        format!("{expected} `1795387431000`: did you mean `1795387431.000`?"),
        "milliseconds"
    );
    assert_eq!(
        found("2026-11-22T22:43:51"),
        format!("{expected} `2026-11-22T22:43:51`: did you mean `2026-11-22T22:43:51Z`?")
    );
    assert_eq!(found("2026-11-22"), format!("{expected} `2026-11-22`: did you mean `2026-11-22T00:00:00Z`?"));
    assert_eq!(found("'soon'"), format!("{expected} `soon`"));
    assert_eq!(found("true"), format!("{expected} `true`"));
    assert!(found("inf").contains("found `inf`"));
}

#[test]
fn an_end_that_cannot_be_read_is_a_fault_and_no_end() {
    let found = faults("[[subjects]]\nissuer = 'corp'\nsubject = 's'\nuntil = 'friday'\n");
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("4:9: subjects[0].until: expected a time"));
}

#[test]
fn a_misspelt_key_names_the_nearest_and_a_missing_one_what_to_write() {
    assert_eq!(
        faults("[[token]]\n[[subjects]]\nissuer = 'corp'\nsubjet = 's'\n[[keys]]\njti = 'a'\n"),
        [
            "1:3: unknown key `token`: did you mean `tokens`?",
            "4:1: subjects[0]: unknown key `subjet`: did you mean `subject`?",
            "5:1: keys[0]: missing key `issuer`: write the name of its section in the policy, or its `iss`",
            "5:1: keys[0]: missing key `kid`: write the key's `kid`",
            "6:1: keys[0]: unknown key `jti`: it belongs to an entry of `tokens`",
        ]
    );
    assert_eq!(faults("tokens = 'a'"), ["1:10: tokens: expected an array of tokens, found a string"]);
    assert_eq!(faults("[[tokens]]\nissuer = ''\njti = 1\n").len(), 2);
    assert!(
        faults("[issuers.corp]\n")[0].starts_with("1:2: unknown key `issuers`"),
        "a policy is no such file"
    );
}

#[test]
fn no_fault_shows_what_a_token_says() {
    for text in [
        "[[tokens]]\nissuer = 'corp'\njti = ['hunter2']\n",
        "[[tokens]]\nissuer = 'crop'\njti = 'hunter2'\n",
        "[[subjects]]\nissuer = 'corp'\nsubject = 'hunter2'\nuntil = 'x'\n",
        "[[keys]]\nissuer = 'corp'\nkid = 'hunter2' 'hunter2'\n",
    ] {
        assert!(!faults(text).concat().contains("hunter2"), "{text}");
    }
    let entries = [token("corp", "hunter2")];
    let table = Revocations::build(&entries, issuers());
    assert!(!format!("{entries:?}{table:?}").contains("hunter2"));
    assert!(format!("{table:?}").contains("tokens: 1"));
}

#[test]
fn json_says_the_same_at_its_own_places() {
    let json = r#"{ "tokens": [{ "issuer": "corp", "jti": "a" }], "subjects": [],
        "issued_before": [{ "issuer": "https://idp.example", "time": 1795387431 }] }"#;
    let toml = "[[tokens]]\nissuer = 'corp'\njti = 'a'\n[[issued_before]]\nissuer = 'https://idp.example'\ntime = 2026-11-22T22:43:51Z\n";
    assert_eq!(read(json, Format::Json, &issuers()).unwrap(), read(toml, Format::Toml, &issuers()).unwrap());
    assert_eq!(
        faults_in("{\n \"keys\": [{ \"issuer\": \"corp\", \"kd\": \"a\" }] }", Format::Json),
        ["2:31: keys[0]: unknown key `kd`: did you mean `kid`?"]
    );
}

#[test]
fn duplicates_are_fine() {
    let table = revoked(&"[[tokens]]\nissuer = 'corp'\njti = 'a'\n".repeat(3));
    assert!(jti(&table, CORP, "a"));
    assert_eq!(table.len(), 3);
}

#[test]
fn the_file_is_bounded_in_entries_and_in_bytes() {
    let entry = r#"{"issuer":"corp","jti":"a"}"#;
    let file = |count: usize| format!("{{\"tokens\":[{}]}}", vec![entry; count].join(","));
    assert_eq!(
        read(&file(limits::REVOCATIONS), Format::Json, &issuers()).unwrap().len(),
        limits::REVOCATIONS
    );
    let found = faults_in(&file(limits::REVOCATIONS + 2), Format::Json);
    assert_eq!(found.len(), 1);
    assert!(
        found[0].contains("tokens[100000]: expected at most 100000 revocations, found more"),
        "{found:?}"
    );
    let beside = format!("{}{}", file(limits::REVOCATIONS).trim_end_matches('}'), ",\"keys\":[{}]}");
    assert!(faults_in(&beside, Format::Json)[0].contains("keys[0]: expected at most"), "over all kinds");
    let long = " ".repeat(limits::REVOCATION_BYTES + 1);
    assert_eq!(faults(&long), ["expected revocations of at most 32000000 bytes, found 32000001"]);
}

#[test]
fn what_the_api_adds_is_revoked_and_changes_the_epoch() {
    let before = revoked("[[tokens]]\nissuer = 'corp'\njti = 'a'\n");
    let after = before.with(token("other", "b")).unwrap();
    assert!(jti(&after, CORP, "a") && jti(&after, OTHER, "b") && !jti(&after, CORP, "b"));
    assert!(!jti(&before, OTHER, "b"), "what was there never changes");
    assert_ne!(before.epoch(), after.epoch());
    assert_ne!(Revocations::default().epoch(), before.epoch());
    let again = after.with(token("other", "b")).unwrap();
    assert_eq!((again.epoch(), again.len()), (after.epoch(), 2), "the same again is nothing new");
}

#[test]
fn the_api_refuses_an_issuer_that_nobody_knows() {
    let refused = revoked("").with(token("crop", "b")).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "expected the name of an issuer or its `iss`, found `crop`: did you mean `corp`?"
    );
    assert_eq!(revoked("").with(token("https://elsewhere.example", "b")).unwrap().counts().elsewhere, 1);
}

#[test]
fn a_new_file_or_policy_keeps_what_the_api_added() {
    let elsewhere = token("https://new.example", "n");
    let table = revoked("[[tokens]]\nissuer = 'corp'\njti = 'a'\n")
        .with(token("corp", "b"))
        .unwrap()
        .with(elsewhere)
        .unwrap();
    // The new policy has its sections in another order, and one that the old one did not have.
    let policy = POLICY
        .replace("[issuers.corp]", "[issuers.first]")
        .replace("https://other.example/", "https://new.example")
        .replace("[issuers.corp-plain]", "[issuers.corp]");
    let reloaded =
        table.reloaded(&[token("first", "c")], Issuers::of(&read_policy(&policy, Format::Toml).unwrap()));
    assert!(!jti(&reloaded, 0, "a") && !jti(&reloaded, 1, "a"), "the old file is gone");
    assert!(
        jti(&reloaded, 1, "b") && !jti(&reloaded, 0, "b"),
        "two sections with one `iss` are told apart by name"
    );
    assert!(jti(&reloaded, OTHER, "n") && jti(&reloaded, 0, "c"));
    assert_eq!(reloaded.counts().elsewhere, 0);
    assert_ne!(reloaded.epoch(), table.epoch());
}

#[test]
fn many_additions_are_all_kept_and_bounded() {
    let mut table = revoked("");
    for number in 0..limits::REVOCATIONS {
        table = table.with(token("corp", &number.to_string())).unwrap();
    }
    assert_eq!(table.len(), limits::REVOCATIONS);
    for number in [0, 1, 4_095, 65_536, 99_999] {
        assert!(jti(&table, CORP, &number.to_string()));
    }
    assert!(!jti(&table, CORP, "100000"));
    assert_eq!(table.with(token("corp", "one more")).unwrap_err(), Refused::Full);
    assert!(table.with(token("corp", "7")).is_ok(), "what is revoked needs no room");
}
