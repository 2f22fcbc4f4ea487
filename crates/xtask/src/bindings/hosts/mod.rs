//! Every case through every host: the same answers from all of them, and the README's table that says so.

mod compare;
mod readme;
mod runner;
mod sets;
mod tally;

use crate::project::{self, Project};
use crate::test::step::{Context, Report};
use runner::HOSTS;
use sets::{Random, Sets};
use tally::Row;

/// Runs all hosts over the table and over a usual number of random requests, and compares the README's table.
pub(crate) fn test(context: &Context<'_>) -> Report {
    let rows = match rows(context.project, Random::USUAL) {
        Ok(rows) => rows,
        Err(fault) => return Report::failed(fault),
    };
    show(&rows);
    let mut faults: Vec<String> = rows.iter().flat_map(Row::faults).collect();
    let absent: Vec<String> = rows.iter().filter_map(Row::absent).collect();
    if context.install {
        faults.extend(absent.iter().cloned());
    }
    // A machine without one of the servers cannot know what belongs into the table.
    if absent.is_empty() && faults.is_empty() {
        faults.extend(readme::check(context.project, &rows).err());
    }
    for fault in rows.iter().flat_map(|row| row.faults().into_iter().take(SHOWN)) {
        println!("hosts: {fault}");
    }
    let passed = rows.iter().map(Row::agreed).sum();
    let skipped = u64::try_from(absent.len()).unwrap_or(u64::MAX);
    let note = [faults.first(), absent.first()].into_iter().flatten().next().cloned();
    let failed = u64::try_from(faults.len()).unwrap_or(u64::MAX);
    Report::counted(passed, failed, skipped, note.unwrap_or_default())
}

/// How many faults of each host are printed.
const SHOWN: usize = 10;

/// `hosts`: the same at will: `--write` renews the README's table, `--nightly` and `--seed N` change the random requests.
///
/// # Errors
///
/// Every fault, and every host that could not be run.
pub(crate) fn write(project: &Project, arguments: &[String]) -> Result<(), String> {
    let (mut random, mut renew) = (Random::USUAL, false);
    let mut arguments = arguments.iter().map(String::as_str);
    while let Some(argument) = arguments.next() {
        match argument {
            "--write" => renew = true,
            "--nightly" => random = Random { requests: Random::NIGHTLY, ..random },
            "--seed" => {
                let seed = arguments.next().and_then(|seed| seed.parse().ok());
                random = Random { seed: seed.ok_or("expected `--seed` with a number")?, ..random };
            }
            other => return Err(format!("unexpected argument `{other}`")),
        }
    }
    if renew && random != Random::USUAL {
        return Err("the README's table is about the usual requests: `--write` stands alone".to_owned());
    }
    let rows = rows(project, random)?;
    show(&rows);
    let faults: Vec<String> =
        rows.iter().flat_map(Row::faults).chain(rows.iter().filter_map(Row::absent)).collect();
    match (faults.is_empty(), renew) {
        (true, true) => readme::write(project, &rows),
        (true, false) => Ok(()),
        (false, _) => Err(faults.into_iter().take(SHOWN).collect::<Vec<_>>().join("\n")),
    }
}

/// Runs every host: a row for each.
fn rows(project: &Project, random: Random) -> Result<Vec<Row>, String> {
    let build = ["build", "--release", "--package", "doorward-tests", "--package", "doorward-cli", "--bins"];
    project::run(&mut project.cargo(&build))?;
    let sets = Sets::prepare(project, random)?;
    Ok(HOSTS.iter().map(|host| host.row(project, &sets)).collect())
}

fn show(rows: &[Row]) {
    println!("\n{}", readme::table(rows));
    for row in rows {
        println!("{row}");
    }
}
