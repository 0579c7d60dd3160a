#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    // The environment names the codec: `fuzz/run.sh decode blosc 300`.
    numcodecs_fuzz::decode(data, &std::env::var("CODEC").unwrap_or_default());
});
