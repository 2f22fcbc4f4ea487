//! Benchmarks of Doorward and its peers: what is decided on, who else decides, and how both are timed side by side.
#![forbid(unsafe_code)]
#![expect(clippy::expect_used, reason = "a benchmark whose set-up fails has nothing to say but why")]

pub mod arguments;
pub mod call;
pub mod fixtures;
pub mod format;
pub mod known;
pub mod measure;
pub mod peers;
pub mod pem;
pub mod policy;
pub mod rows;
pub mod signer;
pub mod stub;
pub mod suite;
pub mod token;

use doorward_core::time::UnixTime;

/// The time at which everything is decided.
pub const NOW: UnixTime = UnixTime::from_seconds(1_795_387_431);
