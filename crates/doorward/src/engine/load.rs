//! From a policy's text to the state that decisions are made by, the first time and anew.

use super::fields::Fields;
use super::memory::Memory;
use super::origin::{Origin, Read, beside, read_file};
use super::state::{Gone, Rules, State, Trusted, epoch, number};
use super::trace::TraceKey;
use super::upkeep::Upkeep;
use crate::compile::compile;
use crate::error::{LoadError, LoadErrors};
use crate::keys::{JWK_SET_BYTES, KeySet};
use crate::policy::model::{Accept, IssuerModel, KeySource, PolicyModel, RouteModel};
use crate::policy::{self, Format};
use crate::revocation::{self, Issuers, Revocation, Revocations};
use crate::trust::bundle::Bundle;
use crate::trust::{self, ReadFault, Source};
use core::time::Duration;
use doorward_core::key::{
    Algorithm, Algorithms, Material, PrepareError, Provider, PublishedKey as _, RefreshRules, Verify,
};
use doorward_core::limits;
use doorward_core::policy::{Policy, Profile};
use doorward_core::time::UnixTime;
use std::path::Path;
use std::sync::Arc;

/// Reads keys for a provider, whichever it is.
pub(crate) trait ReadKeys<K>: Send + Sync {
    /// See [`KeySet::read`].
    fn read(&self, text: &str, profile: Profile, algorithms: Algorithms) -> Result<KeySet<K>, String>;

    /// The provider's name.
    fn name(&self) -> &'static str;

    /// Whether it has an algorithm.
    fn supports(&self, algorithm: Algorithm) -> bool;

    /// Makes a shared secret ready for HMAC-SHA-256.
    fn secret(&self, secret: &[u8]) -> Result<K, PrepareError>;
}

impl<P: Provider + Send + Sync> ReadKeys<P::Key> for P {
    fn read(&self, text: &str, profile: Profile, algorithms: Algorithms) -> Result<KeySet<P::Key>, String> {
        KeySet::read(text, profile, algorithms, self)
    }

    fn name(&self) -> &'static str {
        Provider::name(self)
    }

    fn supports(&self, algorithm: Algorithm) -> bool {
        Provider::supports(self, algorithm)
    }

    fn secret(&self, secret: &[u8]) -> Result<P::Key, PrepareError> {
        self.prepare(Algorithm::HS256, &Material::Symmetric { k: secret })
    }
}

/// Loads a policy, its key files and its revocations; of what is there `before`, keys that are fetched from where they were
/// are taken over, and so is what is remembered.
pub(crate) fn load<K: Verify>(
    origin: &Origin,
    reader: &dyn ReadKeys<K>,
    before: Option<&State<K>>,
    now: UnixTime,
) -> Result<State<K>, LoadErrors> {
    let Read { text, format, folder } = origin.read()?;
    state(&text, format, folder.as_deref(), reader, before, now).map_err(|errors| origin.named(errors))
}

fn state<K: Verify>(
    text: &str,
    format: Format,
    folder: Option<&Path>,
    reader: &dyn ReadKeys<K>,
    before: Option<&State<K>>,
    now: UnixTime,
) -> Result<State<K>, LoadErrors> {
    let model = policy::read(text, format)?;
    let compiled = compile(&model)?;
    let mut warnings = warnings(&model);
    let mut errors = Vec::new();
    let mut issuers = Vec::new();
    let mut sources = Vec::new();
    for issuer in &model.issuers {
        let taken = source(issuer, folder).and_then(|source| {
            let trusted = trusted(issuer, &source, reader, before, now)?;
            Ok((source, trusted))
        });
        match taken {
            Ok((source, trusted)) => {
                warnings.extend(trusted.notes.iter().map(|note| format!("issuers.{}: {note}", issuer.name)));
                issuers.push(trusted);
                sources.push(source);
            }
            Err(error) => errors.push(error),
        }
    }
    if !trust::CAN_FETCH && sources.iter().any(Source::is_fetched) {
        warnings.push("this build fetches no keys: they have to be supplied by the host".to_owned());
    }
    let trace = model.trace.key.as_ref().and_then(|path| {
        let read = TraceKey::read(&path.value, folder, reader);
        kept(&mut errors, read.map_err(|message| LoadError::new("trace.key.file", message).at(path.at)))
    });
    let names = Issuers::of(&model);
    let revoked = model.revoked.as_ref().and_then(|path| {
        let found = beside(folder, &path.value);
        kept(&mut errors, found.map_err(|message| LoadError::new("revoked.file", message).at(path.at)))
    });
    let mut entries = Vec::new();
    if let Some(path) = &revoked {
        match revocations(path, &names) {
            Ok(found) => entries = found,
            Err((faults, _)) => errors.extend(faults.into_vec()),
        }
    }
    if let Some(errors) = LoadErrors::from_vec(errors) {
        return Err(errors);
    }
    if model.limit.is_some() && model.store.known == 0 {
        warnings
            .push("limit: no credentials are remembered, so that good callers are throttled too".to_owned());
    }
    let memory = Memory::new(&model, before.map(|before| &before.memory), &mut warnings)
        .map_err(|fault| LoadError::new("store", fault))?;
    let revocations = match before {
        Some(before) => before.revoked.reloaded(&entries, names),
        None => Revocations::build(&entries, names),
    };
    if before.is_some_and(|before| revocations.counts().elsewhere > before.revoked.counts().elsewhere) {
        warnings.push("revoked: some revocations name issuers that this policy no longer has".to_owned());
    }
    let policy = Policy::new(compiled).map_err(|fault| LoadError::new("", fault.to_string()))?;
    let tables = policy.tables();
    let reads_body = tables.routes.iter().any(|route| route.places.form);
    let fields = Fields::of(&tables, reads_body, trace.is_some());
    let rules =
        Rules { policy, model, epoch: epoch(), fields, reads_body, warnings, sources, revoked, loaded: now };
    Ok(State {
        number: number(),
        rules: Arc::new(rules),
        issuers,
        revoked: Arc::new(revocations),
        file: entries.into(),
        memory,
        trace: trace.map(Arc::new),
        earlier: before.map(State::history).unwrap_or_default(),
    })
}

/// What came of a part of a policy; its fault is kept with the others.
fn kept<T>(errors: &mut Vec<LoadError>, came: Result<T, LoadError>) -> Option<T> {
    came.map_err(|error| errors.push(error)).ok()
}

/// What a trust bundle says beside its keys; `None` for other sets.
pub(crate) fn bundle(text: &str, profile: Profile) -> Result<Option<Bundle>, String> {
    if profile != Profile::JwtSvid || text.len() > JWK_SET_BYTES {
        return Ok(None);
    }
    Bundle::read(text).map(Some)
}

/// Reads a revocation file. With the faults it tells whether [they may pass](ReadFault::may_pass).
pub(crate) fn revocations(path: &Path, issuers: &Issuers) -> Result<Vec<Revocation>, (LoadErrors, bool)> {
    let name = path.display().to_string();
    let unread = |fault: ReadFault| {
        (LoadErrors::from(LoadError::new("", fault.detail).in_file(name.clone())), fault.may_pass)
    };
    let format = Format::from_path(path)
        .ok_or_else(|| unread(ReadFault::of_file("expected a name that ends in `.toml` or `.json`")))?;
    let text = whole(path).map_err(unread)?;
    revocation::read(&text, format, issuers).map_err(|errors| (errors.in_file(&name), false))
}

/// Reads a file of revocations that nobody writes to meanwhile: half of one would let in whom the other half revokes.
fn whole(path: &Path) -> Result<String, ReadFault> {
    const TRIES: usize = 3;
    const PAUSE: Duration = Duration::from_millis(50);
    let most = u64::try_from(limits::REVOCATION_BYTES).unwrap_or(u64::MAX);
    let stamp = || {
        let metadata = std::fs::metadata(path).ok()?;
        Some((metadata.len(), metadata.modified().ok()?))
    };
    for _ in 0..TRIES {
        let before = stamp();
        let text = trust::read(path, most)?;
        if stamp() == before {
            return Ok(text);
        }
        std::thread::sleep(PAUSE);
    }
    Err(ReadFault::of_file("expected a file that nobody writes to, found one that changes"))
}

/// Where an issuer's keys come from, with the paths of its files.
fn source(issuer: &IssuerModel, folder: Option<&Path>) -> Result<Source, LoadError> {
    let path = |key: &str, path: &str, at| {
        let fault = |message| LoadError::new(format!("issuers.{}.keys.{key}", issuer.name), message).at(at);
        beside(folder, path).map_err(fault)
    };
    let ca = |ca: &Option<crate::policy::model::Located<String>>| {
        ca.as_ref().map(|ca| path("ca", &ca.value, ca.at)).transpose()
    };
    Ok(match &issuer.keys {
        KeySource::Inline { .. } => Source::Static,
        KeySource::File { path: file, at } => Source::File(path("file", file, *at)?),
        KeySource::Url { url, ca: file, .. } => Source::Url { url: url.clone(), ca: ca(file)? },
        KeySource::Discovery { ca: file, .. } => {
            Source::Discovery { issuer: issuer.issuer.clone().unwrap_or_default(), ca: ca(file)? }
        }
    })
}

fn trusted<K: Verify>(
    issuer: &IssuerModel,
    source: &Source,
    reader: &dyn ReadKeys<K>,
    before: Option<&State<K>>,
    now: UnixTime,
) -> Result<Arc<Trusted<K>>, LoadError> {
    if let Some(missing) = issuer.algorithms.iter().find(|algorithm| !reader.supports(*algorithm)) {
        let message = format!("`{}` is not supported by this provider ({})", missing.name(), reader.name());
        let there = Algorithm::ALL.into_iter().filter(|algorithm| reader.supports(*algorithm));
        let there: Vec<&str> = there.map(Algorithm::name).collect();
        let fault = LoadError::new(format!("issuers.{}.algorithms", issuer.name), message).at(issuer.at);
        return Err(fault.with_help(format!("it supports {}", there.join(", "))));
    }
    let earlier = before.and_then(|before| same_issuer(before, issuer, source));
    let (text, at) = match (&issuer.keys, source) {
        (KeySource::Inline { json, at }, _) => (json.clone(), *at),
        (KeySource::File { path, at }, Source::File(full)) => {
            let read = read_file(full, u64::try_from(JWK_SET_BYTES).unwrap_or(u64::MAX));
            let fault = |message: String| {
                let place = format!("issuers.{}.keys.file", issuer.name);
                LoadError::new(place, format!("`{path}`: {message}")).at(*at)
            };
            (read.map_err(fault)?, *at)
        }
        _ => {
            if let Some(earlier) = earlier {
                return Ok(carried(issuer, earlier, reader, now));
            }
            let rules = refresh_rules(issuer);
            return Ok(Arc::new(Trusted {
                keys: Arc::new([]),
                epoch: epoch(),
                profile: issuer.profile,
                upkeep: Some(Arc::new(Upkeep::new(rules))),
                text: None,
                sequence: None,
                notes: Vec::new(),
                taken: None,
                gone: Vec::new(),
            }));
        }
    };
    let fault = |message: String| LoadError::new(format!("issuers.{}.keys", issuer.name), message).at(at);
    let set = reader.read(&text, issuer.profile, issuer.algorithms).map_err(fault)?;
    // A file that has changed under the same policy is taken as whoever watches it takes it.
    let may_withdraw = matches!(source, Source::File(_))
        && earlier.as_ref().is_some_and(|earlier| {
            earlier.model.algorithms == issuer.algorithms && !set.is_garbled(&earlier.trusted.keys)
        });
    if set.keys.is_empty() && !set.is_empty && !may_withdraw {
        let names: Vec<_> = issuer.algorithms.iter().map(|algorithm| algorithm.name()).collect();
        let error = fault(format!("expected a key for one of {}, found none", names.join(", ")));
        return Err(match set.refused.is_empty() {
            true => error,
            false => error.with_help(set.refused.join("; ")),
        });
    }
    let earlier = earlier.map(|earlier| &**earlier.trusted);
    Ok(Arc::new(taken(set, earlier, Fetched::NO, issuer.profile, now)))
}

/// What the policy says about the refresh of an issuer's keys.
pub(crate) fn refresh_rules(issuer: &IssuerModel) -> RefreshRules {
    RefreshRules { refresh: issuer.refresh, stale_for: issuer.stale_for }
}

/// An issuer of the policy before.
struct Earlier<'s, K> {
    model: &'s IssuerModel,
    trusted: &'s Arc<Trusted<K>>,
}

/// The same issuer before, if its keys come from the same place. How it is reached, what is asked of its keys, and how long they
/// last may have changed.
fn same_issuer<'s, K>(before: &'s State<K>, issuer: &IssuerModel, source: &Source) -> Option<Earlier<'s, K>> {
    let all = before.rules.model.issuers.iter().zip(&before.rules.sources).zip(&before.issuers);
    let mut all = all.map(|((model, source), trusted)| (model, source, trusted));
    let found = all.find(|(old, old_source, _)| {
        old.issuer == issuer.issuer
            && old.trust_domain == issuer.trust_domain
            && old.profile == issuer.profile
            && same_place(old_source, source)
    });
    found.map(|(model, _, trusted)| Earlier { model, trusted })
}

fn same_place(one: &Source, other: &Source) -> bool {
    match (one, other) {
        (Source::Url { url: one, .. }, Source::Url { url: other, .. }) => one == other,
        (Source::Discovery { issuer: one, .. }, Source::Discovery { issuer: other, .. }) => one == other,
        _ => one == other,
    }
}

/// Fetched keys under another policy: they stay, so that loading it anew during an outage loses nobody. Where other algorithms
/// are accepted, they are read again from what came.
fn carried<K: Verify>(
    issuer: &IssuerModel,
    earlier: Earlier<'_, K>,
    reader: &dyn ReadKeys<K>,
    now: UnixTime,
) -> Arc<Trusted<K>> {
    let Earlier { model, trusted } = earlier;
    if model.algorithms == issuer.algorithms {
        return Arc::clone(trusted);
    }
    let set = trusted.text.as_ref().and_then(|text| {
        let set = reader.read(text, issuer.profile, issuer.algorithms).ok()?;
        let (upkeep, sequence) = (trusted.upkeep.clone(), trusted.sequence);
        let fetched = Fetched { upkeep, sequence, text: Some(Arc::clone(text)) };
        Some(taken(set, Some(trusted), fetched, issuer.profile, trusted.taken.unwrap_or(now)))
    });
    set.map_or_else(|| Arc::clone(trusted), Arc::new)
}

/// How many keys that are gone a status page tells of: the rotations of a quarter at the usual pace of one a week or less.
const GONE_KEPT: usize = 12;

/// What goes with keys that are fetched.
pub(crate) struct Fetched {
    pub(crate) upkeep: Option<Arc<Upkeep>>,
    pub(crate) sequence: Option<u64>,
    pub(crate) text: Option<Arc<str>>,
}

impl Fetched {
    /// They are not.
    const NO: Self = Self { upkeep: None, sequence: None, text: None };
}

/// A set of keys as the one after `before`: what is the same key keeps its number, and the epoch changes only if some key
/// did.
pub(crate) fn taken<K: Verify>(
    set: KeySet<K>,
    before: Option<&Trusted<K>>,
    fetched: Fetched,
    profile: Profile,
    now: UnixTime,
) -> Trusted<K> {
    let Fetched { upkeep, sequence, text } = fetched;
    let mut keys = set.keys;
    let old = before.map_or(&[][..], |before| &before.keys);
    keys.iter_mut().for_each(|key| key.follow(old, now));
    let same =
        before.is_some() && old.len() == keys.len() && old.iter().zip(&keys).all(|(old, new)| old.is(new));
    let went = old.iter().filter(|old| !keys.iter().any(|key| key.is(old))).map(|old| Gone {
        id: old.id().map(str::to_owned),
        algorithm: old.algorithm().name(),
        print: old.print(),
        first_seen: old.first_seen,
        last_seen: before.and_then(|before| before.taken).unwrap_or(now),
    });
    let is_back = |gone: &&Gone| keys.iter().any(|key| key.print() == gone.print);
    let earlier = before.map_or(&[][..], |before| &before.gone).iter().filter(|gone| !is_back(gone)).cloned();
    let gone = went.chain(earlier).take(GONE_KEPT).collect();
    let epoch = before.filter(|_| same).map_or_else(epoch, |before| before.epoch);
    let notes = set.refused.into_iter().chain(set.warnings).collect();
    Trusted { keys: keys.into(), epoch, profile, upkeep, text, sequence, notes, taken: Some(now), gone }
}

/// What loads and is most likely not meant.
fn warnings(model: &PolicyModel) -> Vec<String> {
    const USUAL: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"];
    let mut warnings = Vec::new();
    if model.routes.is_empty() {
        warnings.push("routes: there are none, so that every request is refused".to_owned());
    }
    let accepts = |route: &RouteModel, issuer: usize| match &route.accept {
        Accept::Anyone => false,
        Accept::Issuers(accepted) => accepted.iter().any(|accepted| accepted.value == issuer),
    };
    for (number, issuer) in model.issuers.iter().enumerate() {
        if !model.routes.is_empty() && !model.routes.iter().any(|route| accepts(route, number)) {
            warnings.push(format!("issuers.{}: no route accepts it", issuer.name));
        }
    }
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
