//! Fuzzes the challenge writer and the challenge reader: no value leaves its quotes, and what is read is what was meant.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| doorward_tests::suites::fuzz_answers::challenge(data));
