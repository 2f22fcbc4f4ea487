//! Tells the linker what each platform needs to load a module of Node.

fn main() {
    napi_build::setup();
}
