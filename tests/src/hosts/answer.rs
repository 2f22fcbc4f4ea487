//! The answer that every host is held against: what the façade itself says of a case.

use super::table::{RefusedPolicy, TableFile};
use doorward::report::{Report, claims};
use doorward::snapshot::{Snapshot, record};
use serde_json::{Value, json};

/// How an answer comes about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    /// From the decision itself, which borrows: what all others are held against.
    Decision,
    /// From a copy that owns its bytes, as hosts with memory of their own keep it.
    Snapshot,
}

/// One line for every case of a file: the faults of policies that must not load, the diagnoses of answers, and the reports of decisions
/// with the caller's claims.
///
/// # Errors
///
/// That the policy of the cases does not load, or that something could not be done that came before one of them.
pub fn answer(file: &TableFile, way: Way) -> Result<Vec<Value>, String> {
    let mut lines: Vec<Value> = file.refused.iter().map(refused).collect();
    lines.extend(
        file.responses().map(|(name, case)| json!({"case": name, "diagnosis": case.diagnose().to_json()})),
    );
    let Some(policy) = file.policy.as_ref().filter(|_| file.cases().next().is_some()) else {
        return Ok(lines);
    };
    let shared = policy.load().map_err(|errors| errors.to_string())?;
    let mut bytes = Vec::new();
    for (name, case) in file.cases() {
        let own = file.engine_for(case)?;
        let engine = own.as_ref().unwrap_or(&shared);
        let mut scratch = engine.scratch();
        let said = case.with_request(|request| {
            let decision = engine.decide(request, case.at(), &mut scratch);
            let (report, claims) = match way {
                Way::Decision => (Report::new(&decision), claims(&decision)),
                Way::Snapshot => {
                    record(&decision, &mut bytes);
                    let snapshot = Snapshot::from_bytes(bytes.as_slice())?;
                    let claims = snapshot.principal().map_or("null", |principal| principal.claims);
                    (snapshot.report(), serde_json::from_str(claims).unwrap_or_default())
                }
            };
            let mut said = report.to_json();
            if let Some(members) = said.as_object_mut() {
                members.insert("claims".to_owned(), claims);
            }
            Some(said)
        });
        lines.extend(said.map(|said| json!({"case": name, "answer": said})));
    }
    Ok(lines)
}

/// The line of a policy that must not load: its faults in the order of the text.
#[must_use]
pub fn refused(policy: &RefusedPolicy) -> Value {
    let errors: Vec<String> = match policy.source.load() {
        Ok(_) => Vec::new(),
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    };
    json!({"case": policy.name, "errors": errors})
}
