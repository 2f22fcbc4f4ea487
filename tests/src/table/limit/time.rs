//! How long whoever failed too often has to wait.

use super::{PROVES, bad, failed, new, wait};
use crate::case::{File, NOW, SVC_A, allow};
use serde_json::json;

/// Failures are forgiven one by one, and whoever asks while it waits does not wait longer.
pub(super) fn cases(f: &mut File) {
    let after = |later: i64| new().later(later).after_all(failed(3));
    f.case("after-a-second", PROVES, after(1), &wait(19));
    let half = new().at(json!(format!("{NOW}.5"))).after_all(failed(3));
    f.case("after-half-a-second", PROVES, half, &wait(20));
    f.case("after-nineteen-seconds", PROVES, after(19), &wait(1));
    f.case("after-twenty-seconds", "9.1/throttled", after(20), &allow(SVC_A));
    f.case("after-long", "9.1/throttled", new().at(json!(NOW + 500)).after_all(failed(3)), &allow(SVC_A));
    let r = after(19).after(bad(8).later(5).asked_times(50));
    f.case("asking-costs-nothing", PROVES, r, &wait(1));
    let r = after(20).after(bad(8).later(20).asked());
    f.case("one-forgiven-and-failed-again", PROVES, r, &wait(20));
    let r = after(40).after(bad(8).later(40).asked());
    f.case("two-forgiven-and-one-failed", "9.1/throttled", r, &allow(SVC_A));
    let r = after(100).after_all((10..12).map(|number| bad(number).later(100).asked()));
    f.case("all-forgiven-and-two-failed", "9.1/throttled", r, &allow(SVC_A));
    let r = after(100).after_all((10..13).map(|number| bad(number).later(100).asked()));
    f.case("all-forgiven-and-three-failed", PROVES, r, &wait(20));
    // A clock that went back must not lock anybody out for as long as it went.
    let future = || (0..3).map(|number| bad(number).later(5000).asked());
    f.case("clock-went-back", PROVES, new().after_all(future()), &wait(20));
    let r = new().later(20).after_all(future()).after(bad(8).asked());
    f.case("clock-went-back-and-twenty-seconds-later", "9.1/throttled", r, &allow(SVC_A));
}
