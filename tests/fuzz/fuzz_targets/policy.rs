//! Fuzzes policy files in both formats.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| doorward_tests::suites::fuzz_bodies::policy(data));
