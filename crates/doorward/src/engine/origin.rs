//! Where a policy comes from, and how its files are read.

use crate::error::{LoadError, LoadErrors};
use crate::policy::Format;
use crate::trust;
use std::path::{Path, PathBuf};

/// The largest policy file that is read, in bytes: ten thousand routes of a page each.
const POLICY_BYTES: u64 = 32 << 20;

/// Where a policy comes from, so that it can be loaded anew.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// A file, read again each time.
    File(PathBuf),
    /// Text that was given; the files that it names lie in the folder.
    Text { text: String, format: Format, folder: Option<PathBuf> },
}

/// The text of a policy, and where the files that it names are looked for.
pub(crate) struct Read {
    pub(crate) text: String,
    pub(crate) format: Format,
    pub(crate) folder: Option<PathBuf>,
}

impl Origin {
    /// Reads the text.
    pub(crate) fn read(&self) -> Result<Read, LoadErrors> {
        match self {
            Self::File(path) => {
                let fault = |message: String| LoadError::new("", message).in_file(self.name());
                let format = Format::from_path(path)
                    .ok_or_else(|| fault("expected a name that ends in `.toml` or `.json`".to_owned()))?;
                let text = read_file(path, POLICY_BYTES).map_err(fault)?;
                let folder = path.parent().unwrap_or(Path::new("")).to_owned();
                Ok(Read { text, format, folder: Some(folder) })
            }
            Self::Text { text, format, folder } => {
                Ok(Read { text: text.clone(), format: *format, folder: folder.clone() })
            }
        }
    }

    /// The file's name, as it was given; empty for text.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Text { .. } => String::new(),
        }
    }

    /// The same faults with the file that they are in.
    pub(crate) fn named(&self, errors: LoadErrors) -> LoadErrors {
        match self {
            Self::File(_) => errors.in_file(&self.name()),
            Self::Text { .. } => errors,
        }
    }
}

/// The path of a file that a policy names.
///
/// # Errors
///
/// That it has no folder to be in, and what helps.
pub(crate) fn beside(folder: Option<&Path>, name: &str) -> Result<PathBuf, String> {
    let path = Path::new(name);
    match folder {
        _ if path.is_absolute() => Ok(path.to_path_buf()),
        Some(folder) => Ok(folder.join(path)),
        None => {
            let name = name.escape_debug();
            Err(format!("expected an absolute path, since this policy is in no folder, found `{name}`"))
        }
    }
}

/// Reads a file of UTF-8 text with at most so many bytes.
pub(crate) fn read_file(path: &Path, most: u64) -> Result<String, String> {
    trust::read(path, most).map_err(|fault| fault.detail)
}
