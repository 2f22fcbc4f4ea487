//! `fetch`: one request as a client with a credential sends it, with every step shown.

mod ask;
mod drive;
mod source;
mod trace;
mod url;

use crate::arguments::{self, Format};
use crate::ending::{Ending, Failure};
use crate::input;
use crate::output::Output;
use ask::{Call, Client};
use core::time::Duration;
use doorward::caller::Settings;
use drive::Drive;
use lexopt::{Arg, Parser, ValueExt};
use source::SourceOptions;
use std::io::{self, Write};
use trace::Trace;
use ureq::http::header::{AUTHORIZATION, CONTENT_TYPE};
use ureq::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};

pub(crate) const HELP: &str = "\
Sends a request with a credential, recovers as a client would, and shows each step: why do I get a 401 here?

usage: doorward fetch [OPTION]… URL

  -X, --method M           the method; default GET, or POST with `--data`
  -H, --header 'N: V'      one more field; may be said again
  -d, --data DATA          the content; `@FILE` is a file's, `@-` the standard input's
  -L, --location           follow redirects; what goes to another origin, goes without the credential and `--header`

Where the credential comes from, one of:

  --token-file FILE        a file that holds it
  --token-env NAME         a variable of the environment
  --token-exec 'CMD ARG…'  what a command prints: the token, or an ExecCredential; split at blanks
  --kubernetes             the token of this pod's service account
  --vault URL              a secret of Vault's; with --vault-field NAME (default `token`), --vault-namespace N,
                           --vault-token-file FILE (default: the variable VAULT_TOKEN)
  --source S               a source as the libraries take it: a file of JSON or TOML, or either written here, as
                           '{\"file\": \"/run/token\"}' or 'environment = \"TOKEN\"'

Without one the request goes as it is; so does one with a field `Authorization` of its own.

  --origin URL             the credential is for this origin, too; may be said again. Without it nothing but https and
                           loopback hosts get it

  --attempts N             how often the request may be sent; default 3
  --interactive            a person is there who can sign in again
  --ca FILE                know servers by these certificates alone, in PEM
  --timeout SECONDS        how long each answer may take; default 30
  --format F               `text`: the content to the standard output and the trace to the error stream;
                           `json`: one object with both to the standard output

The trace never holds the credential. Proxies are those of the environment: ALL_PROXY,
HTTPS_PROXY, HTTP_PROXY, the first that is set, and NO_PROXY; this machine itself is asked without one.

exit status: 0 the answer refuses nobody, 1 it refuses the caller, or is an error of another kind (400 to 599), 2 wrong
usage, no credential or no answer
";

/// The longest that `--timeout` may say, in seconds.
const TIMEOUT_MAX: u64 = 3600;

pub(crate) fn run(arguments: Parser, output: &mut Output) -> Result<Ending, Failure> {
    let Some(options) = Options::read(arguments)? else { return crate::help(output, HELP) };
    let form = options.form;
    let mut trace = Trace::new(form == Format::Text);
    let body = options.drive()?.run(&mut trace);
    let ending = trace.ending();
    match form {
        Format::Json => output.json(&trace.to_json(body.as_deref()))?,
        _ => {
            output.flush()?;
            let mut stdout = io::stdout().lock();
            stdout.write_all(body.as_deref().unwrap_or_default())?;
            stdout.flush()?;
        }
    }
    Ok(ending)
}

/// What the command line says.
struct Options {
    url: Option<Uri>,
    method: Option<Method>,
    fields: HeaderMap,
    data: Option<Vec<u8>>,
    source: SourceOptions,
    origins: Vec<Uri>,
    attempts: u8,
    interactive: bool,
    follow: bool,
    authorities: Option<Vec<u8>>,
    timeout: Duration,
    form: Format,
}

impl Options {
    /// Nothing if help is wanted.
    fn read(mut arguments: Parser) -> Result<Option<Self>, Failure> {
        let mut options = Self {
            url: None,
            method: None,
            fields: HeaderMap::new(),
            data: None,
            source: SourceOptions::default(),
            origins: Vec::new(),
            attempts: 3,
            interactive: false,
            follow: false,
            authorities: None,
            timeout: Duration::from_secs(30),
            form: Format::Text,
        };
        while let Some(argument) = arguments.next()? {
            match argument {
                Arg::Short('h') | Arg::Long("help") => return Ok(None),
                Arg::Short('X') | Arg::Long("method") => options.method = Some(method(&mut arguments)?),
                Arg::Short('H') | Arg::Long("header") => options.field(&mut arguments)?,
                Arg::Short('d') | Arg::Long("data") => options.data = Some(data(&mut arguments)?),
                Arg::Short('L') | Arg::Long("location") => options.follow = true,
                Arg::Long("origin") => {
                    let origin = url::read(&arguments.value()?.string()?);
                    options
                        .origins
                        .push(origin.map_err(|fault| Failure::usage(format!("--origin: {fault}")))?);
                }
                Arg::Long("attempts") => options.attempts = attempts(&mut arguments)?,
                Arg::Long("interactive") => options.interactive = true,
                Arg::Long("ca") => {
                    let pem = input::read(&arguments.value()?).map_err(Failure::input)?;
                    options.authorities = Some(pem);
                }
                Arg::Long("timeout") => options.timeout = timeout(&mut arguments)?,
                Arg::Long("format") => {
                    options.form = arguments::format(&mut arguments, &[Format::Text, Format::Json])?;
                }
                Arg::Long(name) => {
                    let name = name.to_owned();
                    if !options.source.take(&name, &mut arguments)? {
                        return Err(Arg::Long(&name).unexpected().into());
                    }
                }
                Arg::Value(text) if options.url.is_none() => {
                    options.url = Some(url::read(&text.string()?).map_err(Failure::usage)?);
                }
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(Some(options))
    }

    fn field(&mut self, arguments: &mut Parser) -> Result<(), Failure> {
        // Never shown: a value may be a secret.
        let wrong = || Failure::usage("expected `--header` as 'Name: value'");
        let text = arguments.value()?.string()?;
        let (name, value) = text.split_once(':').ok_or_else(wrong)?;
        let name = HeaderName::from_bytes(name.trim().as_bytes()).map_err(|_| wrong())?;
        let value = HeaderValue::from_str(value.trim()).map_err(|_| wrong())?;
        self.fields.append(name, value);
        Ok(())
    }

    fn drive(self) -> Result<Drive, Failure> {
        let url = self.url.ok_or_else(|| Failure::usage("expected a URL"))?;
        let source = self.source.finish()?;
        if source.is_some() && self.fields.contains_key(AUTHORIZATION) {
            let fault = "expected a source or a field `Authorization`, found both";
            return Err(Failure::usage(fault));
        }
        let mut fields = self.fields;
        if self.data.is_some() && !fields.contains_key(CONTENT_TYPE) {
            fields.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        }
        let method = self.method.unwrap_or(if self.data.is_some() { Method::POST } else { Method::GET });
        let client = Client::new(self.timeout, self.authorities.as_deref())
            .map_err(|fault| Failure::input(format!("--ca: {fault}")))?;
        let call = Call { method, fields, body: self.data };
        let mut drive = Drive::new(client, call, url, self.follow);
        if let Some(source) = source {
            let (attempts, interactive) = (self.attempts, self.interactive);
            let settings = Settings { attempts, interactive, ..Settings::default() };
            drive.with_source(source, settings, self.origins).map_err(Failure::usage)?;
        }
        Ok(drive)
    }
}

fn method(arguments: &mut Parser) -> Result<Method, Failure> {
    let text = arguments.value()?.string()?;
    let found =
        || Failure::usage(format!("expected `--method` as a method, found `{}`", text.escape_debug()));
    Method::from_bytes(text.as_bytes()).map_err(|_| found())
}

fn data(arguments: &mut Parser) -> Result<Vec<u8>, Failure> {
    let text = arguments.value()?.string()?;
    match text.strip_prefix('@') {
        Some(name) => input::read(name.as_ref()).map_err(Failure::input),
        None => Ok(text.into_bytes()),
    }
}

fn attempts(arguments: &mut Parser) -> Result<u8, Failure> {
    let text = arguments.value()?.string()?;
    text.parse().ok().filter(|attempts| (1..=8).contains(attempts)).ok_or_else(|| {
        let found = text.escape_debug();
        Failure::usage(format!("expected `--attempts` as a number from 1 to 8, found `{found}`"))
    })
}

fn timeout(arguments: &mut Parser) -> Result<Duration, Failure> {
    let text = arguments.value()?.string()?;
    let seconds = text.parse().ok().filter(|seconds| (1..=TIMEOUT_MAX).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| {
        let found = text.escape_debug();
        Failure::usage(format!("expected `--timeout` as seconds from 1 to {TIMEOUT_MAX}, found `{found}`"))
    })
}
