//! `test`: every test of the project, one step after another, a table of the steps, and the count as the last line.

mod counts;
mod fuzz;
mod msrv;
pub(crate) mod step;
mod steps;
mod watched;

use std::env;
use std::fs;
use std::time::Instant;

use crate::project::Project;
use step::{Context, Report, Step, Verdict};
use steps::STEPS;

pub(crate) fn run(project: &Project, arguments: &[String]) -> Result<(), String> {
    let mut only: Option<Vec<&str>> = None;
    let mut install = env::var("CI").is_ok_and(|value| value == "true");
    for argument in arguments {
        match (argument.as_str(), &mut only) {
            ("--list", _) => {
                STEPS.iter().for_each(|step| println!("{:<12} {}", step.name, step.about));
                return Ok(());
            }
            ("--install", _) => install = true,
            ("--only", None) => only = Some(Vec::new()),
            (name, Some(names)) if STEPS.iter().any(|step| step.name == name) => names.push(name),
            (name, Some(_)) => return Err(format!("no step `{name}`: `cargo xtask test --list` names them")),
            (other, None) => return Err(format!("unexpected argument `{other}`")),
        }
    }
    if only.as_ref().is_some_and(Vec::is_empty) {
        return Err("`--only` needs the name of a step".to_owned());
    }
    let chosen: Vec<&Step> =
        STEPS.iter().filter(|step| only.as_ref().is_none_or(|names| names.contains(&step.name))).collect();
    // A checkout from before the wheel had a target folder of its own: Cargo would go on taking its packages for the project's.
    let _ = fs::remove_dir_all(project.target().join("python-build"));
    let context = Context { project, install };
    let mut rows = Vec::new();
    for step in chosen {
        println!("\n==> {}: {}", step.name, step.about);
        let start = Instant::now();
        let report = (step.run)(&context);
        if report.verdict != Verdict::Ok {
            println!("{} {}: {}", step.name, report.verdict, report.note);
        }
        rows.push(Row { name: step.name, report, seconds: start.elapsed().as_secs() });
    }
    close(&rows)
}

/// One line of the closing table.
struct Row {
    name: &'static str,
    report: Report,
    seconds: u64,
}

/// Prints what failed commands said last, the table and the counts; the counts come last, alone on their line.
fn close(rows: &[Row]) -> Result<(), String> {
    for Row { name, report, .. } in rows.iter().filter(|row| !row.report.output.is_empty()) {
        println!("\n{name} failed; of what it printed:{}", report.output);
    }
    println!();
    for Row { name, report, seconds } in rows {
        let line = format!("{name:<12} {:<8} {seconds:>5} s  {}", report.verdict, report.note);
        println!("{}", line.trim_end());
    }
    let failed: Vec<&str> =
        rows.iter().filter(|row| row.report.verdict == Verdict::Failed).map(|row| row.name).collect();
    if !failed.is_empty() {
        println!("\nagain: cargo xtask test --only {}", failed.join(" "));
    }
    println!("\n{}", rows.iter().map(|row| row.report.counts()).sum::<counts::Counts>());
    if failed.is_empty() { Ok(()) } else { Err(String::new()) }
}
