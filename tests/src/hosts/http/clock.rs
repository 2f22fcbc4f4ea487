//! The clock of the servers under test: a file that `tests/hosts/clock.c` shows them as the time of day.

use doorward::UnixTime;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A clock that stands until it is set.
#[derive(Debug)]
pub(super) struct Clock {
    library: PathBuf,
    path: PathBuf,
    file: File,
}

impl Clock {
    /// A clock in this file, shown by this library.
    pub(super) fn new(library: &Path, path: &Path) -> Result<Self, String> {
        let fault = |error: std::io::Error| format!("{}: {error}", path.display());
        let library = library.canonicalize().map_err(|error| format!("{}: {error}", library.display()))?;
        let file = OpenOptions::new().create(true).truncate(true).write(true).open(path).map_err(fault)?;
        let clock = Self { library, path: path.canonicalize().map_err(fault)?, file };
        clock.set(UnixTime::from_seconds(crate::case::NOW))?;
        Ok(clock)
    }

    /// Lets the time be `time`, until the next call.
    pub(super) fn set(&self, time: UnixTime) -> Result<(), String> {
        let bytes = [time.seconds().to_le_bytes(), i64::from(time.nanos()).to_le_bytes()].concat();
        self.file.write_all_at(&bytes, 0).map_err(|error| format!("{}: {error}", self.path.display()))
    }

    /// Lets a command live by this clock.
    pub(super) fn preload<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env("LD_PRELOAD", &self.library).env("DOORWARD_TEST_CLOCK", &self.path)
    }
}
