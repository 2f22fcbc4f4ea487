//! A secret that a source needs itself, by reference: in a file or a variable, and never in the configuration.

use super::environment::Environment;
use super::file::File;
use crate::caller::SourceFault;
use crate::members::Members;
use serde_json::Value;
use zeroize::Zeroizing;

/// Where a secret is.
pub(super) enum Secret {
    File(File),
    Environment(Environment),
}

impl Secret {
    /// Reads `{"file": "path"}` or `{"environment": "NAME"}`.
    ///
    /// # Errors
    ///
    /// Anything else; the value is not shown, since it may be the secret itself.
    pub(super) fn from_json(name: &'static str, value: &Value) -> Result<Self, String> {
        let wrong = || {
            format!(
                "expected `{name}` as {{\"file\": \"path\"}} or {{\"environment\": \"NAME\"}}, and never the secret itself"
            )
        };
        let map = value.as_object().filter(|map| map.len() == 1).ok_or_else(wrong)?;
        let members = Members::strict(value, name, &["file", "environment"])?;
        if map.contains_key("file") {
            Ok(Self::File(File::new(members.need_text("file")?)?))
        } else {
            Ok(Self::Environment(Environment::new(members.need_text("environment")?)?))
        }
    }

    /// The secret, as it is now: without the line break that editors leave at the end of a file.
    ///
    /// # Errors
    ///
    /// That it is not there.
    pub(super) fn get(&self) -> Result<Zeroizing<String>, SourceFault> {
        let (text, name) = match self {
            Self::File(file) => (file.text()?, file.name()),
            Self::Environment(environment) => (Zeroizing::new(environment.text()?), environment.name()),
        };
        let text = Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned());
        if text.is_empty() {
            return Err(SourceFault::hard(format!("{name} is empty")));
        }
        Ok(text)
    }
}
