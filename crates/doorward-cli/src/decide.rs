//! `decide`: raw HTTP requests in, decisions out.

use crate::arguments::{self, Format};
use crate::ending::{Ending, Failure, complain};
use crate::output::Output;
use crate::{http, input, show};
use doorward::report::Report;
use lexopt::{Arg, Parser};
use serde_json::{Map, Value, json};
use std::ffi::OsString;
use std::path::Path;

pub(crate) const HELP: &str = "\
Decides on raw HTTP/1.1 requests, each in a file of its own.

usage: doorward decide --policy P [--at T] [--format text|json] REQUEST…

  --policy P       the policy, TOML or JSON
  --at T           the time to judge at: Unix seconds or RFC 3339; the default is now
  --format F       `text`, or `json` with one object for each request on a line of its own
  REQUEST          a file with request line, fields, an empty line and perhaps content; `-` for the standard input

Keys that the policy fetches are fetched once before, in 15 seconds at most; without them callers get a 503.

exit status: 0 all allowed, 1 some refused, 2 wrong usage or an input that is no request
";

pub(crate) fn run(mut arguments: Parser, output: &mut Output) -> Result<Ending, Failure> {
    let (mut policy, mut at, mut form, mut inputs) = (None, None, Format::Text, Vec::<OsString>::new());
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return crate::help(output, HELP),
            Arg::Long("policy") => policy = Some(arguments.value()?),
            Arg::Long("at") => at = Some(arguments::time(&mut arguments, "--at")?),
            Arg::Long("format") => {
                form = arguments::format(&mut arguments, &[Format::Text, Format::Json])?;
            }
            Arg::Value(name) => inputs.push(name),
            other => return Err(other.unexpected().into()),
        }
    }
    let policy = policy.ok_or_else(|| Failure::usage("expected `--policy`"))?;
    if inputs.is_empty() {
        return Err(Failure::usage("expected a request file, or `-`"));
    }
    let engine = input::engine(&policy)?;
    let mut scratch = engine.scratch();
    let at = at.unwrap_or_else(doorward::now);
    let mut ending = Ending::Yes;
    for (index, input) in inputs.iter().enumerate() {
        let name = Path::new(input).display().to_string();
        let request = input::read(input)
            .and_then(|bytes| http::whole(&bytes).map_err(|fault| format!("{name}: {fault}")));
        let request = match request {
            Ok(request) => request,
            Err(fault) => {
                complain(&fault);
                ending = Ending::Unusable;
                continue;
            }
        };
        let report = request.lend(|request| Report::new(&engine.decide(request, at, &mut scratch)));
        ending = ending.and(if report.is_allow() { Ending::Yes } else { Ending::No });
        match form {
            Format::Json => output.json(&object(&name, &report))?,
            _ => {
                if index > 0 {
                    output.line("")?;
                }
                show::report(output, &name, &report)?;
            }
        }
    }
    Ok(ending)
}

/// The fields of a report below the name of its input.
fn object(input: &str, report: &Report) -> Value {
    let mut object = Map::new();
    object.insert("input".to_owned(), json!(input));
    if let Value::Object(fields) = report.to_json() {
        object.extend(fields);
    }
    Value::Object(object)
}
