//! Fuzzes the JSON scanner against `serde_json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| doorward_tests::suites::fuzz_bodies::json_scan(data));
