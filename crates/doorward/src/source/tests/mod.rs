//! Every kind of source, against real files, commands and servers.

#[cfg(feature = "fetch")]
mod issuers;
mod local;
#[cfg(feature = "fetch")]
mod resources;
#[cfg(unix)]
mod running;
#[cfg(feature = "fetch")]
mod server;
#[cfg(feature = "fetch")]
mod vaults;

use super::Source;
use crate::caller::{Credential, SourceFault, Want};
use doorward_core::time::UnixTime;
use serde_json::Value;
use std::path::PathBuf;

const NOW: UnixTime = UnixTime::from_seconds(1_795_386_231);

/// A secret that no message may show.
const SECRET: &str = "s3cr3t/+ä &=:";

fn source(json: Value) -> Source {
    Source::from_json(&json).unwrap()
}

fn obtain(json: Value) -> Result<Credential, SourceFault> {
    source(json).obtain(&Want::default(), NOW)
}

/// The message of a hard fault, which shows no secret.
#[track_caller]
fn hard(result: Result<Credential, SourceFault>) -> String {
    let fault = result.unwrap_err();
    assert!(!fault.is_transient(), "{fault}");
    clean(&fault)
}

#[track_caller]
fn transient(result: Result<Credential, SourceFault>) -> String {
    let fault = result.unwrap_err();
    assert!(fault.is_transient(), "{fault}");
    clean(&fault)
}

/// The message, with what messages must not have made sure of.
#[track_caller]
fn clean(fault: &SourceFault) -> String {
    let message = fault.to_string();
    assert!(!message.contains("s3cr3t") && !message.contains('\n') && !message.ends_with('.'), "{message}");
    assert!(!format!("{fault:?}").contains("s3cr3t"));
    message
}

/// A file that is gone with the value, and that came to rest long ago.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = std::env::temp_dir().join(format!("doorward-source-{name}-{}", std::process::id()));
        let file = Self(path);
        file.write(text);
        file
    }

    fn write(&self, text: impl AsRef<[u8]>) {
        std::fs::write(&self.0, text).unwrap();
        let past = std::time::SystemTime::now() - core::time::Duration::from_secs(60);
        let file = std::fs::File::options().write(true).open(&self.0).unwrap();
        file.set_modified(past).unwrap();
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}
