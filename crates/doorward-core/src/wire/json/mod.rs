//! Strict JSON (RFC 8259) in one pass without allocation: UTF-8, bounded depth, no duplicate member at any level.
//!
//! [`scan`] checks a whole text and hands out the members of its top level; what it passed can then be walked with
//! [`Value`] without checking again.
//!
//! [`find`] reads on in a text that is no more than a beginning, for hints.

mod cursor;
mod find;
mod number;
mod scan;
mod string;
mod value;

pub use find::{Found, PathStep, find};
pub use number::{number_eq, to_time};
pub use scan::{Member, scan, scan_value};
pub use string::Str;
pub(crate) use value::Place;
pub use value::{Value, pointer};
