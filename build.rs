//! Names the shared library as linkers on each system expect it, and keeps it loaded.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    match std::env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("macos") => println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libnumcodecs.0.dylib"),
        Ok("windows") | Err(_) => {}
        // nodelete: languages with a foreign function interface may close the library at exit before they run their finalizers.
        Ok(_) => println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libnumcodecs.so.0,-z,nodelete"),
    }
}
