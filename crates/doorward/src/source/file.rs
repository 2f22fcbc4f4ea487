//! A file that holds the credential, and may be replaced at any time.

use super::output;
use crate::caller::{Credential, SourceFault};
use crate::members::Members;
use core::time::Duration;
use doorward_core::limits;
use doorward_core::time::Seconds;
use serde_json::Value;
use std::io::{ErrorKind, Read as _};
use std::path::PathBuf;
use std::time::SystemTime;
use zeroize::Zeroizing;

/// Where a pod finds the token of its service account.
const KUBERNETES: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/// How often a file is read again that is being written.
const LOOKS: u32 = 4;

/// A file.
pub(super) struct File {
    path: PathBuf,
}

impl File {
    /// The file with this path.
    ///
    /// # Errors
    ///
    /// An empty path.
    pub(super) fn new(path: &str) -> Result<Self, String> {
        if path.is_empty() || path.contains('\0') {
            return Err("expected the path of a file".to_owned());
        }
        Ok(Self { path: PathBuf::from(path) })
    }

    /// The token of a pod's service account; `{}`, or a `path` where it is mounted elsewhere.
    ///
    /// # Errors
    ///
    /// As for any source.
    pub(super) fn of_kubernetes(inside: &Value) -> Result<Self, String> {
        let members = Members::strict(inside, "`kubernetes`", &["path"])?;
        Self::new(members.text("path")?.unwrap_or(KUBERNETES))
    }

    pub(super) fn name(&self) -> String {
        format!("the file `{}`", self.path.display().to_string().escape_debug())
    }

    pub(super) fn obtain(&self, scheme: &str) -> Result<Credential, SourceFault> {
        let text = self.text()?;
        let credential =
            Credential::with_scheme(scheme, text.as_str()).map_err(|fault| fault.of(&self.name()))?;
        Ok(credential.looked_at_again(Some(Seconds(limits::SOURCE_LOOK_AGAIN))))
    }

    /// What the file holds. One that changed a moment ago may be half written, and is read until it rests.
    ///
    /// # Errors
    ///
    /// A file that is not there, is none, cannot be read or is too large: hard. One that is empty: it is about to be written.
    pub(super) fn text(&self) -> Result<Zeroizing<String>, SourceFault> {
        let rest = Duration::from_millis(limits::WATCH_SETTLE_MILLIS);
        for _ in 1..LOOKS {
            let (text, changed) = self.read()?;
            let age = changed.and_then(|changed| SystemTime::now().duration_since(changed).ok());
            // A file of the future rests as far as anyone can tell.
            if age.is_none_or(|age| age >= rest) {
                return self.whole(text);
            }
            std::thread::sleep(rest.saturating_sub(age.unwrap_or_default()));
        }
        let (text, _) = self.read()?;
        self.whole(text)
    }

    fn whole(&self, text: Zeroizing<String>) -> Result<Zeroizing<String>, SourceFault> {
        if text.trim_ascii().is_empty() {
            return Err(SourceFault::transient(format!("{} is empty", self.name())));
        }
        Ok(text)
    }

    fn read(&self) -> Result<(Zeroizing<String>, Option<SystemTime>), SourceFault> {
        let hard = |sentence: &str| SourceFault::hard(format!("{} {sentence}", self.name()));
        let fault = |error: &std::io::Error| match error.kind() {
            ErrorKind::NotFound => hard("is not there"),
            ErrorKind::PermissionDenied => hard("may not be read"),
            _ => SourceFault::transient(format!("{} cannot be read", self.name())),
        };
        // Opening a pipe or a device may block for ever.
        if !std::fs::metadata(&self.path).map_err(|error| fault(&error))?.is_file() {
            return Err(hard("is no plain file"));
        }
        let file = std::fs::File::open(&self.path).map_err(|error| fault(&error))?;
        let changed = file.metadata().ok().and_then(|metadata| metadata.modified().ok());
        let text = output::read(file.take(output::bound())).map_err(|error| match error {
            output::Unreadable::TooLarge => hard("is too large for a credential"),
            output::Unreadable::NotText => hard("is not UTF-8 text"),
            output::Unreadable::Broken => SourceFault::transient(format!("{} cannot be read", self.name())),
        })?;
        Ok((text, changed))
    }
}
