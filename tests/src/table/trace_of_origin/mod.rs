//! The trace of origin: what a gateway's marker is believed, and what a gateway says of its refusals in `Proxy-Status`.

mod broken;
mod hop;
mod marker;

use crate::case::{Expect, File, NOW, Request, conceal, refuse};
use crate::mint::Marker;
use serde_json::json;

const PROVES: &str = "reason/credential_stripped_upstream 9.3/6";

pub(super) fn files() -> Vec<File> {
    let mut f = File::disclosing("trace_of_origin", "policies/traced.toml");
    marker::cases(&mut f);
    broken::cases(&mut f);
    let mut files = vec![f, marker::quiet(), marker::without_a_key()];
    files.extend(hop::files());
    files
}

impl Request {
    /// With the marker of a gateway.
    fn traced(self, marker: &Marker) -> Self {
        self.with("X-Doorward-Trace", &marker.text())
    }
}

/// A gateway took the credential away, for this reason and at the usual time.
fn stripped(cause: &str) -> Expect {
    stripped_at(cause, 0)
}

/// A gateway took the credential away, so many seconds after the usual time.
fn stripped_at(cause: &str, later: i64) -> Expect {
    refuse("credential_stripped_upstream")
        .nobody()
        .and("context", json!({"cause": cause, "at": NOW + later}))
        .and("may_resend", json!(false))
        .and("signal", json!("fault"))
}

/// The same on a hidden route.
fn concealed(cause: &str) -> Expect {
    conceal("credential_stripped_upstream").and("context", json!({"cause": cause, "at": NOW}))
}

/// There is no credential, and nobody knows why.
fn missing() -> Expect {
    refuse("credential_missing").nobody().and("context", json!(null)).and("signal", json!("noise"))
}
