//! Running one case file.

use doorward::cases::{CaseFile, Mismatch};
use doorward::provider::DefaultProvider;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What came of one case.
pub(super) struct Tested {
    pub(super) file: PathBuf,
    pub(super) id: String,
    pub(super) verdict: Verdict,
}

pub(super) enum Verdict {
    Passed,
    Failed(Vec<Mismatch>),
}

/// Runs every case of a file.
///
/// # Errors
///
/// Why the file or its policy cannot be loaded, or what could not be done that came before a case.
pub(super) fn file(path: &Path) -> Result<Vec<Tested>, String> {
    let file = CaseFile::load(path).map_err(|error| error.to_string())?;
    let mut results = Vec::new();
    let mut add = |id: &str, verdict: Verdict| {
        results.push(Tested { file: path.to_owned(), id: id.to_owned(), verdict });
    };
    for policy in file.policies() {
        add(policy.id(), Verdict::of(policy.check()));
    }
    for case in file.responses() {
        add(case.id(), Verdict::of(case.check(&case.diagnose())));
    }
    if !file.cases().is_empty() {
        let engine = file.engine().map_err(|errors| errors.to_string())?;
        let mut scratch = engine.scratch();
        for case in file.cases() {
            let own = file.engine_for(case, &DefaultProvider::new()).transpose();
            let own = own.map_err(|errors| errors.to_string())?;
            let report = match &own {
                Some(own) => case.decide(own, &mut own.scratch()),
                None => case.decide(&engine, &mut scratch),
            };
            add(case.id(), Verdict::of(case.check(&report)));
        }
    }
    Ok(results)
}

impl Verdict {
    fn of(mismatches: Vec<Mismatch>) -> Self {
        if mismatches.is_empty() { Self::Passed } else { Self::Failed(mismatches) }
    }
}

impl Tested {
    pub(super) fn to_json(&self) -> Value {
        let (verdict, mismatches) = match &self.verdict {
            Verdict::Passed => ("passed", &[][..]),
            Verdict::Failed(mismatches) => ("failed", mismatches.as_slice()),
        };
        let mismatches: Vec<Value> = mismatches
            .iter()
            .map(|Mismatch { field, expected, actual, .. }| {
                json!({ "field": field, "expected": expected, "actual": actual })
            })
            .collect();
        json!({
            "file": self.file.display().to_string(),
            "id": self.id,
            "result": verdict,
            "mismatches": mismatches,
        })
    }
}
