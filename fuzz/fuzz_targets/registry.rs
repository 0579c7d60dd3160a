#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| numcodecs_fuzz::registry(data));
