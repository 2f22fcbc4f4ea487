//! `reasons`.

use crate::support::{folder, run};
use doorward::Reason;
use serde_json::{Value, json};

#[test]
fn every_form_has_every_reason() {
    let folder = folder("reasons");
    for form in ["text", "json", "markdown"] {
        let run = run(&folder, &["reasons", "--format", form]);
        assert_eq!(run.code, Some(0), "{form}");
        assert!(Reason::ALL.iter().all(|reason| run.out.contains(reason.code())), "{form}");
    }
}

#[test]
fn json_has_everything_of_the_table() {
    let folder = folder("reasons-json");
    let run = run(&folder, &["reasons", "--format", "json"]);
    let all: Vec<Value> = serde_json::from_str(&run.out).unwrap();
    assert_eq!(all.len(), Reason::ALL.len());
    let expired = all.iter().find(|reason| reason["code"] == "token_expired").unwrap();
    let names: Vec<&String> = expired.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "number",
            "code",
            "name",
            "outcome",
            "status",
            "challenge",
            "wire_error",
            "recovery",
            "advice",
            "operator",
            "signal",
            "may_resend",
            "sentence",
            "references"
        ]
    );
    assert_eq!(expired["number"], 209);
    assert_eq!(expired["name"], "TokenExpired");
    assert_eq!((&expired["challenge"], &expired["wire_error"]), (&json!("error"), &json!("invalid_token")));
    assert_eq!(expired["references"]["standards"][0], "RFC 7519, section 4.1.4");
    for reason in &all {
        assert_eq!(reason["challenge"] == "error", !reason["wire_error"].is_null(), "{}", reason["code"]);
    }
}

#[test]
fn the_page_names_its_command_and_every_citation_has_its_link() {
    let folder = folder("reasons-page");
    let page = run(&folder, &["reasons", "--format", "markdown"]).out;
    let first = page.lines().next().unwrap();
    assert!(first.starts_with("<!--") && first.contains("cargo xtask reasons"), "{first}");
    for reason in Reason::ALL {
        assert!(page.contains(&format!("\n## {} `{}`\n", reason.number(), reason.code())));
        for standard in reason.references().standards {
            assert!(
                page.contains(&format!("\n[{standard}]: https://www.rfc-editor.org/rfc/rfc")),
                "{standard}"
            );
        }
    }
    assert!(page.contains("[RFC 6750, section 3.1]: https://www.rfc-editor.org/rfc/rfc6750#section-3.1\n"));
}
