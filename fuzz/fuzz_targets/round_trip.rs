#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    // The environment names the codec: `fuzz/run.sh round_trip blosc 300`.
    numcodecs_fuzz::round_trip(data, &std::env::var("CODEC").unwrap_or_default());
});
