//! The closed lists beside the reasons, from which other languages derive their types.

use doorward::{Clue, Confidence, Origin, Recovery, Retry};
use doorward_core::outcome::{Disclosure, Outcome, Signal};
use doorward_core::principal::CredentialKind;
use doorward_core::reason::WireError;
use serde_json::{Value, json};

pub(super) fn lists() -> Value {
    let recovery = |recovery: &Recovery| json!({ "code": recovery.code(), "advice": recovery.advice() });
    let clue = |clue: &Clue| json!({ "code": clue.code(), "sentence": clue.sentence() });
    json!({
        "outcomes": Outcome::ALL.map(Outcome::code),
        "recoveries": Recovery::ALL.iter().map(recovery).collect::<Vec<_>>(),
        "signals": Signal::ALL.map(Signal::code),
        "disclosures": Disclosure::ALL.map(Disclosure::code),
        "grounds": doorward_core::decision::GROUNDS,
        "credential_kinds": CredentialKind::ALL.map(CredentialKind::code),
        "wire_errors": WireError::ALL.map(WireError::code),
        "confidences": Confidence::ALL.map(Confidence::code),
        "origins": Origin::ALL.map(Origin::code),
        "retries": Retry::ALL.map(Retry::code),
        "clues": Clue::ALL.iter().map(clue).collect::<Vec<_>>(),
    })
}
