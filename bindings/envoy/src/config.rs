//! The configuration of the filter and of single routes: JSON, read once, with every fault told.

use crate::host::ConfigHost;
use crate::members::Members;
use crate::policy::{Policy, Source};
use core::time::Duration;
use doorward::Outcome;
use serde_json::value::RawValue;
use std::sync::Arc;

/// What the counters are called by.
const STAT_PREFIX: &str = "doorward";

/// What one filter works by.
pub(crate) struct Settings {
    pub(crate) judge: Judge,
    pub(crate) identity: Identity,
    /// The longest form that is kept.
    pub(crate) body_limit: Option<usize>,
    pub(crate) counters: Counters,
}

/// What one route works by instead.
pub(crate) enum RouteSettings {
    /// Nothing is decided, but the path is still made plain and nobody can pass as somebody.
    Disabled,
    Judged(Judge),
}

/// By what is judged.
pub(crate) struct Judge {
    pub(crate) policy: Arc<Policy>,
    /// The path on which whom the policy lets in is told the engine's status.
    pub(crate) status_path: Option<String>,
    /// How long Envoy is held up for the first keys.
    pub(crate) wait_for_keys: Duration,
}

/// Whom the caller's identity is told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Identity {
    pub(crate) headers: bool,
    pub(crate) metadata: bool,
}

/// The counters of one filter, by the numbers that Envoy gave them.
#[derive(Default)]
pub(crate) struct Counters {
    outcomes: [Option<usize>; Outcome::ALL.len()],
    pub(crate) reasons: Option<usize>,
    pub(crate) disabled: Option<usize>,
    pub(crate) faults: Option<usize>,
}

impl Counters {
    fn define(host: &ConfigHost<'_>, prefix: &str) -> Self {
        let counter = |name: &str| host.counter(&format!("{prefix}.{name}"), None);
        Self {
            outcomes: Outcome::ALL.map(|outcome| counter(outcome.code())),
            reasons: host.counter(&format!("{prefix}.refused"), Some("reason")),
            disabled: counter("disabled"),
            faults: counter("fault"),
        }
    }

    pub(crate) fn of(&self, outcome: Outcome) -> Option<usize> {
        let place = Outcome::ALL.iter().position(|known| *known == outcome)?;
        self.outcomes.get(place).copied().flatten()
    }
}

/// Reads the configuration of a filter. Faults stand one on a line.
pub(crate) fn load(host: &ConfigHost<'_>, text: &[u8]) -> Result<Arc<Settings>, String> {
    let draft = Draft::read(text, &FILTER_KEYS)?;
    let (identity, body_limit, stat_prefix) = (draft.identity, draft.body_limit, draft.stat_prefix.clone());
    Ok(Arc::new(Settings {
        judge: draft.judge()?,
        identity,
        body_limit,
        counters: Counters::define(host, stat_prefix.as_deref().unwrap_or(STAT_PREFIX)),
    }))
}

/// Reads the configuration of a route. Faults stand one on a line.
pub(crate) fn load_route(text: &[u8]) -> Result<RouteSettings, String> {
    let draft = Draft::read(text, &ROUTE_KEYS)?;
    match (draft.disabled, &draft.source) {
        (true, None) if draft.status_path.is_some() || draft.wait_for_keys.is_some() => {
            Err("filter_config: a route without a policy has no status and no keys".to_owned())
        }
        (true, None) => Ok(RouteSettings::Disabled),
        (true, Some(_)) => Err("filter_config: a route with a policy cannot be `disabled`".to_owned()),
        (false, _) => Ok(RouteSettings::Judged(draft.judge()?)),
    }
}

const FILTER_KEYS: [&str; 8] = [
    "policy_file",
    "policy",
    "policy_toml",
    "identity",
    "body_limit",
    "stat_prefix",
    "status_path",
    "wait_for_keys",
];
const ROUTE_KEYS: [&str; 6] =
    ["policy_file", "policy", "policy_toml", "disabled", "status_path", "wait_for_keys"];

/// How long Envoy may be held up for the first keys, in seconds: its main thread does nothing else meanwhile, and whoever
/// starts it gives up on one that is not ready after a minute or so.
const LONGEST_WAIT: u64 = 60;

/// How long a form may be at most that is kept: Envoy's own buffers are counted in 32 bits.
const LONGEST_BODY: u64 = 1_000_000_000;

/// A configuration whose policy is not loaded yet.
#[derive(Debug)]
struct Draft {
    source: Option<Source>,
    identity: Identity,
    body_limit: Option<usize>,
    stat_prefix: Option<String>,
    status_path: Option<String>,
    wait_for_keys: Option<Duration>,
    disabled: bool,
}

impl Draft {
    fn read(text: &[u8], known: &[&str]) -> Result<Self, String> {
        let text = core::str::from_utf8(text).map_err(|_| "filter_config: expected UTF-8 text".to_owned())?;
        if text.trim().is_empty() {
            return Err("filter_config: expected an object with a policy, found nothing".to_owned());
        }
        let members: Members = serde_json::from_str(text)
            .map_err(|error| format!("filter_config: expected a JSON object: {error}"))?;
        let mut draft = Self {
            source: None,
            identity: Identity { headers: true, metadata: true },
            body_limit: None,
            stat_prefix: None,
            status_path: None,
            wait_for_keys: None,
            disabled: false,
        };
        for (name, value) in &members.0 {
            if !known.contains(&name.as_str()) {
                let help = doorward::nearest(name, known.iter().copied())
                    .map(|near| format!(": did you mean `{near}`?"));
                return Err(format!("filter_config: unknown key `{name}`{}", help.unwrap_or_default()));
            }
            draft.take(name, value).map_err(|fault| format!("filter_config.{name}: {fault}"))?;
        }
        Ok(draft)
    }

    fn take(&mut self, name: &str, value: &RawValue) -> Result<(), String> {
        match name {
            "policy_file" => self.set_source(Source::File(string(value)?)),
            "policy_toml" => self.set_source(Source::Toml(string(value)?)),
            "policy" if value.get().starts_with('{') => self.set_source(Source::Json(value.get().to_owned())),
            "policy" => Err("expected an object".to_owned()),
            "identity" => {
                let (headers, metadata) = match string(value)?.as_str() {
                    "both" => (true, true),
                    "headers" => (true, false),
                    "metadata" => (false, true),
                    "none" => (false, false),
                    other => {
                        let wanted = "expected `both`, `headers`, `metadata` or `none`";
                        return Err(format!("{wanted}, found `{}`", other.escape_debug()));
                    }
                };
                self.identity = Identity { headers, metadata };
                Ok(())
            }
            "status_path" => {
                let path = string(value)?;
                // What is compared is the plain path, which has none of these.
                let plain = path.starts_with('/') && !path.contains(['?', '#', '%']) && !path.contains("//");
                if !plain || !path.bytes().all(|byte| byte.is_ascii_graphic()) {
                    return Err("expected a plain path that begins with `/`".to_owned());
                }
                self.status_path = Some(path);
                Ok(())
            }
            "wait_for_keys" => {
                // Whole ones: Envoy makes a text of every other number of a Struct.
                self.wait_for_keys = Some(Duration::from_secs(whole(value, 0, LONGEST_WAIT)?));
                Ok(())
            }
            "disabled" => boolean(value).map(|disabled| self.disabled = disabled),
            "body_limit" => {
                self.body_limit = usize::try_from(whole(value, 1, LONGEST_BODY)?).ok();
                Ok(())
            }
            _ => {
                let prefix = string(value)?;
                let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
                if prefix.is_empty() || !prefix.bytes().all(plain) {
                    return Err("expected letters, digits, `_`, `-` and `.`".to_owned());
                }
                self.stat_prefix = Some(prefix);
                Ok(())
            }
        }
    }

    fn set_source(&mut self, source: Source) -> Result<(), String> {
        match self.source.replace(source) {
            None => Ok(()),
            Some(_) => Err("expected one of `policy_file`, `policy` and `policy_toml`, found two".to_owned()),
        }
    }

    /// Loads the policy.
    fn judge(self) -> Result<Judge, String> {
        let Some(source) = &self.source else {
            return Err("filter_config: expected one of `policy_file`, `policy` and `policy_toml`".to_owned());
        };
        Ok(Judge {
            policy: Policy::load(source)?,
            status_path: self.status_path,
            wait_for_keys: self.wait_for_keys.unwrap_or_default(),
        })
    }
}

fn string(value: &RawValue) -> Result<String, String> {
    serde_json::from_str(value.get()).map_err(|_| "expected a string".to_owned())
}

/// A whole number from `least` to `most`. Envoy writes those of a Struct as it likes, `65536` or `6.5536e4`.
fn whole(value: &RawValue, least: u64, most: u64) -> Result<u64, String> {
    let number = serde_json::from_str::<f64>(value.get()).ok().filter(|number| number.fract() == 0.0);
    let number = number.and_then(|number| format!("{number:.0}").parse().ok());
    number
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| format!("expected a whole number from {least} to {most}"))
}

fn boolean(value: &RawValue) -> Result<bool, String> {
    serde_json::from_str(value.get()).map_err(|_| "expected `true` or `false`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        Draft::read(text.as_bytes(), &FILTER_KEYS).and_then(Draft::judge).map(drop).unwrap_err()
    }

    #[test]
    fn an_unknown_key_is_refused_and_the_nearest_known_named() {
        assert_eq!(
            fault(r#"{"polcy_file": "a"}"#),
            "filter_config: unknown key `polcy_file`: did you mean `policy_file`?"
        );
        assert_eq!(fault(r#"{"timeout": 1}"#), "filter_config: unknown key `timeout`");
        assert_eq!(
            fault(r#"{"body": false}"#),
            "filter_config: unknown key `body`",
            "forms are always waited for: a second credential could stand there"
        );
        assert_eq!(
            Draft::read(br#"{"body_limit": 1}"#, &ROUTE_KEYS).unwrap_err(),
            "filter_config: unknown key `body_limit`",
            "a route takes this from its filter"
        );
    }

    #[test]
    fn a_configuration_names_one_policy() {
        assert_eq!(fault("{}"), "filter_config: expected one of `policy_file`, `policy` and `policy_toml`");
        assert_eq!(
            fault(r#"{"policy_file": "a", "policy": {}}"#),
            "filter_config.policy: expected one of `policy_file`, `policy` and `policy_toml`, found two"
        );
        assert_eq!(fault(""), "filter_config: expected an object with a policy, found nothing");
        assert!(fault("[]").starts_with("filter_config: expected a JSON object: "));
        assert!(fault(r#"{"body_limit": 1, "body_limit": 1}"#).contains("`body_limit` is there twice"));
    }

    #[test]
    fn values_of_the_wrong_kind_are_refused() {
        for (text, wanted) in [
            (r#"{"policy_file": 1}"#, "filter_config.policy_file: expected a string"),
            (r#"{"policy": "a"}"#, "filter_config.policy: expected an object"),
            (
                r#"{"body_limit": 0}"#,
                "filter_config.body_limit: expected a whole number from 1 to 1000000000",
            ),
            (
                r#"{"body_limit": 1.5}"#,
                "filter_config.body_limit: expected a whole number from 1 to 1000000000",
            ),
            (
                r#"{"identity": "header"}"#,
                "filter_config.identity: expected `both`, `headers`, `metadata` or `none`, found `header`",
            ),
            (
                r#"{"stat_prefix": "a b"}"#,
                "filter_config.stat_prefix: expected letters, digits, `_`, `-` and `.`",
            ),
            (r#"{"wait_for_keys": 61}"#, "filter_config.wait_for_keys: expected a whole number from 0 to 60"),
        ] {
            assert_eq!(fault(text), wanted);
        }
    }

    #[test]
    fn a_status_path_is_one_that_a_plain_path_can_be() {
        for path in ["status", "", "/a?b", "/a#b", "/%61", "//a", "/a b"] {
            let text = format!(r#"{{"status_path": "{path}"}}"#);
            assert_eq!(
                fault(&text),
                "filter_config.status_path: expected a plain path that begins with `/`",
                "{path}"
            );
        }
        let text = r#"{"disabled": true, "status_path": "/a"}"#;
        assert_eq!(
            load_route(text.as_bytes()).map(|_| ()).unwrap_err(),
            "filter_config: a route without a policy has no status and no keys"
        );
    }

    #[test]
    fn a_policy_tells_its_own_faults_with_a_position_where_there_is_one() {
        let toml = r#"{"policy_toml": "relm = 'orders'\n[[routes]]\npath = '/'\naccept = 'anyone'\n"}"#;
        assert_eq!(fault(toml), "1:1: unknown key `relm`: did you mean `realm`?");
        let json = r#"{"policy": {"relm": "orders", "routes": [{"path": "/", "accept": "anyone"}]}}"#;
        assert_eq!(fault(json), "unknown key `relm`: did you mean `realm`?");
        let twice = r#"{"policy": {"realm": "a", "realm": "b", "routes": []}}"#;
        assert!(fault(twice).contains("realm"), "{}", fault(twice));
        assert_eq!(fault(r#"{"policy_file": "nowhere.toml"}"#), "nowhere.toml: no such file");
    }

    #[test]
    fn a_good_configuration_is_taken_as_it_is() {
        let text = r#"{"policy": {"routes": [{"path": "/", "accept": "anyone"}]}, "identity": "metadata",
                       "body_limit": 1e3, "stat_prefix": "edge.auth", "status_path": "/doorward",
                       "wait_for_keys": 2}"#;
        let draft = Draft::read(text.as_bytes(), &FILTER_KEYS).unwrap();
        assert_eq!(draft.identity, Identity { headers: false, metadata: true });
        assert_eq!(draft.body_limit, Some(1000));
        assert_eq!(draft.stat_prefix.as_deref(), Some("edge.auth"));
        let judge = draft.judge().unwrap();
        assert_eq!(judge.policy.engine.routes(), 1);
        assert_eq!(judge.status_path.as_deref(), Some("/doorward"));
        assert_eq!(judge.wait_for_keys, Duration::from_secs(2));
    }

    #[test]
    fn a_route_is_disabled_or_has_a_policy() {
        assert!(matches!(load_route(br#"{"disabled": true}"#), Ok(RouteSettings::Disabled)));
        let open = r#"{"policy": {"routes": [{"path": "/", "accept": "anyone"}]}}"#;
        assert!(matches!(load_route(open.as_bytes()), Ok(RouteSettings::Judged(_))));
        let both = open.replace(r#"{"policy""#, r#"{"disabled": true, "policy""#);
        assert_eq!(
            load_route(both.as_bytes()).map(|_| ()).unwrap_err(),
            "filter_config: a route with a policy cannot be `disabled`"
        );
    }
}
