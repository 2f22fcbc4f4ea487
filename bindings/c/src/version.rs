//! The versions of the ABI and of the library.

use crate::text::Str;

/// The version of the ABI that this header describes; every incompatible change raises it.
pub const DOORWARD_ABI_VERSION: u32 = 0;

/// The version of the ABI that the loaded library has. Compare it with #DOORWARD_ABI_VERSION, which is the version of this
/// header: if they differ, use nothing else of the library.
///
/// Any thread may call it at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn doorward_abi_version() -> u32 {
    DOORWARD_ABI_VERSION
}

/// The version of the loaded library, such as `0.1.0`. The text lives as long as the library is loaded.
///
/// Any thread may call it at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn doorward_version() -> Str {
    Str::of(env!("CARGO_PKG_VERSION"))
}
