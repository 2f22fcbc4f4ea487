//! Files and the standard input, read whole and bounded.

use doorward::Engine;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::ending::Failure;
use crate::trust;

/// The most bytes of one input: requests, tokens and key sets are far shorter.
const BYTES: u64 = 16 << 20;

/// Reads a file, or the standard input if the name is `-`.
pub(crate) fn read(name: &OsStr) -> Result<Vec<u8>, String> {
    let shown = Path::new(name).display();
    let fault = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => format!("{shown}: no such file"),
        _ => format!("{shown}: {}", error.to_string().to_lowercase()),
    };
    let bytes = if name == "-" {
        bounded(io::stdin().lock()).map_err(fault)?
    } else {
        File::open(name).and_then(bounded).map_err(fault)?
    };
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if length > BYTES { Err(format!("{shown}: expected at most {BYTES} bytes")) } else { Ok(bytes) }
}

/// The same as text.
pub(crate) fn read_text(name: &OsStr) -> Result<String, String> {
    let shown = Path::new(name).display();
    String::from_utf8(read(name)?).map_err(|_| format!("{shown}: expected UTF-8 text"))
}

fn bounded(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(BYTES.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Loads a policy, and fetches the keys that it fetches.
pub(crate) fn engine(policy: &OsStr) -> Result<Engine, Failure> {
    let engine = Engine::load_file(policy).map_err(|errors| Failure::input(errors.to_string()))?;
    trust::fetch_once(&engine, trust::PATIENCE);
    Ok(engine)
}
