//! Every case of the table, decided and answered while somebody counts.

use super::vectors;
use core::cell::Cell;
use doorward::Reason;
use doorward::cases::CaseFile;
use doorward::{Engine, Scratch};
use doorward_core::key::{Algorithm, Family, Material, PrepareError, Provider, SignatureInvalid, Verify};
use std::path::Path;

/// What was counted during one decision.
#[derive(Clone, Debug)]
pub struct Counted {
    /// The case.
    pub id: String,
    /// Why the caller was refused, if so.
    pub reason: Option<Reason>,
    /// By how much the count went up.
    pub calls: u64,
    /// How often an RSA key was asked about a signature.
    pub rsa_checks: u64,
    /// How often it held.
    pub rsa_held: u64,
}

/// The case files, by their place below `tests/cases`; the folder `policies` has none.
///
/// # Panics
///
/// If there is a file that is no case file, or none at all.
#[must_use]
pub fn files() -> Vec<(String, CaseFile)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut found = Vec::new();
    for (name, path) in vectors::files(&folder) {
        if name.ends_with(".json") && !name.starts_with("policies/") {
            let file = CaseFile::load(&path);
            assert!(file.is_ok(), "{name}: {:?}", file.err());
            found.extend(file.ok().map(|file| (name, file)));
        }
    }
    assert!(!found.is_empty(), "no case files below tests/cases");
    found
}

/// Decides every case with this provider and notes how much `calls` went up from the request to the finished answer: for a
/// credential that is new to the engine, and once more when it is known.
///
/// Each case has been decided before on the same thread, by another engine with the same policy, so that nothing is counted
/// that a thread does once.
///
/// # Panics
///
/// If a policy of the table cannot be loaded, or an answer does not fit into a kilobyte.
pub fn count<P>(provider: &P, calls: fn() -> u64) -> Vec<Counted>
where
    P: Provider<Key: Send + Sync + 'static> + Copy + Send + Sync + 'static,
{
    let mut counted = Vec::new();
    for (name, file) in files() {
        if file.cases().is_empty() {
            continue; // policies that must not load, and the caller's side
        }
        let load = || {
            let engine = file.engine_with(&Watched(*provider));
            assert!(engine.is_ok(), "{name}: {:?}", engine.as_ref().err());
            engine.ok()
        };
        let (Some(warm), Some(engine)) = (load(), load()) else { continue };
        for case in file.cases() {
            let id = format!("{name}: {}", case.id());
            let own = || {
                file.engine_for(case, &Watched(*provider)).map(|own| {
                    assert!(own.is_ok(), "{id}: {:?}", own.as_ref().err());
                    own.ok()
                })
            };
            let (own_warm, own_engine) = (own().flatten(), own().flatten());
            let (warm, engine) = (own_warm.as_ref().unwrap_or(&warm), own_engine.as_ref().unwrap_or(&engine));
            let (mut first, mut scratch) = (warm.scratch(), engine.scratch());
            let mut buffer = [0; 1024];
            let one = case.with_request(|request| {
                let mut decide = |engine: &Engine<_>, scratch: &mut Scratch<_>| {
                    let decision = engine.decide(request, case.at(), scratch);
                    (decision.reason(), decision.answer(&mut buffer).is_ok())
                };
                decide(warm, &mut first);
                RSA.set((0, 0));
                let before = calls();
                let (reason, answered) = decide(engine, &mut scratch);
                let (_, answered_again) = decide(engine, &mut scratch);
                let calls = calls() - before;
                assert!(answered && answered_again, "{id}: the answer does not fit");
                let (rsa_checks, rsa_held) = RSA.get();
                Counted { id: id.clone(), reason, calls, rsa_checks, rsa_held }
            });
            counted.push(one);
        }
    }
    counted
}

thread_local! {
    /// How often RSA keys of this thread were asked, and how often the signature held.
    static RSA: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
}

/// A provider that counts how often its RSA keys are asked.
#[derive(Clone, Copy, Debug)]
struct Watched<P>(P);

/// A key of such a provider.
struct WatchedKey<K> {
    key: K,
    is_rsa: bool,
}

impl<P: Provider> Provider for Watched<P> {
    type Key = WatchedKey<P::Key>;

    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn supports(&self, algorithm: Algorithm) -> bool {
        self.0.supports(algorithm)
    }

    fn prepare(&self, algorithm: Algorithm, material: &Material<'_>) -> Result<Self::Key, PrepareError> {
        let key = self.0.prepare(algorithm, material)?;
        Ok(WatchedKey { key, is_rsa: algorithm.family() == Family::Rsa })
    }
}

impl<K: Verify> Verify for WatchedKey<K> {
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureInvalid> {
        let verified = self.key.verify(message, signature);
        if self.is_rsa {
            let (checks, held) = RSA.get();
            RSA.set((checks + 1, held + u64::from(verified.is_ok())));
        }
        verified
    }
}
