//! Working memory for decisions, allocated once and used again.

use crate::engine::State;
use crate::provider::PreparedKey;
use doorward_core::wire::Scratch as Loan;
use doorward_core::wire::json::Member;
use std::sync::Arc;

/// Memory for one decision at a time: make one per thread or connection with `Engine::scratch` and keep it.
///
/// After a decision it holds what was decoded of the credential, until the next one. It also keeps the policy and the keys
/// alive that the decision was made by, so that an engine that is loaded anew meanwhile takes nothing away from it.
pub struct Scratch<K = PreparedKey> {
    bytes: Box<[u8]>,
    members: Box<[Member]>,
    held: Arc<State<K>>,
}

impl<K> Scratch<K> {
    /// Memory for decisions by this state.
    pub(crate) fn new(state: Arc<State<K>>) -> Self {
        let Memory { bytes, members } = Memory::new(state.rules.max_credential());
        Self { bytes, members, held: state }
    }

    /// Whether this is the state that it was used with last.
    #[inline]
    pub(crate) fn holds(&self, number: u64) -> bool {
        self.held.number == number
    }

    /// Gets ready for decisions by another state. Allocates only where that takes longer credentials.
    #[cold]
    pub(crate) fn hold(&mut self, state: Arc<State<K>>) {
        let needed = Loan::bytes_for(state.rules.max_credential());
        if self.bytes.len() < needed {
            self.bytes = vec![0; needed].into_boxed_slice();
        }
        self.held = state;
    }

    /// The state that is held, and the memory.
    #[inline]
    pub(crate) fn parts(&mut self) -> (&State<K>, Loan<'_>) {
        let Self { bytes, members, held } = self;
        (held, Loan::new(bytes, members))
    }
}

impl<K> core::fmt::Debug for Scratch<K> {
    /// Shows sizes only: the bytes may be a credential.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Scratch").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

/// Memory for whoever reads tokens without an engine, such as `doorward_core::jose::jws::verify`.
pub struct Memory {
    bytes: Box<[u8]>,
    members: Box<[Member]>,
}

impl Memory {
    /// Memory for credentials of up to `max_credential` bytes.
    #[must_use]
    pub fn new(max_credential: usize) -> Self {
        Self {
            bytes: vec![0; Loan::bytes_for(max_credential)].into_boxed_slice(),
            members: vec![Member::default(); Loan::MEMBERS].into_boxed_slice(),
        }
    }

    /// Lends it for one token.
    pub fn lend(&mut self) -> Loan<'_> {
        Loan::new(&mut self.bytes, &mut self.members)
    }
}

impl Default for Memory {
    /// Memory for credentials of the default length.
    fn default() -> Self {
        Self::new(doorward_core::limits::CREDENTIAL_DEFAULT)
    }
}

impl core::fmt::Debug for Memory {
    /// Shows sizes only: the bytes may be a credential.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Memory").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}
