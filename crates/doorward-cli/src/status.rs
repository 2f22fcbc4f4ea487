//! `status`: what is trusted, how fresh it is and what happens next, of a service that runs or of a policy.

use crate::arguments::{self, Format};
use crate::ending::{Ending, Failure};
use crate::output::Output;
use crate::trust;
use core::net::{IpAddr, SocketAddr};
use core::time::Duration;
use doorward::Engine;
use lexopt::{Arg, Parser, ValueExt};
use serde_json::Value;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Instant;

pub(crate) const HELP: &str = "\
Shows what is trusted, how fresh it is and what happens next.

usage: doorward status [--format text|json] http://ADDRESS
       doorward status [--format text|json] --policy P [--wait SECONDS]

  http://ADDRESS   a running `doorward serve --status ADDRESS`; or any page that answers as its /status does
  --policy P       load this policy, fetch once, and show what came of it; decides about nobody
  --wait SECONDS   how long that may take; default 15
  --format F       `text`, a page for people, or `json`, one object

exit status: 0 all issuers have fresh keys, 1 something is stale, expired, failing or was never loaded, or a file is
broken, 2 wrong usage, a policy that does not load, or nobody who answers
";

/// How long a running service may take to answer in all.
const TIME: Duration = Duration::from_secs(5);

/// The longest answer that is read, in bytes: a thousand issuers with eight keys each as JSON, several times over.
const BYTES: u64 = 16 << 20;

/// The longest that `--wait` may say, in seconds.
const WAIT_MAX: u64 = 3600;

pub(crate) fn run(mut arguments: Parser, output: &mut Output) -> Result<Ending, Failure> {
    let (mut policy, mut wait, mut form, mut target) = (None, None, Format::Text, None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return crate::help(output, HELP),
            Arg::Long("policy") => policy = Some(arguments.value()?),
            Arg::Long("wait") => wait = Some(seconds(&mut arguments)?),
            Arg::Long("format") => {
                form = arguments::format(&mut arguments, &[Format::Text, Format::Json])?;
            }
            Arg::Value(url) if target.is_none() => target = Some(url.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    match (target, policy) {
        (Some(_), None) if wait.is_some() => Err(Failure::usage("expected `--wait` beside `--policy`")),
        (Some(target), None) => of_service(&target, form, output),
        (None, Some(policy)) => of_policy(&policy, wait.unwrap_or(trust::PATIENCE), form, output),
        _ => Err(Failure::usage("expected one of http://ADDRESS and `--policy`")),
    }
}

fn seconds(arguments: &mut Parser) -> Result<Duration, Failure> {
    let text = arguments.value()?.string()?;
    let seconds = text.parse().ok().filter(|seconds| *seconds <= WAIT_MAX);
    seconds.map(Duration::from_secs).ok_or_else(|| {
        let found = text.escape_debug();
        Failure::usage(format!("expected `--wait` as seconds up to {WAIT_MAX}, found `{found}`"))
    })
}

fn of_policy(
    policy: &OsString,
    wait: Duration,
    form: Format,
    output: &mut Output,
) -> Result<Ending, Failure> {
    let engine = Engine::load_file(policy).map_err(|errors| Failure::input(errors.to_string()))?;
    trust::fetch_once(&engine, wait);
    let status = engine.status(doorward::now());
    match form {
        Format::Json => output.json(&status.to_json())?,
        _ => output.text(&status.to_string())?,
    }
    Ok(if status.is_good() { Ending::Yes } else { Ending::No })
}

fn of_service(target: &str, form: Format, output: &mut Output) -> Result<Ending, Failure> {
    let place = Place::read(target)?;
    let failed = |fault: String| Failure::input(format!("{target}: {fault}"));
    let began = Instant::now();
    let text = place.ask("json", began).map_err(failed)?;
    let status: Value =
        serde_json::from_str(&text).map_err(|_| failed("expected a status as JSON".to_owned()))?;
    let ending = judge(&status).ok_or_else(|| failed("expected a status, found other JSON".to_owned()))?;
    match form {
        Format::Json => output.json(&status)?,
        _ => place.ask("text", began).map_err(failed)?.lines().try_for_each(|line| output.line(line))?,
    }
    Ok(ending)
}

/// Whether there is nothing to mend: what `Status::is_good` says, from its JSON. Nothing where that is no status.
fn judge(status: &Value) -> Option<Ending> {
    let is_loaded = status.pointer("/policy/fault")?.is_null() && status.pointer("/revoked/fault")?.is_null();
    let is_good = |issuer: &Value| {
        let is_fresh = matches!(issuer.get("trust").and_then(Value::as_str), Some("fresh" | "given"));
        let has_keys = issuer.get("keys").and_then(Value::as_array).is_some_and(|keys| !keys.is_empty());
        is_fresh && has_keys && issuer.get("failures").and_then(Value::as_u64) == Some(0)
    };
    let are_good = status.get("issuers")?.as_array()?.iter().all(is_good);
    Some(if is_loaded && are_good { Ending::Yes } else { Ending::No })
}

/// Where a service can be asked.
#[derive(Debug, Eq, PartialEq)]
struct Place {
    authority: String,
    path: String,
}

impl Place {
    /// Reads `http://127.0.0.1:8403`, with or without `/status`.
    fn read(url: &str) -> Result<Self, Failure> {
        let wrong = || {
            let found = url.escape_debug();
            Failure::usage(format!("expected http://ADDRESS:PORT of a running service, found `{found}`"))
        };
        let rest = url.strip_prefix("http://").ok_or_else(wrong)?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"?#@".contains(&byte);
        let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        if !has_port || !rest.bytes().all(is_plain) {
            return Err(wrong());
        }
        let path = if path.is_empty() { "/status".to_owned() } else { format!("/{path}") };
        Ok(Self { authority: authority.to_owned(), path })
    }

    /// Asks for the status in a form.
    fn ask(&self, form: &str, began: Instant) -> Result<String, String> {
        let left = || {
            let left = TIME.saturating_sub(began.elapsed());
            if left.is_zero() { Err(format!("no answer in {} s", TIME.as_secs())) } else { Ok(left) }
        };
        let said = |error: io::Error| match error.kind() {
            io::ErrorKind::ConnectionRefused => "nobody listens there".to_owned(),
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
                format!("no answer in {} s", TIME.as_secs())
            }
            _ => error.to_string().to_lowercase(),
        };
        let address = self.resolve()?;
        let mut stream = TcpStream::connect_timeout(&address, left()?).map_err(said)?;
        stream.set_write_timeout(Some(left()?)).map_err(said)?;
        let Self { authority, path } = self;
        let head =
            format!("GET {path}?format={form} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).map_err(said)?;
        let mut answer = Vec::new();
        let mut piece = [0; 16 * 1024];
        loop {
            // For each piece anew, so that no drip of bytes takes longer than all may take.
            stream.set_read_timeout(Some(left()?)).map_err(said)?;
            let count = stream.read(&mut piece).map_err(said)?;
            answer.extend_from_slice(piece.get(..count).unwrap_or_default());
            if u64::try_from(answer.len()).unwrap_or(u64::MAX) > BYTES {
                return Err(format!("expected at most {BYTES} bytes"));
            }
            if count == 0 {
                return content(&answer);
            }
        }
    }

    fn resolve(&self) -> Result<SocketAddr, String> {
        let mut found = self.authority.to_socket_addrs().map_err(|error| error.to_string().to_lowercase())?;
        // A name of this machine has both; the service listens on one of them, mostly the older.
        let all: Vec<SocketAddr> = found.by_ref().collect();
        let first = all.iter().find(|address| matches!(address.ip(), IpAddr::V4(_))).or(all.first());
        first.copied().ok_or_else(|| "expected a name with an address".to_owned())
    }
}

/// The content of a whole answer that ended with its connection.
fn content(answer: &[u8]) -> Result<String, String> {
    let mut fields = [httparse::EMPTY_HEADER; 32];
    let mut head = httparse::Response::new(&mut fields);
    let length = match head.parse(answer) {
        Ok(httparse::Status::Complete(length)) => length,
        _ => return Err("expected an answer of HTTP/1.1".to_owned()),
    };
    if head.code != Some(200) {
        return Err(format!("expected status 200, found {}", head.code.unwrap_or_default()));
    }
    let content = answer.get(length..).unwrap_or_default();
    let said = head.headers.iter().find(|field| field.name.eq_ignore_ascii_case("content-length"));
    let said = said.and_then(|field| core::str::from_utf8(field.value).ok()?.parse::<usize>().ok());
    if said.is_some_and(|said| said != content.len()) {
        return Err("the answer broke off".to_owned());
    }
    String::from_utf8(content.to_vec()).map_err(|_| "expected UTF-8 text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_place_has_a_port_and_no_more_than_a_path() {
        let place = |url: &str| Place::read(url).ok().map(|place| (place.authority, place.path));
        let found = |authority: &str, path: &str| Some((authority.to_owned(), path.to_owned()));
        assert_eq!(place("http://127.0.0.1:8403"), found("127.0.0.1:8403", "/status"));
        assert_eq!(place("http://[::1]:8403/"), found("[::1]:8403", "/status"));
        assert_eq!(place("http://localhost:8403/ops/status"), found("localhost:8403", "/ops/status"));
        for url in [
            "127.0.0.1:8403",
            "https://a:1",
            "http://a",
            "http://a:x",
            "http://a:1/?b",
            "http://a:1/b c",
            "http://u@a:1",
        ] {
            assert_eq!(place(url), None, "{url}");
        }
    }

    #[test]
    fn what_is_to_be_mended_is_seen_in_the_json() {
        let status = |trust: &str, failures: u64, fault: Value| {
            json!({
                "policy": { "fault": fault }, "revoked": { "fault": null },
                "issuers": [{ "trust": trust, "failures": failures, "keys": [{}] }],
            })
        };
        assert_eq!(judge(&status("fresh", 0, Value::Null)), Some(Ending::Yes));
        assert_eq!(judge(&status("given", 0, Value::Null)), Some(Ending::Yes));
        for bad in [
            status("stale", 0, Value::Null),
            status("never", 0, Value::Null),
            status("fresh", 1, Value::Null),
            status("fresh", 0, json!("x")),
            json!({ "policy": { "fault": null }, "revoked": { "fault": null }, "issuers": [{ "trust": "fresh" }] }),
        ] {
            assert_eq!(judge(&bad), Some(Ending::No), "{bad}");
        }
        assert_eq!(judge(&json!({ "status": 200 })), None);
    }

    #[test]
    fn an_answer_that_broke_off_is_none() {
        let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab";
        assert_eq!(content(whole).as_deref(), Ok("ab"));
        assert!(content(whole.get(..whole.len() - 1).unwrap()).is_err());
        assert!(content(b"HTTP/1.1 404 x\r\n\r\n").is_err());
        assert!(content(b"SSH-2.0-x\r\n\r\n").is_err());
    }
}
