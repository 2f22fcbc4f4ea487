//! Answers of services and gateways, and what a caller must take them for. What is expected is written by hand from the standards, and
//! from what the products were seen to answer.

mod again;
mod challenges;
mod clock;
mod codes;
mod demands;
mod doorward;
mod frameworks;
mod gateways;
mod hostile;
mod origin;
mod proof;
mod redirected;
mod services;
mod sign_in;
mod status;
mod stripped;
mod unrelated;
mod wait;

use crate::case::{File, NOW};
use serde_json::{Value, json};

pub(super) fn files() -> Vec<File> {
    vec![
        again::file(),
        challenges::file(),
        clock::file(),
        codes::file(),
        demands::file(),
        doorward::reasons(),
        doorward::file(),
        frameworks::file(),
        gateways::file(),
        hostile::file(),
        origin::file(),
        proof::file(),
        redirected::file(),
        services::file(),
        sign_in::file(),
        status::file(),
        stripped::file(),
        unrelated::file(),
        wait::file(),
    ]
}

/// So many seconds from now.
fn soon(seconds: i64) -> Value {
    json!(NOW + seconds)
}

/// A `Date` this many seconds off the caller's clock. The time of the table is Sunday, 22 November 2026, 22:43:51 UTC.
fn date(seconds: i64) -> String {
    let of_day = 22 * 3600 + 43 * 60 + 51 + seconds;
    assert!((0..86_400).contains(&of_day), "another day");
    format!("Sun, 22 Nov 2026 {:02}:{:02}:{:02} GMT", of_day / 3600, of_day / 60 % 60, of_day % 60)
}
