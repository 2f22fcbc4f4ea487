//! Fuzzes the reading of forwarded addresses.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| doorward_tests::suites::fuzz_bodies::forwarded(data));
