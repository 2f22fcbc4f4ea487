//! The options that tell what was sent.

use crate::arguments;
use crate::ending::Failure;
use doorward::RawSent;
use lexopt::{Parser, ValueExt};

/// What the command line tells of the request.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) sent: RawSent,
}

impl Options {
    /// Takes an option with its value, if it is one of these.
    pub(crate) fn take(&mut self, name: &str, arguments: &mut Parser) -> Result<bool, Failure> {
        let sent = &mut self.sent;
        match name {
            "sent-scheme" => sent.scheme = Some(scheme(arguments)?),
            "issued-at" => sent.issued_at = Some(arguments::time(arguments, "--issued-at")?),
            "expires-at" => sent.expires_at = Some(arguments::time(arguments, "--expires-at")?),
            "sent-at" => sent.at = Some(arguments::time(arguments, "--sent-at")?),
            "refused-before" => sent.refused_before = true,
            "proof" => sent.proof = true,
            "interactive" => sent.interactive = true,
            "attempt" => sent.attempt = attempt(arguments)?,
            "url" => sent.url = url(arguments, "--url")?,
            "final-url" => sent.final_url = url(arguments, "--final-url")?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// A scheme's name and nothing else: whoever pastes the whole field is not to see the token quoted.
fn scheme(arguments: &mut Parser) -> Result<Vec<u8>, Failure> {
    let text = arguments.value()?.string()?;
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if text.is_empty() || !text.bytes().all(is_token) {
        return Err(Failure::usage("expected `--sent-scheme` as a scheme alone, without the credential"));
    }
    Ok(text.into_bytes())
}

fn attempt(arguments: &mut Parser) -> Result<u32, Failure> {
    let text = arguments.value()?.string()?;
    text.parse().ok().filter(|attempt| *attempt > 0).ok_or_else(|| {
        let found = text.escape_debug();
        Failure::usage(format!("expected `--attempt` as a whole number from 1, found `{found}`"))
    })
}

fn url(arguments: &mut Parser, name: &str) -> Result<Vec<u8>, Failure> {
    let text = arguments.value()?.string()?;
    if !text.starts_with("http://") && !text.starts_with("https://") {
        return Err(Failure::usage(format!("expected `{name}` as a whole URL, with http:// or https://")));
    }
    Ok(text.into_bytes())
}
