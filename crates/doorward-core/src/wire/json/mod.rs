//! Strict JSON (RFC 8259) in one pass without allocation: UTF-8, bounded depth, no duplicate member at any level.
//!
//! [`scan`] checks a whole text and hands out the members of its top level; what it passed can then be walked with
//! [`Value`] without checking again.

mod cursor;
mod number;
mod scan;
mod string;
mod value;

pub use number::{number_eq, to_time};
pub use scan::{Member, scan, scan_value};
pub use string::Str;
pub(crate) use value::Place;
pub use value::{Value, pointer};
