//! The engine: a policy with its keys, ready to decide.

use crate::compile::{Compiled, compile};
use crate::error::{LoadError, LoadErrors};
use crate::keys::{KeyRing, KeySet};
use crate::policy::model::{IssuerModel, KeySource, PolicyModel};
use crate::policy::{self, Format};
use crate::provider::{DefaultProvider, PreparedKey};
use crate::scratch::Scratch;
use doorward_core::decide::decide;
use doorward_core::decision::Decision;
use doorward_core::key::{Provider, Verify};
use doorward_core::limits;
use doorward_core::policy::{Policy, Tables};
use doorward_core::request::{Request, field_names};
use doorward_core::text::Texts;
use doorward_core::time::UnixTime;
use std::io::Read;
use std::path::Path;

/// The largest policy file that is read, in bytes: ten thousand routes of a page each.
const POLICY_BYTES: u64 = 32 << 20;

/// A policy with the keys of its issuers. Building one may allocate and read files; deciding does neither.
///
/// ```
/// use doorward::{Engine, Format, Request, UnixTime};
///
/// let engine = Engine::from_text("[[routes]]\npath = '/healthz'\naccept = 'anyone'\n", Format::Toml, None)?;
/// let mut scratch = engine.scratch();
/// let request = Request::new("GET", "/healthz", &[]);
/// assert!(engine.decide(&request, UnixTime::from_seconds(1_795_387_431), &mut scratch).is_allow());
/// # Ok::<(), doorward::error::LoadErrors>(())
/// ```
#[derive(Debug)]
pub struct Engine<K = PreparedKey> {
    policy: Policy<Compiled>,
    keys: KeyRing<K>,
    fields: Vec<&'static str>,
    reads_body: bool,
    warnings: Vec<String>,
}

impl Engine {
    /// Loads a policy file, TOML or JSON by its name, and the key files that it names, relative to its folder.
    ///
    /// # Errors
    ///
    /// Every fault that was found, with file, line and column.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, LoadErrors> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let fault = |message: String| LoadError::new("", message).in_file(name.clone());
        let format = Format::from_path(path)
            .ok_or_else(|| fault("expected a name that ends in `.toml` or `.json`".to_owned()))?;
        let text = read_file(path, POLICY_BYTES).map_err(fault)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::from_text(&text, format, Some(folder)).map_err(|errors| errors.in_file(&name))
    }

    /// Loads a policy from text; key files are looked for in `folder`, and refused if there is none.
    ///
    /// # Errors
    ///
    /// Every fault that was found, with line and column.
    pub fn from_text(text: &str, format: Format, folder: Option<&Path>) -> Result<Self, LoadErrors> {
        Self::with_provider(text, format, folder, &DefaultProvider::new())
    }
}

impl<K: Verify> Engine<K> {
    /// The same with a provider of one's own.
    ///
    /// # Errors
    ///
    /// As for [`Engine::from_text`]; an algorithm that the provider does not have is a fault of the policy.
    pub fn with_provider(
        text: &str,
        format: Format,
        folder: Option<&Path>,
        provider: &impl Provider<Key = K>,
    ) -> Result<Self, LoadErrors> {
        let model = policy::read(text, format)?;
        let compiled = compile(&model)?;
        let mut warnings = warnings(&model);
        let keys = load_keys(&model, folder, provider, &mut warnings)?;
        let policy = Policy::new(compiled).map_err(|fault| LoadError::new("", fault.to_string()))?;
        let tables = policy.tables();
        let reads_body = tables.routes.iter().any(|route| route.places.form);
        let fields = fields(&tables, reads_body);
        Ok(Self { policy, keys, fields, reads_body, warnings })
    }

    /// Decides on a request at a time.
    ///
    /// Nothing is allocated on a warmed thread (see [`Engine::warm_thread`]), but inside ring for the RSA keys that it has
    /// to check (see [`crate::provider`]), and no input makes it panic. The decision borrows from the request and from
    /// `scratch`.
    #[must_use]
    pub fn decide<'d>(
        &'d self,
        request: &Request<'d>,
        now: UnixTime,
        scratch: &'d mut Scratch,
    ) -> Decision<'d> {
        decide(&self.policy, &self.keys, request, now, scratch.lend())
    }

    /// Memory for decisions of this engine.
    #[must_use]
    pub fn scratch(&self) -> Scratch {
        Scratch::new(self.max_credential())
    }

    /// Makes this thread ready: what providers set up on first use is set up now, so that no later decision on this
    /// thread allocates.
    pub fn warm_thread(&self) {
        for key in self.keys.all() {
            // The result is of no interest: nothing was signed.
            let _ = key.verify(b"warm", &[0; 64]);
        }
    }

    /// What the policy's author should know, though it is no fault: each a sentence, lower case, no full stop.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The header fields that a decision of this engine can look at, in lower case.
    ///
    /// A host may leave other fields out of a request, but must hand over every line of these.
    #[must_use]
    pub fn fields(&self) -> &[&'static str] {
        &self.fields
    }

    /// Whether any route takes a token from a form body. Only then need a host wait for a body, and only for one whose
    /// `Content-Type` is `application/x-www-form-urlencoded`.
    #[must_use]
    pub const fn reads_body(&self) -> bool {
        self.reads_body
    }

    /// How long a form may be that a host waits for, in bytes, so that no token is missed that the policy would take:
    /// each byte of the longest one may be percent-encoded, and there is room for other fields. The default of every host.
    #[must_use]
    pub fn form_limit(&self) -> usize {
        self.max_credential().saturating_mul(3).saturating_add(limits::FORM_BESIDES)
    }

    /// The longest credential that the policy lets through to be looked at, in bytes.
    #[must_use]
    pub fn max_credential(&self) -> usize {
        usize::try_from(self.policy.tables().settings.max_credential).unwrap_or(usize::MAX)
    }

    /// How many bytes `Decision::answer` needs at most for any decision of this engine.
    #[must_use]
    pub fn answer_bytes(&self) -> usize {
        let tables = self.policy.tables();
        let demands = tables.routes.iter().map(|route| tables.demand(route));
        let words = |texts: Texts<'_>| texts.iter().map(|text| text.len().saturating_add(1)).sum::<usize>();
        let needed = demands.map(|demand| {
            let fixed = demand.realm.len().saturating_add(demand.resource_metadata.map_or(0, str::len));
            fixed
                .saturating_add(words(demand.scopes))
                .saturating_add(words(demand.any_scope))
                .saturating_add(words(demand.acr))
        });
        // Escaping doubles at most; the names of the parameters and the longest codes stay below half a kilobyte.
        needed.max().unwrap_or_default().saturating_mul(2).saturating_add(512)
    }

    /// How many issuers the policy has.
    #[must_use]
    pub fn issuers(&self) -> usize {
        self.policy.tables().issuers.len()
    }

    /// How many routes the policy has.
    #[must_use]
    pub fn routes(&self) -> usize {
        self.policy.tables().routes.len()
    }
}

/// The fields that a decision can look at. `Authorization` is always one: a second credential is looked for there even
/// where tokens come from elsewhere.
fn fields(tables: &Tables<'_>, reads_body: bool) -> Vec<&'static str> {
    let mut fields = vec![field_names::AUTHORIZATION];
    if reads_body {
        fields.push(field_names::CONTENT_TYPE);
    }
    if tables.routes.iter().any(|route| route.cors_preflight) {
        fields.push(field_names::ACCESS_CONTROL_REQUEST_METHOD);
    }
    fields
}

/// What loads and is most likely not meant.
fn warnings(model: &PolicyModel) -> Vec<String> {
    const USUAL: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"];
    let mut warnings = Vec::new();
    for (number, route) in model.routes.iter().enumerate() {
        for method in &route.methods {
            if let Some(usual) =
                USUAL.iter().find(|usual| usual.eq_ignore_ascii_case(method) && **usual != method)
            {
                warnings.push(format!(
                    "routes[{number}].methods: `{method}` is not `{usual}`: methods have a case"
                ));
            }
        }
        if route.roles_claim.is_some() && route.roles.is_empty() && route.any_role.is_empty() {
            warnings.push(format!("routes[{number}].roles_claim: no roles are asked for"));
        }
    }
    warnings
}

fn load_keys<P: Provider>(
    model: &PolicyModel,
    folder: Option<&Path>,
    provider: &P,
    warnings: &mut Vec<String>,
) -> Result<KeyRing<P::Key>, LoadErrors> {
    let mut errors = Vec::new();
    let mut issuers = Vec::new();
    for issuer in &model.issuers {
        match load_issuer(issuer, folder, provider) {
            Ok(set) => {
                let notes = set.refused.iter().chain(&set.warnings);
                warnings.extend(notes.map(|note| format!("issuers.{}: {note}", issuer.name)));
                issuers.push(set.keys);
            }
            Err(error) => errors.push(error),
        }
    }
    match LoadErrors::from_vec(errors) {
        Some(errors) => Err(errors),
        None => Ok(KeyRing::new(issuers)),
    }
}

fn load_issuer<P: Provider>(
    issuer: &IssuerModel,
    folder: Option<&Path>,
    provider: &P,
) -> Result<KeySet<P::Key>, LoadError> {
    if let Some(missing) = issuer.algorithms.iter().find(|algorithm| !provider.supports(*algorithm)) {
        let message = format!("`{}` is not supported by this provider ({})", missing.name(), provider.name());
        return Err(LoadError::new(format!("issuers.{}.algorithms", issuer.name), message).at(issuer.at));
    }
    let (text, at) = match &issuer.keys {
        KeySource::Inline { json, at } => (json.clone(), *at),
        KeySource::File { path, at } => {
            let fault = |message: String| {
                LoadError::new(format!("issuers.{}.keys.file", issuer.name), message).at(*at)
            };
            let full = match (folder, Path::new(path)) {
                (_, path) if path.is_absolute() => path.to_path_buf(),
                (Some(folder), path) => folder.join(path),
                (None, _) => return Err(fault("a key file needs a policy file to stand beside".to_owned())),
            };
            (read_key_file(&full).map_err(|message| fault(format!("`{path}`: {message}")))?, *at)
        }
    };
    let fault = |message: String| LoadError::new(format!("issuers.{}.keys", issuer.name), message).at(at);
    let set = KeySet::read(&text, issuer.profile, issuer.algorithms, provider).map_err(fault)?;
    if set.keys.is_empty() && !set.is_empty {
        let names: Vec<_> = issuer.algorithms.iter().map(|algorithm| algorithm.name()).collect();
        let error = fault(format!("expected a key for one of {}, found none", names.join(", ")));
        return Err(match set.refused.is_empty() {
            true => error,
            false => error.with_help(set.refused.join("; ")),
        });
    }
    Ok(set)
}

fn read_key_file(path: &Path) -> Result<String, String> {
    read_file(path, u64::try_from(crate::keys::JWK_SET_BYTES).unwrap_or(u64::MAX))
}

fn read_file(path: &Path, most: u64) -> Result<String, String> {
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(|error| describe(&error))?;
    // One byte more than allowed shows that there is more, whatever the file claims to be.
    file.take(most.saturating_add(1)).read_to_string(&mut text).map_err(|error| describe(&error))?;
    if u64::try_from(text.len()).is_ok_and(|len| len <= most) {
        Ok(text)
    } else {
        Err(format!("expected at most {most} bytes"))
    }
}

/// An I/O error as one line in the style of our own messages.
fn describe(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file".to_owned(),
        std::io::ErrorKind::InvalidData => "expected UTF-8 text".to_owned(),
        _ => error.to_string().to_lowercase(),
    }
}
