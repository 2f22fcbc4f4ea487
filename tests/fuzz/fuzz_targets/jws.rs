//! Fuzzes compact JWS under a fixed key.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| doorward_tests::suites::fuzz_bodies::jws(data));
