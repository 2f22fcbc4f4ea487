//! Names the shared library as the linker and the loader know it.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // The number is that of the ABI, DOORWARD_ABI_VERSION.
    println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libdoorward.so.0");
}
