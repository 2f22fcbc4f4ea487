//! The key of trace markers: what makes them, and what checks them.

use super::load::ReadKeys;
use super::origin::beside;
use crate::trust::ReadFault;
use core::fmt;
use doorward_core::key::Verify;
use doorward_core::limits;
use doorward_core::reason::Reason;
use doorward_core::request::Request;
use doorward_core::time::UnixTime;
use doorward_core::wire::path::{self, Target};
use doorward_core::wire::trace_marker::{NONCE, Said, message_len};
use doorward_ring::Mac;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use zeroize::Zeroizing;

/// The secret that gateways share with the applications behind them, ready to make markers and to check them.
pub(crate) struct TraceKey<K> {
    make: Mac,
    check: K,
}

impl<K> TraceKey<K> {
    /// Reads the secret from a file: its bytes, but for one line feed at the end, which editors put there.
    pub(crate) fn read(name: &str, folder: Option<&Path>, reader: &dyn ReadKeys<K>) -> Result<Self, String> {
        let path = beside(folder, name)?;
        let fault = |message: String| format!("`{}`: {message}", name.escape_debug());
        let mut bytes = Zeroizing::new(Vec::new());
        // Two bytes more than a key has show a file that is too long, with a line's end or without.
        let most = u64::try_from(limits::TRACE_KEY_MAX.saturating_add(2)).unwrap_or(u64::MAX);
        let read = File::open(&path).and_then(|file| file.take(most).read_to_end(&mut bytes));
        read.map_err(|error| fault(ReadFault::from(error).detail))?;
        let secret = bytes.strip_suffix(b"\r\n").or_else(|| bytes.strip_suffix(b"\n")).unwrap_or(&bytes);
        let (least, most) = (limits::TRACE_KEY_MIN, limits::TRACE_KEY_MAX);
        if secret.len() > most {
            return Err(fault(format!("expected a secret of {least} to {most} bytes, found more")));
        }
        if secret.len() < least {
            let found = secret.len();
            return Err(fault(format!("expected a secret of {least} to {most} bytes, found {found}")));
        }
        let check = reader
            .secret(secret)
            .map_err(|_| format!("`HS256` is not supported by this provider ({})", reader.name()))?;
        Ok(Self { make: Mac::new(secret), check })
    }
}

impl<K: Verify> TraceKey<K> {
    /// What checks markers, in constant time.
    pub(crate) const fn verifier(&self) -> &dyn Verify {
        &self.check
    }

    /// A marker for a request whose credential is taken away.
    pub(crate) fn marker(&self, request: &Request<'_>, cause: Reason, now: UnixTime) -> Option<String> {
        if !cause.is_root_cause() {
            return None;
        }
        let path = Target::parse(request.target()).ok()?.path;
        let mut normal = Vec::new();
        let path = if path::needs_work(path) {
            normal.resize(path.len(), 0);
            path::normalise(path, &mut normal).ok()?
        } else {
            path
        };
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).ok()?;
        let said = Said { reason: cause.number(), at: u64::try_from(now.seconds()).ok()?, nonce };
        let (method, path) = (request.method(), path.as_bytes());
        let mut message = vec![0; message_len(method, path)?];
        let mac = self.make.sign(said.message(method, path, &mut message)?);
        String::from_utf8(said.text(&mac).to_vec()).ok()
    }
}

impl<K> fmt::Debug for TraceKey<K> {
    /// Shows nothing: all of it is secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceKey").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Context, Engine, Field, Format, Reason, Request, UnixTime};
    use std::path::{Path, PathBuf};

    const NOW: UnixTime = UnixTime::from_seconds(1_795_387_431);

    fn folder(name: &str, key: &[u8]) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("doorward-trace-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("trace.key"), key).unwrap();
        folder
    }

    fn engine(folder: &Path, trace: &str) -> Engine {
        let issuer = "profile = 'jwt'\nissuer = 'https://a.example'\naudience = []\nalgorithms = ['HS256']\n";
        let keys = format!("keys = {{ inline = {{ kty = 'oct', k = '{}' }} }}", "A".repeat(43));
        let routes = "[[routes]]\npath = '/a/{b}'\naccept = 'a'\n";
        let text = format!("{trace}\n[issuers.a]\n{issuer}{keys}\n{routes}");
        Engine::load_text(&text, Format::Toml, Some(folder)).unwrap()
    }

    const KEY: &str = "trace = { key = { file = 'trace.key' } }";

    /// What an engine says of a GET with this marker.
    fn traced(engine: &Engine, path: &str, marker: &str) -> (Option<Reason>, Option<Reason>) {
        let fields = [Field::new("x-doorward-trace", marker)];
        let mut scratch = engine.scratch();
        let decision = engine.decide(&Request::new("GET", path, &fields), NOW, &mut scratch);
        let cause = match decision.context() {
            Some(Context::Upstream { cause, at }) => {
                assert_eq!(*at, NOW);
                Some(*cause)
            }
            _ => None,
        };
        (decision.reason(), cause)
    }

    #[test]
    fn what_one_engine_leaves_another_with_the_same_key_believes() {
        let (one, other) = (folder("one", &[7; 32]), folder("other", &[8; 32]));
        let (gateway, stranger) = (engine(&one, KEY), engine(&other, KEY));
        for path in ["/a/b", "/a/./b?x=1", "/a/%62"] {
            let request = Request::new("GET", path, &[]);
            let marker = gateway.trace_marker(&request, Reason::TokenExpired, NOW).unwrap();
            let (reason, cause) = traced(&engine(&one, KEY), "/a/b", &marker);
            assert_eq!(
                (reason, cause),
                (Some(Reason::CredentialStrippedUpstream), Some(Reason::TokenExpired))
            );
            assert_eq!(traced(&stranger, "/a/b", &marker), (Some(Reason::CredentialMissing), None));
            assert_ne!(gateway.trace_marker(&request, Reason::TokenExpired, NOW).unwrap(), marker);
        }
        for folder in [one, other] {
            std::fs::remove_dir_all(folder).unwrap();
        }
    }

    #[test]
    fn there_is_nothing_to_tell_without_a_key_a_cause_or_a_path() {
        let folder = folder("nothing", &[7; 32]);
        let keyed = engine(&folder, KEY);
        let marker = |engine: &Engine, path: &str, cause| {
            engine.trace_marker(&Request::new("GET", path, &[]), cause, NOW)
        };
        assert!(marker(&engine(&folder, ""), "/a/b", Reason::TokenExpired).is_none());
        assert!(marker(&keyed, "/a//b", Reason::TokenExpired).is_none());
        assert!(marker(&keyed, &format!("/{}", "a".repeat(9_000)), Reason::TokenExpired).is_none());
        for reason in Reason::ALL {
            let made = marker(&keyed, "/a/b", *reason).is_some();
            assert_eq!(made, reason.is_root_cause(), "{}", reason.code());
        }
        assert!(!Reason::CredentialMissing.is_root_cause() && !Reason::RetryBlocked.is_root_cause());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn hosts_hand_the_marker_over_where_there_is_a_key_for_it_and_only_there() {
        let folder = folder("fields", &[7; 32]);
        assert!(engine(&folder, KEY).fields().contains("x-doorward-trace"));
        assert!(!engine(&folder, "").fields().contains("x-doorward-trace"));
        assert!(!engine(&folder, "trace = { proxy_status = 'edge' }").fields().contains("x-doorward-trace"));
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_key_is_read_anew_with_its_policy_and_a_broken_one_changes_nothing() {
        let folder = folder("reload", &[7; 32]);
        std::fs::write(folder.join("policy.toml"), format!("{KEY}\n")).unwrap();
        let engine = Engine::load_file(folder.join("policy.toml")).unwrap();
        let request = Request::new("GET", "/a/b", &[]);
        for (key, holds) in
            [(&[8_u8; 256][..], true), (&[8; 257], false), (&[8; 31], false), (&[255; 32], true)]
        {
            std::fs::write(folder.join("trace.key"), key).unwrap();
            let reloaded = engine.reload().map_err(|errors| errors.to_string());
            assert_eq!(reloaded.is_ok(), holds, "{reloaded:?}");
            assert!(engine.trace_marker(&request, Reason::TokenExpired, NOW).is_some());
            if let Err(said) = reloaded {
                assert!(
                    said.contains("trace.key.file: `trace.key`: expected a secret of 32 to 256 bytes"),
                    "{said}"
                );
            }
        }
        std::fs::remove_dir_all(folder).unwrap();
    }

    /// The end of a line that editors put behind a secret is no part of it.
    #[test]
    fn one_line_end_behind_a_key_does_not_count() {
        let plain = folder("plain", &[7; 32]);
        let request = Request::new("GET", "/a/b", &[]);
        let marker = engine(&plain, KEY).trace_marker(&request, Reason::TokenExpired, NOW).unwrap();
        for (end, same) in [("\n", true), ("\r\n", true), ("\n\n", false), (" ", false)] {
            let key = [&[7; 32], end.as_bytes()].concat();
            let other = folder("ended", &key);
            let believed = traced(&engine(&other, KEY), "/a/b", &marker).1.is_some();
            assert_eq!(believed, same, "{end:?}");
            std::fs::remove_dir_all(other).unwrap();
        }
        std::fs::remove_dir_all(plain).unwrap();
    }
}
