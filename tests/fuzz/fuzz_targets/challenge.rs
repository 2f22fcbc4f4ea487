//! Fuzzes the challenge writer: no value leaves its quotes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| doorward_tests::suites::fuzz_bodies::challenge(data));
