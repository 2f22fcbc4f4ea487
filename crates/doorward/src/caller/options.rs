//! What a caller is made of, as options, in Rust and in JSON.

use super::origin::Origin;
use crate::members::Members;
use doorward_core::limits;
use doorward_core::recover::Settings;
use doorward_core::time::Seconds;
use serde_json::Value;

/// The options of a caller.
#[derive(Clone, Debug, Default)]
pub struct CallerOptions {
    /// The origins that the credential is for, such as `https://api.example`. Without any, it is for the first that is asked.
    pub origins: Vec<String>,
    /// How often, how long, how far ahead.
    pub settings: Settings,
    /// Whether there is a source of credentials; without one, requests go out as they are, until a
    /// place has refused two in a row for want of a credential: then nothing is sent there for a while.
    pub has_source: bool,
    /// What the source is called in messages; empty for none.
    pub name: String,
    /// The scopes that a service may have its callers ask for beyond those of the source; `None` for any. Whoever can write its
    /// answers gets a token with them, as far as the issuer gives them to this client.
    pub scopes: Option<Vec<String>>,
}

const MEMBERS: &[&str] = &[
    "origins",
    "attempts",
    "ahead",
    "longest_wait",
    "cooldown_first",
    "cooldown_most",
    "interactive",
    "name",
    "scopes",
];

impl CallerOptions {
    /// Reads a JSON object with any of `origins`, `attempts`, `ahead`, `longest_wait`, `cooldown_first`, `cooldown_most` (in
    /// seconds), `interactive`, `name` and `scopes`. That there is a source, the host says.
    ///
    /// # Errors
    ///
    /// The first member that is unknown or of the wrong kind.
    pub fn from_json(value: &Value) -> Result<Self, String> {
        let members = Members::strict(value, "the options", MEMBERS)?;
        let usual = Settings::default();
        let whole = |name: &str, usual: u64| match members.get(name) {
            None => Ok(usual),
            Some(value) => {
                value.as_u64().ok_or_else(|| format!("expected `{name}` of the options as a whole number"))
            }
        };
        let span = |name: &str, usual: Seconds| Ok::<_, String>(Seconds(whole(name, usual.0)?));
        let attempts = u8::try_from(whole("attempts", u64::from(usual.attempts))?).unwrap_or(u8::MAX);
        let interactive = match members.get("interactive") {
            None => false,
            Some(value) => {
                value.as_bool().ok_or("expected `interactive` of the options as `true` or `false`")?
            }
        };
        let texts = |name: &str| {
            let texts = members.list(name)?.iter().map(|text| text.as_str().map(str::to_owned));
            let texts: Option<Vec<String>> = texts.collect();
            texts.ok_or_else(|| format!("expected `{name}` of the options as an array of strings"))
        };
        let scopes = if members.has("scopes") { Some(texts("scopes")?) } else { None };
        let settings = Settings {
            attempts,
            ahead: span("ahead", usual.ahead)?,
            longest_wait: span("longest_wait", usual.longest_wait)?,
            cooldown_first: span("cooldown_first", usual.cooldown_first)?,
            cooldown_most: span("cooldown_most", usual.cooldown_most)?,
            interactive,
        };
        let name = members.optional_text("name")?.unwrap_or_default().to_owned();
        let options = Self { origins: texts("origins")?, settings, has_source: true, name, scopes };
        options.check().map(|_| options)
    }

    /// The origins, if all is within its bounds.
    pub(super) fn check(&self) -> Result<Vec<Origin>, String> {
        let most = limits::SENDS_MAX;
        if !(1..=most).contains(&self.settings.attempts) {
            return Err(format!("expected `attempts` from 1 to {most}, found {}", self.settings.attempts));
        }
        let hour = limits::OBTAIN_RETRY_AFTER_MAX;
        for (name, span) in [
            ("ahead", self.settings.ahead),
            ("longest_wait", self.settings.longest_wait),
            ("cooldown_first", self.settings.cooldown_first),
            ("cooldown_most", self.settings.cooldown_most),
        ] {
            if span.0 > hour {
                return Err(format!("expected `{name}` of at most {hour} seconds, found {}", span.0));
            }
        }
        self.origins
            .iter()
            .map(|url| Origin::of(url).map_err(|sentence| format!("`origins`: {sentence}")))
            .collect()
    }
}
