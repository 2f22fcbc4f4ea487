//! The engine: a policy with its keys, ready to decide, and kept up to date.

mod fields;
mod inner;
mod load;
mod locks;
mod memory;
mod origin;
mod ring;
mod state;
mod status;
mod trace;
mod upkeep;
mod ward;

pub use fields::Fields;
pub use status::{IssuerStatus, KeyStatus, Status, StoreStatus};

pub(crate) use state::{State, epoch};

use crate::error::LoadErrors;
use crate::policy::Format;
use crate::provider::{DefaultProvider, PreparedKey};
use crate::revocation::{self, Revocation};
use crate::scratch::Scratch;
use crate::trust::{self, Delivery, Event, Ward as _};
use core::fmt;
use core::time::Duration;
use doorward_core::decide::decide_with;
use doorward_core::decision::Decision;
use doorward_core::key::{Provider, Verify};
use doorward_core::limits;
use doorward_core::reason::Reason;
use doorward_core::request::Request;
use doorward_core::text::Texts;
use doorward_core::time::UnixTime;
use inner::Inner;
use memory::Lent;
use origin::Origin;
use ring::Ring;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// How often whoever waits for keys looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// A policy with the keys of its issuers. Building one may allocate, read files and start a thread; deciding does none of these.
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
///
/// # Keeping up to date
///
/// Where a policy names a URL of keys, or files that may change, one thread for each engine and process fetches and watches
/// them. [`Engine::from_file`] and [`Engine::from_text`] start it; in a child after a fork, which has no threads, the first
/// decision that comes a few seconds later starts another. Clones of an engine are one engine.
pub struct Engine<K = PreparedKey> {
    inner: Arc<Inner<K>>,
}

impl<K> Clone for Engine<K> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

/// Keys that did not come in time.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct NotReady {
    /// Each issuer without keys, by its name in the policy, and what went wrong, as far as an attempt has ended.
    pub issuers: Vec<(String, Option<String>)>,
}

impl fmt::Display for NotReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no keys yet")?;
        for (at, (name, fault)) in self.issuers.iter().enumerate() {
            write!(f, "{} issuers.{name}", if at == 0 { ":" } else { ";" })?;
            if let Some(fault) = fault {
                write!(f, ": {fault}")?;
            }
        }
        Ok(())
    }
}

impl core::error::Error for NotReady {}

/// Why keys that a host supplied were not taken: a sentence, lower case, no full stop.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SupplyFault(String);

impl fmt::Display for SupplyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for SupplyFault {}

impl Engine {
    /// Loads a policy file, TOML or JSON by its name, and the files that it names, relative to its folder; and begins to fetch
    /// what it fetches.
    ///
    /// # Errors
    ///
    /// Every fault that was found, with file, line and column.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, LoadErrors> {
        let engine = Self::load_file(path)?;
        engine.start();
        Ok(engine)
    }

    /// Loads a policy from text; the files that it names are looked for in `folder`, and refused if there is none.
    ///
    /// # Errors
    ///
    /// Every fault that was found, with line and column.
    pub fn from_text(text: &str, format: Format, folder: Option<&Path>) -> Result<Self, LoadErrors> {
        let engine = Self::load_text(text, format, folder)?;
        engine.start();
        Ok(engine)
    }

    /// The same as [`Engine::from_file`], but nothing is fetched or watched before [`Engine::start`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn load_file(path: impl AsRef<Path>) -> Result<Self, LoadErrors> {
        Self::with_origin(Origin::File(path.as_ref().to_owned()), DefaultProvider::new())
    }

    /// The same as [`Engine::from_text`], but nothing is fetched or watched before [`Engine::start`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn load_text(text: &str, format: Format, folder: Option<&Path>) -> Result<Self, LoadErrors> {
        Self::with_provider(text, format, folder, DefaultProvider::new())
    }
}

impl<K: Verify + Send + Sync + 'static> Engine<K> {
    /// The same as [`Engine::load_text`] with a provider of one's own.
    ///
    /// # Errors
    ///
    /// As for [`Engine::from_text`]; an algorithm that the provider does not have is a fault of the policy.
    pub fn with_provider(
        text: &str,
        format: Format,
        folder: Option<&Path>,
        provider: impl Provider<Key = K> + Send + Sync + 'static,
    ) -> Result<Self, LoadErrors> {
        let folder = folder.map(Path::to_owned);
        Self::with_origin(Origin::Text { text: text.to_owned(), format, folder }, provider)
    }

    fn with_origin(
        origin: Origin,
        provider: impl Provider<Key = K> + Send + Sync + 'static,
    ) -> Result<Self, LoadErrors> {
        Ok(Self { inner: Inner::new(origin, Box::new(provider))? })
    }

    /// Decides on a request at a time.
    ///
    /// Nothing is allocated on a warmed thread (see [`Engine::warm_thread`]), but inside ring for the RSA keys that it has
    /// to check (see [`crate::provider`]), and no input makes it panic. The decision borrows from the request and from
    /// `scratch`. What the policy stores makes repeats cheap and changes no answer.
    #[must_use]
    pub fn decide<'d>(
        &'d self,
        request: &Request<'d>,
        now: UnixTime,
        scratch: &'d mut Scratch<K>,
    ) -> Decision<'d> {
        if self.inner.is_due(now) {
            self.inner.look_after(now);
        }
        if !scratch.holds(self.inner.number()) {
            scratch.hold(self.inner.state());
        }
        let (state, memory) = scratch.parts();
        let rules = &state.rules;
        let lent = Lent { memory: &state.memory, revoked: &state.revoked, epoch: rules.epoch };
        let keys = Ring { state, inner: &self.inner };
        decide_with(&rules.policy, &keys, &lent, request, now, memory)
    }

    /// Memory for decisions of this engine.
    #[must_use]
    pub fn scratch(&self) -> Scratch<K> {
        Scratch::new(self.inner.state())
    }

    /// Makes this thread ready: what providers set up on first use is set up now, so that no later decision on this
    /// thread allocates.
    pub fn warm_thread(&self) {
        for key in self.inner.state().keys() {
            // The result is of no interest: nothing was signed.
            let _ = key.verify(b"warm", &[0; 64]);
        }
    }

    /// Begins to fetch and to watch, if the policy has anything to fetch or watch; once for each process. A decision in a child
    /// after a fork does it by itself.
    pub fn start(&self) {
        self.inner.start();
    }

    /// Has the first decision in each process begin to fetch and to watch: for hosts that load before they fork.
    pub fn start_when_deciding(&self) {
        self.inner.arm();
    }

    /// Waits until every issuer whose keys are fetched has some, for hosts that would rather wait than turn their first callers
    /// away. Starts what [`Engine::start`] starts.
    ///
    /// # Errors
    ///
    /// [`NotReady`] if the time is over. Decisions go on: those that need a missing key say that our trust is unavailable.
    pub fn ready(&self, timeout: Duration) -> Result<(), NotReady> {
        let began = Instant::now();
        let missing = loop {
            self.start();
            let left = timeout.saturating_sub(began.elapsed());
            let missing = match self.inner.keeper() {
                Some(keeper) => keeper.wait_first_load(&*self.inner, left).err().unwrap_or_default(),
                // Another thread is about to start it, or the system has none to give: then keys may be supplied by hand.
                None => trust::not_loaded(&*self.inner),
            };
            if missing.is_empty() || left.is_zero() {
                break missing;
            }
            std::thread::sleep(LOOK_AGAIN.min(left));
        };
        let issuers: Vec<_> = missing
            .into_iter()
            .map(|missing| (self.inner.issuer_name(missing.issuer), missing.fault.map(|(_, detail)| detail)))
            .collect();
        if issuers.is_empty() { Ok(()) } else { Err(NotReady { issuers }) }
    }

    /// Loads the policy anew, with all files that it names, and puts it in force at once: decisions that have begun end by the
    /// one before. Keys that are fetched from where they were stay, and so does what is stored.
    ///
    /// # Errors
    ///
    /// Every fault that was found; then all stays as it was.
    pub fn reload(&self) -> Result<(), LoadErrors> {
        self.inner.reload()
    }

    /// Revokes a token, a subject, everything before a time, or a key, from the next decision on. It lasts as long as the
    /// engine; what is to last longer belongs into the policy's file.
    ///
    /// # Errors
    ///
    /// [`revocation::Refused`] for an issuer that the policy does not have, and beyond a hundred thousand of them.
    pub fn revoke(&self, revocation: Revocation) -> Result<(), revocation::Refused> {
        self.inner.revoke(revocation)
    }

    /// Gives an issuer the keys that a host has fetched for itself at `now`, as a JWK Set or trust bundle. The policy says
    /// where they come from, but for this engine the host is that place.
    ///
    /// # Errors
    ///
    /// [`SupplyFault`] for an issuer that the policy does not have or whose keys are not fetched, and for text that is no key
    /// set or a garbled one; then all stays as it was.
    pub fn supply_keys(&self, issuer: &str, jwks: &str, now: UnixTime) -> Result<(), SupplyFault> {
        let state = self.inner.state();
        let all = &state.rules.model.issuers;
        let index = all.iter().position(|own| own.name == issuer).ok_or_else(|| {
            let near = crate::nearest(issuer, all.iter().map(|own| own.name.as_str()));
            let near = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
            SupplyFault(format!("expected the name of an issuer, found `{}`{near}", issuer.escape_debug()))
        })?;
        let fetched = state.issuers.get(index).is_some_and(|issuer| issuer.upkeep.is_some());
        if !fetched {
            return Err(SupplyFault(format!("issuers.{issuer}: its keys are given by the policy")));
        }
        let epoch = state.rules.epoch;
        let taken = self.inner.take_keys(index, epoch, jwks, Delivery::Host, now);
        taken.map(|_| ()).map_err(|(_, detail)| SupplyFault(detail))
    }

    /// The value of `x-doorward-trace` that a gateway sends on in place of the credential that it takes away from a request, so
    /// that the engine in the application behind it can say why there is none. It is a fact for operators, and never a reason to let
    /// anybody in. Every value is another, is good for this method and path, and for a minute.
    ///
    /// `cause` is [`Decision::root_cause`]. `None` where the policy has no `trace.key`, where nothing was taken away (the cause is
    /// `credential_missing`), for a path that is ambiguous or too long, and where the system has no randomness.
    ///
    /// A gateway removes the lines of this field that come in: they are nobody's word.
    #[must_use]
    pub fn trace_marker(&self, request: &Request<'_>, cause: Reason, now: UnixTime) -> Option<String> {
        self.inner.state().trace.as_ref()?.marker(request, cause, now)
    }

    /// What is trusted, how fresh it is, and what happens next.
    #[must_use]
    pub fn status(&self, now: UnixTime) -> Status {
        Status::of(&self.inner, now)
    }

    /// The memory of all stores in bytes: fixed when the engine is built.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.inner.state().memory.bytes().iter().sum()
    }

    /// Has `handler` told of every [`Event`], on the thread that it happens on. It must not call this engine's `reload`.
    pub fn on_event(&self, handler: impl Fn(&Event) + Send + Sync + 'static) {
        self.inner.on_event(Arc::new(handler));
    }

    /// The events since the last call, for hosts that would rather ask than be told; the latest few hundred are kept.
    #[must_use]
    pub fn take_events(&self) -> Vec<Event> {
        self.inner.take_events()
    }

    /// What the policy's author should know, though it is no fault: each a sentence, lower case, no full stop.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.inner.state().rules.warnings.clone()
    }

    /// The header fields that a decision of this engine can look at.
    ///
    /// A host may leave other fields out of a request, but must hand over every line of these.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let [bits, ..] = self.inner.facts().to_le_bytes();
        Fields::from_bits(bits)
    }

    /// Whether any route takes a token from a form body. Only then need a host wait for a body, and only for one whose
    /// `Content-Type` is `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn reads_body(&self) -> bool {
        let [_, reads_body, ..] = self.inner.facts().to_le_bytes();
        reads_body != 0
    }

    /// A number that changes when [`Engine::fields`] and its like may have changed.
    #[must_use]
    pub fn policy_epoch(&self) -> u32 {
        let [_, _, a, b, c, d, ..] = self.inner.facts().to_le_bytes();
        u32::from_le_bytes([a, b, c, d])
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
        self.inner.state().rules.max_credential()
    }

    /// How many bytes `Decision::answer` needs at most for any decision of this engine.
    #[must_use]
    pub fn answer_bytes(&self) -> usize {
        let state = self.inner.state();
        let tables = state.rules.policy.tables();
        let demands = tables.routes.iter().map(|route| tables.demand(route));
        let words = |texts: Texts<'_>| texts.iter().map(|text| text.len().saturating_add(1)).sum::<usize>();
        let hop = tables.hop().map_or(0, |hop| hop.name.len());
        let needed = demands.map(|demand| {
            let fixed = demand.realm.len().saturating_add(demand.resource_metadata.map_or(0, str::len));
            fixed
                .saturating_add(words(demand.scopes))
                .saturating_add(words(demand.any_scope))
                .saturating_add(words(demand.acr))
        });
        // Escaping doubles at most; the names of the parameters and the longest codes stay below 640 bytes.
        needed.max().unwrap_or_default().saturating_mul(2).saturating_add(hop).saturating_add(640)
    }

    /// How many issuers the policy has.
    #[must_use]
    pub fn issuers(&self) -> usize {
        self.inner.state().rules.policy.tables().issuers.len()
    }

    /// How many routes the policy has.
    #[must_use]
    pub fn routes(&self) -> usize {
        self.inner.state().rules.policy.tables().routes.len()
    }
}

impl<K> fmt::Debug for Engine<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}
