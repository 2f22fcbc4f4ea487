//! Fetching and keeping against real servers on loopback.

mod discovering;
mod fetching;
mod keeping;
mod server;
mod tls;

use crate::trust::http::Http;
use core::time::Duration;

/// A client that does not wait long and has no proxy.
fn impatient() -> Http {
    Http::with(Duration::from_millis(400), Duration::from_millis(600), |_| None)
}

/// A client with the usual patience and no proxy, for what must not depend on how busy the machine is.
fn patient() -> Http {
    Http::with(Duration::from_secs(3), Duration::from_secs(10), |_| None)
}
