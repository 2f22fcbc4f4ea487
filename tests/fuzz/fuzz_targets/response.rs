//! Fuzzes what reads an answer: no fields and no body make it panic or say two things.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| doorward_tests::suites::fuzz_answers::response(data));
