//! `explain`: what a token says, without believing any of it.

mod hints;
mod times;
mod token;

use crate::arguments::{self, Format};
use crate::ending::{Ending, Failure, complain};
use crate::output::{Output, Style};
use crate::{input, show};
use doorward::UnixTime;
use doorward::raw_request::RawRequest;
use doorward::report::Report;
use doorward::time::rfc3339;
use lexopt::{Arg, Parser, ValueExt};
use serde_json::{Value, json};
use std::ffi::{OsStr, OsString};
use std::io;
use token::Token;

pub(crate) const HELP: &str = "\
Shows what a token says. Nothing is verified, and the signature is not shown.

usage: doorward explain [--at T] [--policy P --url U] [--format text|json] TOKEN

  --at T           the time to compare with: Unix seconds or RFC 3339; the default is now
  --policy P       also decide on a GET that sends the token, by this policy, which fetches its keys once before
  --url U          the URL or path of that request
  --format F       `text`, or `json` with one object
  TOKEN            the token, or `-` to keep it off the command line and read it from the standard input

exit status: 0 shown, or allowed by the policy; 1 refused by the policy; 2 wrong usage or no token
";

const WARNING: &str = "not verified: this is what the token says, and anyone can write a token that says it";

#[derive(Default)]
struct Options {
    at: Option<UnixTime>,
    policy: Option<OsString>,
    url: Option<String>,
    form: Format,
    token: Option<String>,
}

pub(crate) fn run(mut arguments: Parser, output: &mut Output) -> Result<Ending, Failure> {
    let mut options = Options::default();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return crate::help(output, HELP),
            Arg::Long("at") => options.at = Some(arguments::time(&mut arguments, "--at")?),
            Arg::Long("policy") => options.policy = Some(arguments.value()?),
            Arg::Long("url") => options.url = Some(arguments.value()?.string()?),
            Arg::Long("format") => {
                options.form = arguments::format(&mut arguments, &[Format::Text, Format::Json])?;
            }
            Arg::Value(token) if options.token.is_none() => options.token = Some(token.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    explain(options, output)
}

fn explain(options: Options, output: &mut Output) -> Result<Ending, Failure> {
    let text = match options.token {
        None => return Err(Failure::usage("expected a token, or `-`")),
        Some(text) if text == "-" => input::read_text(OsStr::new("-")).map_err(Failure::input)?,
        Some(text) => text,
    };
    let now = options.at.unwrap_or_else(doorward::now);
    let token = Token::decode(&text);
    let decision = match (options.policy, options.url) {
        (Some(policy), Some(url)) => Some(decide(&policy, &url, &token, now)?),
        (None, None) => None,
        _ => return Err(Failure::usage("expected `--policy` and `--url` together")),
    };
    match options.form {
        Format::Json => output.json(&object(&token, now, decision.as_ref()))?,
        _ => show_text(output, &token, now, decision.as_ref())?,
    }
    Ok(match (&token.header, decision) {
        (_, Some(report)) if report.is_allow() => Ending::Yes,
        (_, Some(_)) => Ending::No,
        (Ok(_), None) => Ending::Yes,
        (Err(fault), None) => {
            complain(&format!("this is no token: {fault}"));
            Ending::Unusable
        }
    })
}

fn decide(policy: &OsStr, url: &str, token: &Token, now: UnixTime) -> Result<Report, Failure> {
    let engine = input::engine(policy)?;
    let mut scratch = engine.scratch();
    let request = RawRequest::new("GET", url).with_header("Authorization", format!("Bearer {}", token.text));
    Ok(request.lend(|request| Report::new(&engine.decide(request, now, &mut scratch))))
}

fn show_text(output: &mut Output, token: &Token, now: UnixTime, decision: Option<&Report>) -> io::Result<()> {
    output.styled(Style::Bad, &format!("!! {WARNING} !!"))?;
    for (name, part) in [("header", &token.header), ("claims", &token.claims)] {
        output.styled(Style::Strong, name)?;
        match part {
            Ok(value) => {
                for line in format!("{value:#}").lines() {
                    output.line(&format!("  {line}"))?;
                }
            }
            Err(fault) => output.line(&format!("  {fault}"))?,
        }
    }
    let times = times::of(token, now);
    if !times.is_empty() {
        output.styled(
            Style::Strong,
            &format!("times, seen from {}", rfc3339(UnixTime::from_seconds(now.seconds()))),
        )?;
        for time in times {
            output.line(&format!("  {:<9} {:<20}  {}", time.claim, time.when, time.relation))?;
        }
    }
    let hints = hints::of(token);
    if !hints.is_empty() {
        output.styled(Style::Strong, "hints")?;
        for hint in hints {
            output.line(&format!("  * {hint}"))?;
        }
    }
    match decision {
        Some(report) => show::report(output, "decision", report),
        None => Ok(()),
    }
}

fn object(token: &Token, now: UnixTime, decision: Option<&Report>) -> Value {
    let part = |part: &Result<Value, String>| part.clone().unwrap_or_default();
    let times: Vec<Value> = times::of(token, now)
        .iter()
        .map(|time| json!({ "claim": time.claim, "time": time.when, "relation": time.relation }))
        .collect();
    json!({
        "verified": false,
        "warning": WARNING,
        "header": part(&token.header),
        "claims": part(&token.claims),
        "times": times,
        "hints": hints::of(token),
        "decision": decision.map(Report::to_json),
    })
}
