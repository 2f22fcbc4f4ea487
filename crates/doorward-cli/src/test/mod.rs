//! `test`: runs tables of decisions and shows where answer and expectation differ.

mod files;
mod run;

use crate::arguments::{self, Format};
use crate::ending::{Ending, Failure, complain};
use crate::output::{Output, Style};
use lexopt::{Arg, Parser};
use run::Verdict;
use serde_json::json;
use std::io;
use std::path::PathBuf;

pub(crate) const HELP: &str = "\
Runs tables of decisions: requests with the answers that they must get, and answers with what they must be taken for.

usage: doorward test [--format text|json] CASES…

  --format F       `text`, or `json` with one object for each case on a line of its own, and a last one with the totals
  CASES            a case file, or a folder whose `.json` files are all taken, in folders below it too

Policies, key sets and lists of what is revoked are left aside in a folder.
The format is described with the module `doorward::cases`.

exit status: 0 all passed, 1 some failed, 2 wrong usage or a file that cannot be used
";

#[derive(Default)]
struct Totals {
    passed: usize,
    failed: usize,
}

pub(crate) fn run(mut arguments: Parser, output: &mut Output) -> Result<Ending, Failure> {
    let (mut form, mut paths) = (Format::Text, Vec::<PathBuf>::new());
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return crate::help(output, HELP),
            Arg::Long("format") => {
                form = arguments::format(&mut arguments, &[Format::Text, Format::Json])?;
            }
            Arg::Value(path) => paths.push(path.into()),
            other => return Err(other.unexpected().into()),
        }
    }
    if paths.is_empty() {
        return Err(Failure::usage("expected a case file or a folder"));
    }
    let mut totals = Totals::default();
    let mut ending = Ending::Yes;
    for path in files::find(&paths).map_err(Failure::input)? {
        match run::file(&path) {
            Ok(results) => {
                for result in results {
                    totals.count(&result.verdict);
                    show(output, form, &result)?;
                }
            }
            Err(fault) => {
                // None of its cases was run: that is no pass.
                complain(&fault);
                totals.failed += 1;
                ending = Ending::Unusable;
            }
        }
    }
    if totals.failed > 0 && ending == Ending::Yes {
        ending = Ending::No;
    }
    totals.show(output, form)?;
    if totals.passed + totals.failed == 0 && ending == Ending::Yes {
        return Err(Failure::input("no cases found"));
    }
    Ok(ending)
}

impl Totals {
    fn count(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Failed(_) => self.failed += 1,
        }
    }

    fn show(&self, output: &mut Output, form: Format) -> io::Result<()> {
        let Self { passed, failed } = self;
        if form == Format::Json {
            return output.json(&json!({ "passed": passed, "failed": failed }));
        }
        let style = if *failed > 0 { Style::Bad } else { Style::Good };
        output.styled(style, &format!("{passed} passed, {failed} failed"))
    }
}

fn show(output: &mut Output, form: Format, result: &run::Tested) -> io::Result<()> {
    if form == Format::Json {
        return output.json(&result.to_json());
    }
    let name = format!("{} {}", result.file.display(), result.id);
    match &result.verdict {
        Verdict::Passed => Ok(()),
        Verdict::Failed(mismatches) => {
            output.styled(Style::Bad, &format!("FAILED {name}"))?;
            let width = mismatches.iter().map(|mismatch| mismatch.field.chars().count()).max().unwrap_or(0);
            for mismatch in mismatches {
                output.line(&format!("  {:<width$}  expected  {}", mismatch.field, mismatch.expected))?;
                output.line(&format!("  {:<width$}  actual    {}", "", mismatch.actual))?;
            }
            Ok(())
        }
    }
}
