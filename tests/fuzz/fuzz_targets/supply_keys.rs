//! Fuzzes keys that come while an engine runs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| doorward_tests::suites::fuzz_bodies::supply_keys(data));
