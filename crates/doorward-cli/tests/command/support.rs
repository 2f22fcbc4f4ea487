//! Running the command, files to run it on, and a token that fits the policy.

use ring::hmac;
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// When the tests take place: 2026-11-22T22:43:51Z, 31 seconds after the token has expired.
pub(crate) const AT: &str = "1795387431";

const SECRET: &str = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA";

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// Each line of the output as JSON.
    pub(crate) fn objects(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }
}

pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doorward"));
    command.args(arguments).current_dir(folder).env("TMPDIR", folder).env_remove("NO_COLOR");
    command
}

/// Runs the command in a folder, with nothing to read.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Run {
    run_with(folder, arguments, "")
}

/// Runs the command in a folder, with this to read.
pub(crate) fn run_with(folder: &Path, arguments: &[&str], input: &str) -> Run {
    let mut child = command(folder, arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reads nothing may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let done = child.wait_with_output().unwrap();
    Run {
        code: done.status.code(),
        out: String::from_utf8(done.stdout).unwrap(),
        err: String::from_utf8(done.stderr).unwrap(),
    }
}

/// An empty folder of this name.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("command").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A folder with a policy and requests: `good.http`, `late.http` with an expired token, `missing.http` and `none.http`, which
/// is no HTTP.
pub(crate) fn stage(name: &str) -> PathBuf {
    let folder = folder(name);
    let write = |name: &str, text: String| fs::write(folder.join(name), text).unwrap();
    write("policy.toml", policy());
    write("good.http", request(&format!("Authorization: Bearer {}\r\n", token(1_795_390_000)), "\r\n"));
    write("late.http", request(&format!("Authorization: Bearer {}\r\n", token(1_795_387_400)), "\r\n"));
    write("missing.http", request("", "\n"));
    write("none.http", "{\"not\": \"http\"}\n".to_owned());
    folder
}

pub(crate) fn policy() -> String {
    format!(
        r#"realm = "orders"
disclosure = "reason"

[issuers.batch]
profile = "jwt"
issuer = "https://batch.example"
audience = ["https://api.example"]
algorithms = ["HS256"]
keys = {{ inline = {{ kty = "oct", k = "{SECRET}" }} }}

[[routes]]
path = "/v1/orders/{{id}}"
accept = "batch"
scopes = ["orders:read"]

[[routes]]
path = "/hidden"
accept = "batch"
hidden = true
"#
    )
}

fn request(fields: &str, end: &str) -> String {
    format!("GET /v1/orders/7 HTTP/1.1{end}Host: api.example{end}{fields}{end}")
}

/// A token that expires at this second.
pub(crate) fn token(expires: i64) -> String {
    signed(
        &json!({ "alg": "HS256", "typ": "JWT" }),
        &json!({
            "iss": "https://batch.example", "sub": "nightly", "aud": "https://api.example",
            "scope": "orders:read", "iat": 1_795_380_000, "exp": expires,
        }),
    )
}

/// A JWS with the secret of the policy.
pub(crate) fn signed(header: &Value, payload: &Value) -> String {
    let message =
        format!("{}.{}", base64url(header.to_string().as_bytes()), base64url(payload.to_string().as_bytes()));
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"secret-secret-secret-secret-secret");
    format!("{message}.{}", base64url(hmac::sign(&key, message.as_bytes()).as_ref()))
}

pub(crate) fn key() -> Value {
    json!({ "kty": "oct", "k": SECRET, "alg": "HS256" })
}

pub(crate) fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let digit = |bits: &[u8]| {
        let padded = bits.iter().chain([&0; 5]).take(6);
        char::from(ALPHABET[usize::from(padded.fold(0, |digit, bit| digit << 1 | bit))])
    };
    bits.chunks(6).map(digit).collect()
}
