//! Fuzzes whole decisions on raw requests.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| doorward_tests::suites::fuzz_bodies::decide(data));
