//! Fuzzes base64url against a strict decoder.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| doorward_tests::suites::fuzz_bodies::base64url(data));
