//! Asks a host that is a server about every case, over HTTP, and prints how its answers compare: one JSON object for each set.

use doorward_tests::hosts::{Run, run};
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: http_hosts HOST PROGRAM MODULE|- CLOCK RULES WORK (--set NAME ROOT FILE...)...";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match read(&arguments).and_then(|read| run(&read)) {
        Ok(lines) => {
            lines.iter().for_each(|line| println!("{line}"));
            ExitCode::SUCCESS
        }
        Err(said) => {
            eprintln!("http_hosts: {said}");
            ExitCode::FAILURE
        }
    }
}

fn read(arguments: &[String]) -> Result<Run<'_>, String> {
    let [host, program, module, clock, rules, work, rest @ ..] = arguments else {
        return Err(USAGE.to_owned());
    };
    let mut sets = Vec::new();
    for set in rest.split(|argument| argument == "--set").skip(1) {
        let [name, root, files @ ..] = set else { return Err(USAGE.to_owned()) };
        sets.push((name.as_str(), Path::new(root), files.iter().map(String::as_str).collect()));
    }
    if sets.is_empty() {
        return Err(USAGE.to_owned());
    }
    Ok(Run {
        host,
        program: Path::new(program),
        module: (module != "-").then(|| Path::new(module)),
        clock: Path::new(clock),
        rules: Path::new(rules),
        work: Path::new(work),
        sets,
    })
}
