//! A finding: one reading of an answer on its way through the judgement.

use super::clue::{Clue, Clues};
use super::diagnosis::{Confidence, Origin};
use super::vendor::{Place, Row};
use crate::reason::Reason;

/// What was found so far.
#[derive(Clone, Copy)]
pub(super) struct Finding {
    pub(super) reason: Option<Reason>,
    pub(super) cause: Option<Reason>,
    pub(super) confidence: Confidence,
    pub(super) clues: Clues,
    pub(super) product: Option<&'static str>,
    pub(super) side: Option<Origin>,
}

impl Finding {
    /// That the answer refuses nobody.
    pub(super) const fn nothing() -> Self {
        Self {
            reason: None,
            cause: None,
            confidence: Confidence::Certain,
            clues: Clues::NONE,
            product: None,
            side: None,
        }
    }

    pub(super) const fn new(reason: Reason, confidence: Confidence, clue: Clue) -> Self {
        Self { reason: Some(reason), confidence, clues: Clues::NONE.with(clue), ..Self::nothing() }
    }

    pub(super) const fn with(self, clue: Clue) -> Self {
        Self { clues: self.clues.with(clue), ..self }
    }

    /// The finding with another reason, at most as sure as it was and as `confidence`.
    pub(super) fn turned(self, reason: Reason, confidence: Confidence) -> Self {
        Self { reason: Some(reason), confidence: self.confidence.min(confidence), ..self }
    }

    /// The finding with the product that a row names, unless one is known.
    pub(super) fn of(self, row: Option<&'static Row>) -> Self {
        let Some(row) = row else { return self };
        let named = (!row.product.is_empty()).then_some(row.product);
        let side = (row.side != Origin::Unknown).then_some(row.side);
        let finding = Self { product: self.product.or(named), side: self.side.or(side), ..self };
        match row.place {
            // What tells a product only, and the side with it.
            _ if self.side.is_some() || side.is_none() => finding,
            Place::Field("server") => finding.with(Clue::Server),
            Place::Field(_) | Place::Value(_) => finding.with(Clue::VendorField),
            _ => finding,
        }
    }
}
