//! `jws verify`: signed objects by themselves, without issuers, claims or routes.

use crate::base64url::base64url;
use crate::ending::{Ending, Failure, complain};
use crate::input;
use crate::output::Output;
use doorward::Reason;
use doorward::keys::{Key, KeySet};
use doorward_core::jose::jws;
use doorward_core::limits;
use doorward_core::wire::Scratch;
use doorward_core::wire::json::Member;
use lexopt::{Arg, Parser, ValueExt};
use serde_json::json;
use std::ffi::{OsStr, OsString};

pub(crate) const HELP: &str = "\
Verifies compact JWS with the keys of a JWK or JWK Set. What was signed is not looked at: it need not be a token.

usage: doorward jws verify --keys FILE [TOKEN…|-]

  --keys FILE      a JWK or a JWK Set; a key that is weak or broken is not used, and the error stream says so
  TOKEN            a compact JWS; with `-` or without any they are read from the standard input, one on a line

Each gives one line: {\"valid\":true,\"payload\":\"<base64url>\"} or {\"valid\":false,\"reason\":\"token_malformed\"}.
Nothing but the line end is taken off a line: a space is part of what is judged.

exit status: 0 all valid, 1 some not, 2 wrong usage or no key set
";

pub(crate) fn run(mut arguments: Parser, output: &mut Output) -> Result<Ending, Failure> {
    let (mut verb, mut keys, mut tokens) = (false, None, Vec::<OsString>::new());
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return crate::help(output, HELP),
            Arg::Long("keys") => keys = Some(arguments.value()?),
            Arg::Value(name) if !verb => match name.string()?.as_str() {
                "verify" => verb = true,
                other => {
                    return Err(Failure::usage(format!(
                        "expected `jws verify`, found `{}`",
                        other.escape_debug()
                    )));
                }
            },
            Arg::Value(token) => tokens.push(token),
            other => return Err(other.unexpected().into()),
        }
    }
    if !verb {
        return Err(Failure::usage("expected `jws verify`"));
    }
    let keys = keys.ok_or_else(|| Failure::usage("expected `--keys`"))?;
    let keys = read_keys(&keys).map_err(Failure::input)?;
    if tokens.is_empty() {
        tokens.push("-".into());
    }
    let mut ending = Ending::Yes;
    for token in tokens {
        if token == "-" {
            let bytes = input::read(OsStr::new("-")).map_err(Failure::input)?;
            for line in lines(&bytes) {
                ending = ending.and(verify(line, &keys, output)?);
            }
        } else {
            ending = ending.and(verify(token.as_encoded_bytes(), &keys, output)?);
        }
    }
    Ok(ending)
}

/// The lines of a text without their ends; a line end at the very end begins no further line.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ended = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let lines = if bytes.is_empty() { 0 } else { usize::MAX };
    ended.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)).take(lines)
}

fn verify(token: &[u8], keys: &[Key], output: &mut Output) -> Result<Ending, Failure> {
    let verified = if token.len() > limits::CREDENTIAL_MAX {
        Err(Reason::CredentialTooLarge)
    } else {
        let mut bytes = vec![0; Scratch::bytes_for(token.len())];
        let mut members = vec![Member::default(); Scratch::MEMBERS];
        jws::verify(token, keys, Scratch::new(&mut bytes, &mut members)).map(base64url)
    };
    let (line, ending) = match verified {
        Ok(payload) => (json!({ "valid": true, "payload": payload }), Ending::Yes),
        Err(reason) => (json!({ "valid": false, "reason": reason.code() }), Ending::No),
    };
    output.json(&line)?;
    Ok(ending)
}

/// Every key that can be used; what is wrong with the others goes to the error stream.
fn read_keys(file: &OsStr) -> Result<Vec<Key>, String> {
    let set = KeySet::from_jwks(&input::read_text(file)?)?;
    set.refused.iter().for_each(|key| complain(key));
    set.warnings.iter().for_each(|warning| complain(&format!("warning: {warning}")));
    if set.ignored > 0 {
        complain(&format!("warning: {} keys are for another purpose or of an unknown kind", set.ignored));
    }
    Ok(set.keys)
}
