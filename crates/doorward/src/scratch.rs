//! Working memory for decisions, allocated once and used again.

use doorward_core::wire::Scratch as Loan;
use doorward_core::wire::json::Member;

/// Memory for one decision at a time: make one per thread or connection with `Engine::scratch` and keep it.
///
/// After a decision it holds what was decoded of the credential, until the next one.
pub struct Scratch {
    bytes: Box<[u8]>,
    members: Box<[Member]>,
}

impl Scratch {
    /// Memory for credentials of up to `max_credential` bytes.
    pub(crate) fn new(max_credential: usize) -> Self {
        Self {
            bytes: vec![0; Loan::bytes_for(max_credential)].into_boxed_slice(),
            members: vec![Member::default(); Loan::MEMBERS].into_boxed_slice(),
        }
    }

    /// Lends the memory to one decision.
    pub fn lend(&mut self) -> Loan<'_> {
        Loan::new(&mut self.bytes, &mut self.members)
    }
}

impl Default for Scratch {
    /// Memory for credentials of the default length.
    fn default() -> Self {
        Self::new(doorward_core::limits::CREDENTIAL_DEFAULT)
    }
}

impl core::fmt::Debug for Scratch {
    /// Shows sizes only: the bytes may be a credential.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Scratch").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}
