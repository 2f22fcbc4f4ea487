//! `bench bindings`: our decisions in other languages and in proxies, beside Rust and beside what else is used there, all
//! in one run and in turns.

use super::hosts;
use super::table::{self, Table};
use super::worker::Worker;
use crate::project::{self, Project};
use core::time::Duration;
use std::path::Path;
use std::process::Command;

const USAGE: &str = "usage: bench bindings [--quick] [--format text|json] [python] [node] [c] [proxies]";

/// One comparison: what it is called, how its program is started, and what its table is made of.
struct Host {
    name: &'static str,
    start: fn(&Project, &Path) -> Result<Command, String>,
    table: fn(&Worker, &Worker) -> Table,
    /// Turns, and the milliseconds of each: in a quick run and in a long one.
    turns: [(u32, u64); 2],
}

const HOSTS: [Host; 4] = [
    Host {
        name: "python",
        start: hosts::python,
        table: |rust, worker| table::language("Python", 500.0, Some(800.0), rust, worker),
        turns: [(6, 30), (20, 80)],
    },
    Host {
        name: "node",
        start: hosts::node,
        table: |rust, worker| table::language("Node", 800.0, Some(1000.0), rust, worker),
        // Code gets warm over the first turns.
        turns: [(6, 60), (20, 100)],
    },
    Host {
        name: "c",
        start: hosts::c,
        table: |rust, worker| table::language("C", 50.0, None, rust, worker),
        turns: [(6, 30), (20, 80)],
    },
    Host {
        name: "proxies",
        start: hosts::proxies,
        table: |_, worker| table::proxies(worker),
        turns: [(2, 1000), (5, 2000)],
    },
];

/// What was asked for.
struct Arguments {
    quick: bool,
    json: bool,
    hosts: Vec<String>,
}

pub(super) fn run(project: &Project, arguments: &[String]) -> Result<(), String> {
    let arguments = parse(arguments)?;
    let fixtures = hosts::folder(project).join("fixtures");
    let mut rust = hosts::rust(project)?;
    project::run(rust.arg("write").arg(&fixtures))?;
    let mut rust = hosts::rust(project)?;
    let mut rust = Worker::start(rust.arg("time"))?;
    let mut goals = [0_u32; 2];
    let mut left_out = Vec::new();
    for host in &HOSTS {
        if !arguments.hosts.is_empty() && !arguments.hosts.iter().any(|name| name == host.name) {
            continue;
        }
        let mut worker = match (host.start)(project, &fixtures) {
            Ok(mut command) => Worker::start(&mut command)?,
            Err(why) => {
                left_out.push(format!("{}: {why}", host.name));
                continue;
            }
        };
        let [quick, long] = host.turns;
        let (turns, each) = if arguments.quick { quick } else { long };
        // What one host meets of the machine's moods, Rust has to meet beside it.
        rust.rows.iter_mut().for_each(|row| row.least = f64::INFINITY);
        for _ in 0..turns {
            turn(&mut rust, &mut worker, Duration::from_millis(each))?;
        }
        let table = (host.table)(&rust, &worker);
        if arguments.json {
            table::json(host.name, &rust, &worker).iter().for_each(|line| println!("{line}"));
        } else {
            println!("\n{table}");
        }
        for goal in &table.goals {
            let [met, missed] = &mut goals;
            *(if goal.met { met } else { missed }) += 1;
        }
    }
    if !arguments.json {
        let [met, missed] = goals;
        println!("\ngoals: {met} met, {missed} not met in this run");
    }
    if left_out.is_empty() { Ok(()) } else { Err(format!("left out: {}", left_out.join("; "))) }
}

/// One turn of each row, and right before ours the same decision in Rust.
fn turn(rust: &mut Worker, worker: &mut Worker, each: Duration) -> Result<(), String> {
    for index in 0..worker.rows.len() {
        let Some(row) = worker.rows.get(index).filter(|row| row.absent.is_none()) else { continue };
        if row.library == "doorward" {
            let same = rust.rows.iter().position(|other| other.alg == row.alg && other.kind == row.kind);
            if let Some(same) = same {
                rust.turn(same, each)?;
            }
        }
        worker.turn(index, each)?;
    }
    Ok(())
}

fn parse(arguments: &[String]) -> Result<Arguments, String> {
    let mut parsed = Arguments { quick: false, json: false, hosts: Vec::new() };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--quick" => parsed.quick = true,
            "--format" => match arguments.next().map(String::as_str) {
                Some("json") => parsed.json = true,
                Some("text") => parsed.json = false,
                _ => return Err(format!("expected `text` or `json` after --format\n{USAGE}")),
            },
            name if HOSTS.iter().any(|host| host.name == name) => parsed.hosts.push(name.to_owned()),
            other => return Err(format!("unexpected argument `{other}`\n{USAGE}")),
        }
    }
    Ok(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_options_are_read() {
        let parse = |line: &str| parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        let parsed = parse("--quick node --format json c").unwrap();
        assert!(parsed.quick && parsed.json);
        assert_eq!(parsed.hosts, ["node", "c"]);
        assert!(parse("--fast").is_err() && parse("ruby").is_err() && parse("--format xml").is_err());
    }
}
