//! The `doorward` command: decide, diagnose, test, explain and check, with exit codes that scripts can rely on.

mod arguments;
mod base64url;
mod check;
mod decide;
mod demo;
mod diagnose;
mod ending;
mod explain;
mod fetch;
mod http;
mod input;
mod jws;
mod output;
mod reasons;
#[cfg(unix)]
mod serve;
mod show;
mod status;
mod test;
mod trust;

use doorward::nearest;
use ending::{Ending, Failure};
use lexopt::{Arg, Parser, ValueExt};
use output::Output;
use std::ffi::OsString;
use std::process::ExitCode;

const HELP: &str = "\
Decides whether a caller is let in, and says why not and what would help; to the caller, too.

usage: doorward VERB [OPTION]…

  decide --policy P REQUEST…   decide on raw HTTP/1.1 requests
  test CASES…                  run tables of decisions against their policies
  explain TOKEN                show what a token says, without verifying it
  check POLICY…                load policies and show every fault
  diagnose RESPONSE…           say what an answer means to its caller: why do I get a 401 here?
  fetch URL                    send a request with a credential, recover as a client would, and show each step
  reasons                      list every reason for a refusal
  demo                         show one request for each thing that can go wrong
  jws verify --keys F TOKEN…   verify signed objects without any policy
  status TARGET                show what a service or a policy trusts, how fresh it is and what happens next
  serve --policy P --from X    answer a proxy that asks about each request: nginx, Traefik, Caddy, Envoy

  -h, --help       this, or with a verb the verb's options; `doorward help VERB` says the same
  -V, --version    the version

exit status: 0 allowed, passed or valid; 1 refused, failed or invalid; 2 wrong usage or unusable input
";

/// What the command can do.
struct Verb {
    name: &'static str,
    run: fn(Parser, &mut Output) -> Result<Ending, Failure>,
    help: &'static str,
}

const fn verb(
    name: &'static str,
    run: fn(Parser, &mut Output) -> Result<Ending, Failure>,
    help: &'static str,
) -> Verb {
    Verb { name, run, help }
}

const VERBS: &[Verb] = &[
    verb("decide", decide::run, decide::HELP),
    verb("test", test::run, test::HELP),
    verb("explain", explain::run, explain::HELP),
    verb("check", check::run, check::HELP),
    verb("diagnose", diagnose::run, diagnose::HELP),
    verb("fetch", fetch::run, fetch::HELP),
    verb("reasons", reasons::run, reasons::HELP),
    verb("demo", demo::run, demo::HELP),
    verb("jws", jws::run, jws::HELP),
    verb("status", status::run, status::HELP),
    #[cfg(unix)]
    verb("serve", serve::run, serve::HELP),
];

fn main() -> ExitCode {
    let mut output = Output::stdout();
    let ended = run(&mut output);
    // What was found before a failure is still worth showing, and comes first.
    let flushed = output.flush();
    match ended.and_then(|ending| flushed.map(|()| ending).map_err(Failure::from)) {
        Ok(ending) => ending.code(),
        Err(failure) => failure.report(),
    }
}

fn run(output: &mut Output) -> Result<Ending, Failure> {
    let mut arguments = Parser::from_env();
    match arguments.next()? {
        Some(Arg::Short('h') | Arg::Long("help")) => help(output, HELP),
        Some(Arg::Short('V') | Arg::Long("version")) => {
            output.line(&format!("doorward {}", env!("CARGO_PKG_VERSION")))?;
            Ok(Ending::Yes)
        }
        Some(Arg::Value(name)) if name == "help" => {
            let verb = match arguments.next()? {
                None => return help(output, HELP),
                Some(Arg::Value(verb)) => verb,
                Some(other) => return Err(other.unexpected().into()),
            };
            match arguments.next()? {
                None => run_verb(verb, Parser::from_args(["--help"]), output),
                Some(other) => Err(other.unexpected().into()),
            }
        }
        Some(Arg::Value(name)) => run_verb(name, arguments, output),
        Some(other) => Err(other.unexpected().into()),
        None => Err(Failure::usage("expected a verb")),
    }
}

fn run_verb(name: OsString, arguments: Parser, output: &mut Output) -> Result<Ending, Failure> {
    let name = name.string()?;
    let Some(Verb { run, help, .. }) = VERBS.iter().find(|verb| verb.name == name) else {
        let near = nearest(&name, VERBS.iter().map(|verb| verb.name));
        let near = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
        return Err(Failure::usage(format!("there is no verb `{}`{near}", name.escape_debug())));
    };
    run(arguments, output).map_err(|failure| failure.of(&name, help))
}

/// Prints a help text.
fn help(output: &mut Output, text: &str) -> Result<Ending, Failure> {
    output.text(text)?;
    Ok(Ending::Yes)
}
