//! How hosts prove that they decide alike: the answers that they are held against, and requests made at random.

mod answer;
mod http;
mod random;
mod table;

pub use answer::{Way, answer, refused};
pub use http::{Run, run};
pub use random::write as write_random;
pub use table::{RefusedPolicy, Source, TableFile};
