//! `reasons`: the table of reasons in three forms.

mod markdown;
mod vocabulary;

use crate::arguments::{self, Format};
use crate::ending::{Ending, Failure};
use crate::output::Output;
use doorward::Reason;
use doorward_core::reason::Challenge;
use lexopt::{Arg, Parser};
use serde_json::{Value, json};

pub(crate) const HELP: &str = "\
Lists every reason for a refusal, with its cure.

usage: doorward reasons [--format text|json|markdown|vocabulary]

  --format F       `text`: one line each; `json`: an array with everything; `markdown`: the reference page;
                   `vocabulary`: the closed lists of outcomes, recoveries, signals and the like, as JSON
";

pub(crate) fn run(mut arguments: Parser, output: &mut Output) -> Result<Ending, Failure> {
    let mut form = Format::Text;
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return crate::help(output, HELP),
            Arg::Long("format") => {
                form = arguments::format(
                    &mut arguments,
                    &[Format::Text, Format::Json, Format::Markdown, Format::Vocabulary],
                )?;
            }
            other => return Err(other.unexpected().into()),
        }
    }
    match form {
        Format::Text => {
            for reason in Reason::ALL {
                output.line(&line(*reason))?;
            }
        }
        Format::Json => {
            let all: Value = Reason::ALL.iter().map(|reason| object(*reason)).collect();
            output.text(&format!("{all:#}\n"))?;
        }
        Format::Markdown => output.text(&markdown::page())?,
        Format::Vocabulary => output.text(&format!("{:#}\n", vocabulary::lists()))?,
    }
    Ok(Ending::Yes)
}

fn line(reason: Reason) -> String {
    let (number, code, status) = (reason.number(), reason.code(), reason.status());
    format!("{number}  {code:<24} {status}  {:<19} {}", reason.recovery().code(), reason.sentence())
}

/// The kind of challenge that goes with a reason.
fn challenge(reason: Reason) -> &'static str {
    match reason.challenge() {
        Challenge::None => "none",
        Challenge::Plain => "plain",
        Challenge::Error(_) => "error",
    }
}

fn object(reason: Reason) -> Value {
    let references = reason.references();
    json!({
        "number": reason.number(),
        "code": reason.code(),
        "name": reason.name(),
        "outcome": reason.outcome().code(),
        "status": reason.status(),
        "challenge": challenge(reason),
        "wire_error": reason.wire_error().map(|error| error.code()),
        "recovery": reason.recovery().code(),
        "advice": reason.recovery().advice(),
        "operator": reason.operator(),
        "signal": reason.signal().code(),
        "may_resend": reason.may_resend(),
        "sentence": reason.sentence(),
        "references": {
            "standards": references.standards,
            "csf": references.csf,
            "zero_trust": references.zero_trust,
            "nhi": references.nhi,
            "ztmm": references.ztmm,
        },
    })
}
