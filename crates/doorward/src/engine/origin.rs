//! Where a policy comes from, and how its files are read.

use crate::error::{LoadError, LoadErrors};
use crate::policy::Format;
use std::io::Read as _;
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
pub(crate) fn beside(folder: Option<&Path>, path: &str) -> Option<PathBuf> {
    let path = Path::new(path);
    if path.is_absolute() { Some(path.to_path_buf()) } else { Some(folder?.join(path)) }
}

/// Reads a file of UTF-8 text with at most so many bytes.
pub(crate) fn read_file(path: &Path, most: u64) -> Result<String, String> {
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(|error| describe(&error))?;
    // One byte more than allowed shows that there is more, whatever the file claims to be.
    file.take(most.saturating_add(1)).read_to_string(&mut text).map_err(|error| describe(&error))?;
    if u64::try_from(text.len()).is_ok_and(|len| len <= most) {
        Ok(text)
    } else {
        Err(format!("expected at most {most} bytes"))
    }
}

/// An I/O error as one line in the style of our own messages.
pub(super) fn describe(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file".to_owned(),
        std::io::ErrorKind::InvalidData => "expected UTF-8 text".to_owned(),
        _ => error.to_string().to_lowercase(),
    }
}
