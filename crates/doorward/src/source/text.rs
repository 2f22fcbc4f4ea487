//! Sources as people write them: TOML or JSON, in one line or a file.

use super::Source;
use crate::policy::{Format, plain};

impl Source {
    /// Reads a source from text. What it looks like, see [`Self::from_json`]; in TOML the same as keys, such as
    /// `environment = "API_TOKEN"`.
    ///
    /// # Errors
    ///
    /// That the text is not of the format, or what is wrong with the source: one line for each fault.
    pub fn from_text(text: &str, format: Format) -> Result<Self, String> {
        Self::from_json(&plain::read(text, format).map_err(|errors| errors.to_string())?)
    }
}
