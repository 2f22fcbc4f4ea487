//! What came before an answer, for whoever logs or counts.

use doorward::DiagnosisReport;
use std::sync::Arc;

/// How often a request was sent, and what each answer meant that refused it; among the extensions of the response.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Trail {
    /// How often it was sent.
    pub sends: u32,
    /// The refusals, in order.
    pub refusals: Vec<Arc<DiagnosisReport>>,
}

impl Trail {
    /// What the first refusal meant; later ones are mostly its consequence.
    #[must_use]
    pub fn first(&self) -> Option<&DiagnosisReport> {
        self.refusals.first().map(|report| &**report)
    }
}

/// The answers to one request that may still be given back.
pub(crate) struct Answers<T> {
    first: Option<T>,
    latest: Option<T>,
}

impl<T> Default for Answers<T> {
    fn default() -> Self {
        Self { first: None, latest: None }
    }
}

impl<T> Answers<T> {
    /// Keeps one more; of those that are neither first nor latest none is.
    pub(crate) fn push(&mut self, answer: T) {
        if self.first.is_none() {
            self.first = Some(answer);
        } else {
            self.latest = Some(answer);
        }
    }

    /// The first one.
    pub(crate) fn first(self) -> Option<T> {
        self.first
    }

    /// The latest one.
    pub(crate) fn latest(self) -> Option<T> {
        self.latest.or(self.first)
    }
}

#[cfg(test)]
mod tests {
    use super::Answers;

    #[test]
    fn the_only_answer_is_the_first_and_the_latest() {
        let of = |answers: &[u8]| {
            let mut all = Answers::default();
            answers.iter().for_each(|answer| all.push(*answer));
            all
        };
        for (answers, first, latest) in
            [(&[][..], None, None), (&[1], Some(1), Some(1)), (&[1, 2, 3], Some(1), Some(3))]
        {
            assert_eq!((of(answers).first(), of(answers).latest()), (first, latest));
        }
    }
}
