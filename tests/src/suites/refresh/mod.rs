//! Simulated time for the key-set state machine: random schedules of rotation, outage, flood and slow answers, a model of a
//! provider and of the host, and every promise checked after every step.

mod dice;
mod host;
mod promises;
mod provider;
mod schedule;
mod tally;

pub use host::run;
pub use schedule::{Clock, Schedule};
pub use tally::Tally;
