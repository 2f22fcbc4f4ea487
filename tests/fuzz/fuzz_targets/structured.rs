//! Fuzzes the parser of structured fields: a whole is what its parts are.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| doorward_tests::suites::fuzz_answers::structured(data));
