//! Prints the façade's own answer to every case of the given files, one JSON object a line: what other hosts are held against.

use doorward_tests::hosts::{TableFile, Way, answer};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (way, arguments) = match arguments.split_first() {
        Some((first, rest)) if first == "--snapshot" => (Way::Snapshot, rest),
        _ => (Way::Decision, arguments.as_slice()),
    };
    let done = match arguments.split_first() {
        Some((root, files)) if !files.is_empty() => print(Path::new(root), files, way),
        _ => Err("usage: answers [--snapshot] ROOT FILE...".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(said) => {
            eprintln!("answers: {said}");
            ExitCode::FAILURE
        }
    }
}

fn print(root: &Path, files: &[String], way: Way) -> Result<(), String> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    for name in files {
        for line in answer(&TableFile::load(root, name)?, way).map_err(|fault| format!("{name}: {fault}"))? {
            writeln!(out, "{line}").map_err(|error| format!("standard output: {error}"))?;
        }
    }
    out.flush().map_err(|error| format!("standard output: {error}"))
}
