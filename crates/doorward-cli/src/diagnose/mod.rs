//! `diagnose`: answers in, what they mean and the one next thing to do out.

mod response;
mod sent;
pub(crate) mod show;

use crate::arguments::{self, Format};
use crate::ending::{Ending, Failure, complain};
use crate::input;
use crate::output::{Output, Style};
use doorward::{DiagnosisReport, RawResponse, UnixTime};
use doorward_core::wire::http_date;
use lexopt::{Arg, Parser};
use sent::Options;
use serde_json::{Map, Value, json};
use std::ffi::OsString;
use std::path::Path;

pub(crate) const HELP: &str = "\
Says what an answer means to the caller that got it, and the one next thing to do: why do I get a 401 here?

usage: doorward diagnose [OPTION]… RESPONSE…

  RESPONSE             a file with a raw HTTP answer: status line, fields, an empty line, and the content or its start;
                       what `curl -i` prints or `curl -v` writes will do; `-` for the standard input

The more is known of the request, the surer the diagnosis. It holds for every RESPONSE:

  --sent-scheme S      the scheme of the credential that was sent: Bearer, Basic, DPoP …; without it, none was
  --issued-at T        when the caller got the credential
  --expires-at T       when the credential expires, as far as the caller knows
  --sent-at T          when the request was sent
  --refused-before     this very credential was refused here before
  --proof              a proof of possession went with it
  --interactive        a person is there who can sign in again
  --attempt N          which attempt it was; default 1
  --url URL            where the request was sent
  --final-url URL      where the answer came from, if redirects were followed

  --at T               when the answer came, by the caller's clock; without it the Date of the answer, so that no clocks
                       are compared, or else now
  --format F           `text`, or `json` with one object for each answer on a line of its own

Times are Unix seconds or RFC 3339.

exit status: 0 no answer refuses the caller, 1 some do, 2 wrong usage or an input that is no answer
";

pub(crate) fn run(mut arguments: Parser, output: &mut Output) -> Result<Ending, Failure> {
    let (mut options, mut at, mut form, mut inputs) =
        (Options::default(), None, Format::Text, Vec::<OsString>::new());
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return crate::help(output, HELP),
            Arg::Long("at") => at = Some(arguments::time(&mut arguments, "--at")?),
            Arg::Long("format") => {
                form = arguments::format(&mut arguments, &[Format::Text, Format::Json])?;
            }
            Arg::Value(name) => inputs.push(name),
            Arg::Long(name) => {
                let name = name.to_owned();
                if !options.take(&name, &mut arguments)? {
                    return Err(Arg::Long(&name).unexpected().into());
                }
            }
            other @ Arg::Short(_) => return Err(other.unexpected().into()),
        }
    }
    if inputs.is_empty() {
        return Err(Failure::usage("expected a file with an answer, or `-`"));
    }
    let mut ending = Ending::Yes;
    for (index, input) in inputs.iter().enumerate() {
        let name = Path::new(input).display().to_string();
        let answer = input::read(input)
            .and_then(|bytes| response::read(&bytes).map_err(|fault| format!("{name}: {fault}")));
        let answer = match answer {
            Ok(answer) => answer,
            Err(fault) => {
                complain(&fault);
                ending = Ending::Unusable;
                continue;
            }
        };
        let at = at.or_else(|| date(&answer)).unwrap_or_else(doorward::now);
        let report = answer.diagnose(&options.sent, at);
        ending = ending.and(if report.is_refusal() { Ending::No } else { Ending::Yes });
        if form == Format::Json {
            output.json(&object(&name, &report))?;
            continue;
        }
        if index > 0 {
            output.line("")?;
        }
        let style = if report.is_refusal() { Style::Bad } else { Style::Good };
        output.styled(style, &format!("{name}: {}", show::verdict(&report)))?;
        for (name, value) in show::facts(&report) {
            show::fact(output, name, &value)?;
        }
        if report.is_refusal() && options.sent.scheme.is_none() {
            let hint = "if a credential was sent, say so: --sent-scheme Bearer";
            show::fact(output, "note", hint)?;
        }
    }
    Ok(ending)
}

/// The time that the answer itself says.
fn date(answer: &RawResponse) -> Option<UnixTime> {
    let (_, value) = answer.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(b"date"))?;
    http_date::parse(value, doorward::now())
}

/// The fields of a report below the name of its input.
fn object(input: &str, report: &DiagnosisReport) -> Value {
    let mut object = Map::new();
    object.insert("input".to_owned(), json!(input));
    if let Value::Object(fields) = report.to_json() {
        object.extend(fields);
    }
    Value::Object(object)
}
