//! The first refusals of places that want a credential where there is none: what is told when nothing is sent there any more.

use crate::diagnosis::DiagnosisReport;
use core::hash::BuildHasher;
use doorward_core::limits;
use doorward_core::reason::Reason;
use std::collections::VecDeque;
use std::hash::RandomState;
use std::sync::Arc;

/// The first refusals since each place last let somebody in, for as many places as the governor remembers.
#[derive(Clone, Debug)]
pub(super) struct FirstRefusals {
    hasher: RandomState,
    known: VecDeque<(u64, Arc<DiagnosisReport>)>,
}

impl FirstRefusals {
    pub(super) fn new() -> Self {
        Self { hasher: RandomState::new(), known: VecDeque::new() }
    }

    /// Takes notice of an answer from there.
    pub(super) fn note(&mut self, url: &str, report: &Arc<DiagnosisReport>) {
        let place = self.place(url);
        let at = self.known.iter().position(|(known, _)| *known == place);
        match (at, report.reason) {
            (Some(at), None) if report.status < 400 => drop(self.known.remove(at)),
            (None, Some(Reason::CredentialMissing)) => {
                if self.known.len() >= limits::PLACES {
                    self.known.pop_front();
                }
                self.known.push_back((place, Arc::clone(report)));
            }
            _ => {}
        }
    }

    /// The first refusal from there.
    pub(super) fn get(&self, url: &str) -> Option<Arc<DiagnosisReport>> {
        let place = self.place(url);
        self.known.iter().find(|(known, _)| *known == place).map(|(_, report)| Arc::clone(report))
    }

    fn place(&self, url: &str) -> u64 {
        self.hasher.hash_one(place(url))
    }
}

/// The part of a service that a URL is of: without its query.
pub(super) fn place(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}
