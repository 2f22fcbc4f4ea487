//! Writes case files with requests made at random, the same ones for the same seed, for every host to be asked.

use doorward_tests::hosts::write_random;
use std::path::Path;
use std::process::ExitCode;

/// How many requests there are in a usual run.
const USUAL: usize = 2_000;

/// How many at night.
const NIGHTLY: usize = 100_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(names) => {
            names.iter().for_each(|name| println!("{name}"));
            ExitCode::SUCCESS
        }
        Err(said) => {
            eprintln!("differential: {said}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<Vec<String>, String> {
    const USAGE: &str = "usage: differential FOLDER [--seed N] [--requests N] [--nightly]";
    let (folder, mut rest) = arguments.split_first().ok_or(USAGE)?;
    let (mut seed, mut requests) = (1_u64, USUAL);
    loop {
        rest = match rest {
            [] => break,
            [name, rest @ ..] if name == "--nightly" => {
                requests = NIGHTLY;
                rest
            }
            [name, value, rest @ ..] if name == "--seed" => {
                seed = value.parse().map_err(|_| USAGE)?;
                rest
            }
            [name, value, rest @ ..] if name == "--requests" => {
                requests = value.parse().map_err(|_| USAGE)?;
                rest
            }
            _ => return Err(USAGE.to_owned()),
        };
    }
    eprintln!("differential: seed {seed}, {requests} requests");
    write_random(Path::new(folder), seed, requests)
}
