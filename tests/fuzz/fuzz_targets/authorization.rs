//! Fuzzes the `Authorization` field: schemes, and second credentials behind commas.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| doorward_tests::suites::fuzz_bodies::authorization(data));
