//! One stream: when it is judged, by which policy, and what becomes of it.

use crate::answer::{self, Asked, Facts};
use crate::config::{Judge, RouteSettings, Settings};
use crate::host::Stream;
use crate::memory::Memory;
use crate::registry;
use core::cell::{Cell, RefCell};
use doorward::doorward_core::request::field_names;
use doorward::{Engine, Outcome};
use std::sync::Arc;

/// What a request hook comes to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    /// The request goes on.
    Pass,
    /// Its body is waited for.
    Hold,
    /// It was answered here.
    Answered,
    /// Something that cannot be: it must be answered 500.
    Broken,
}

/// Where a stream stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Phase {
    Begun,
    Holding,
    Over(Verdict),
}

/// One stream. Only shared borrows of it are made: Envoy may call one hook from inside another.
pub(crate) struct Filter {
    pub(crate) settings: Arc<Settings>,
    phase: Cell<Phase>,
    /// Fields for the response of a request that is let in; nearly always none.
    late: RefCell<Vec<(&'static str, String)>>,
}

/// Which policy governs a stream.
enum Chosen {
    /// The filter's own.
    Filter,
    /// The one that its route was configured with.
    Route(Arc<RouteSettings>),
}

impl Chosen {
    /// Nothing if the route was configured with what another module made.
    fn of(stream: &Stream<'_>) -> Option<Self> {
        if registry::is_empty() {
            return Some(Self::Filter);
        }
        match stream.route_number() {
            0 => Some(Self::Filter),
            number => registry::get(number).map(Self::Route),
        }
    }
}

/// Where the content of a request is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Content {
    /// There is none.
    None,
    /// It may still come.
    Coming,
    /// All of it was kept.
    Kept,
}

/// How one look at a request ended.
enum Looked {
    Done(Verdict),
    /// Its path was rewritten, and leads to a route with another policy.
    Elsewhere(Chosen),
}

impl Filter {
    pub(crate) fn new(settings: Arc<Settings>) -> Self {
        Self { settings, phase: Cell::new(Phase::Begun), late: RefCell::default() }
    }

    pub(crate) fn on_headers(&self, stream: &mut Stream<'_>, end_of_stream: bool) -> Verdict {
        let Some(chosen) = Chosen::of(stream) else { return Verdict::Broken };
        let content = if end_of_stream { Content::None } else { Content::Coming };
        if self.waits(stream, &chosen, content) {
            return self.hold();
        }
        self.judge(stream, chosen, content)
    }

    pub(crate) fn on_body(&self, stream: &mut Stream<'_>, end_of_stream: bool) -> Verdict {
        match self.phase.get() {
            Phase::Over(verdict) => verdict,
            Phase::Begun => Verdict::Broken,
            Phase::Holding => {
                if stream.body_length() > self.body_limit(stream) {
                    self.count(stream, self.settings.counters.of(Outcome::BadRequest));
                    answer::too_large(stream);
                    return self.over(Verdict::Answered);
                }
                if end_of_stream { self.on_whole(stream) } else { Verdict::Hold }
            }
        }
    }

    pub(crate) fn on_trailers(&self, stream: &mut Stream<'_>) -> Verdict {
        // Upstreams may merge trailers into the header.
        if !answer::strip_trailers(stream) {
            return Verdict::Broken;
        }
        match self.phase.get() {
            Phase::Over(verdict) => verdict,
            Phase::Begun => Verdict::Broken,
            Phase::Holding => self.on_whole(stream),
        }
    }

    pub(crate) fn on_response(&self, stream: &mut Stream<'_>) {
        for (name, value) in self.late.take() {
            stream.add_to_response(name, &value);
        }
    }

    pub(crate) fn on_fault(&self, stream: &mut Stream<'_>) {
        self.phase.set(Phase::Over(Verdict::Answered));
        self.count(stream, self.settings.counters.faults);
    }

    /// The body is there.
    fn on_whole(&self, stream: &mut Stream<'_>) -> Verdict {
        match Chosen::of(stream) {
            Some(chosen) => self.judge(stream, chosen, Content::Kept),
            None => Verdict::Broken,
        }
    }

    /// Whether the decision has to wait for the content: a form that the policy looks into.
    fn waits(&self, stream: &Stream<'_>, chosen: &Chosen, content: Content) -> bool {
        content == Content::Coming && self.reads_body(chosen) && is_form(stream)
    }

    fn hold(&self) -> Verdict {
        self.phase.set(Phase::Holding);
        Verdict::Hold
    }

    fn reads_body(&self, chosen: &Chosen) -> bool {
        self.engine(chosen).is_some_and(Engine::reads_body)
    }

    /// How long a form may be: as configured, or what the policy's own longest token needs.
    fn body_limit(&self, stream: &Stream<'_>) -> usize {
        let own = || Chosen::of(stream).and_then(|chosen| self.engine(&chosen).map(Engine::form_limit));
        self.settings
            .body_limit
            .or_else(own)
            .unwrap_or_else(|| self.settings.judge.policy.engine.form_limit())
    }

    /// By what is judged, unless nothing is.
    fn judge_of<'e>(&'e self, chosen: &'e Chosen) -> Option<&'e Judge> {
        match chosen {
            Chosen::Filter => Some(&self.settings.judge),
            Chosen::Route(route) => match &**route {
                RouteSettings::Judged(judge) => Some(judge),
                RouteSettings::Disabled => None,
            },
        }
    }

    fn engine<'e>(&'e self, chosen: &'e Chosen) -> Option<&'e Engine> {
        self.judge_of(chosen).map(|judge| &judge.policy.engine)
    }

    /// Whether both come to the same decision. One engine must not be asked twice: a token that is taken once would be
    /// refused.
    fn is_same(&self, one: &Chosen, other: &Chosen) -> bool {
        match (self.judge_of(one), self.judge_of(other)) {
            (Some(one), Some(other)) => Arc::ptr_eq(&one.policy, &other.policy),
            (None, None) => true,
            _ => false,
        }
    }

    /// Judges the request by what was chosen, and once more if its plain path leads elsewhere.
    ///
    /// A path that is plain stays as it is, so that a third time cannot be needed; it would be a fault.
    fn judge(&self, stream: &mut Stream<'_>, mut chosen: Chosen, content: Content) -> Verdict {
        for _ in 0..2 {
            match self.look(stream, &chosen, content == Content::Kept) {
                Looked::Done(verdict) => return self.over(verdict),
                // The other policy may look into forms where this one does not.
                Looked::Elsewhere(other) if self.waits(stream, &other, content) => return self.hold(),
                Looked::Elsewhere(other) => chosen = other,
            }
        }
        self.over(Verdict::Broken)
    }

    fn look(&self, stream: &mut Stream<'_>, chosen: &Chosen, with_body: bool) -> Looked {
        let (judge, disabled) = match self.judge_of(chosen) {
            Some(judge) => (judge, false),
            None => (&self.settings.judge, true),
        };
        Memory::lend(&judge.policy, |memory| {
            if with_body {
                stream.copy_body(&mut memory.chunks, &mut memory.body);
            }
            let Memory { lines, scratch, answer, kept, body, .. } = memory;
            let body = with_body.then_some(body.as_slice());
            let asked = Asked { headers: stream.headers(lines), body, peer: stream.peer(), disabled };
            let identity = self.settings.identity;
            let Some(facts) = Facts::find(judge, asked, identity, scratch, answer, kept) else {
                return Looked::Done(Verdict::Broken);
            };
            if let Some(path) = facts.path().filter(|_| !facts.is_refusal() || !registry::is_empty()) {
                if !stream.set(":path", kept.bytes(path)) {
                    return Looked::Done(Verdict::Broken);
                }
                stream.clear_route();
                match Chosen::of(stream) {
                    None => return Looked::Done(Verdict::Broken),
                    Some(other) if !self.is_same(chosen, &other) => return Looked::Elsewhere(other),
                    Some(_) => {}
                }
            }
            if facts.is_refusal() {
                self.count(stream, self.settings.counters.of(facts.outcome()));
                if let (Some(counter), Some(reason)) = (self.settings.counters.reasons, facts.reason()) {
                    stream.count(counter, Some(reason.code()));
                }
                answer::refuse(stream, &facts, kept, identity);
                return Looked::Done(Verdict::Answered);
            }
            if let Some(page) = facts.page() {
                self.count(stream, self.settings.counters.of(facts.outcome()));
                answer::tell_status(stream, &facts, kept, identity, page.of(&judge.policy.engine));
                return Looked::Done(Verdict::Answered);
            }
            if !answer::admit(stream, &facts, kept, identity) {
                return Looked::Done(Verdict::Broken);
            }
            self.late.borrow_mut().extend(facts.late());
            let counters = &self.settings.counters;
            self.count(stream, if disabled { counters.disabled } else { counters.of(facts.outcome()) });
            Looked::Done(Verdict::Pass)
        })
    }

    fn over(&self, verdict: Verdict) -> Verdict {
        self.phase.set(Phase::Over(verdict));
        verdict
    }

    fn count(&self, stream: &Stream<'_>, counter: Option<usize>) {
        if let Some(counter) = counter {
            stream.count(counter, None);
        }
    }
}

/// Whether the request says that its content is a form.
fn is_form(stream: &Stream<'_>) -> bool {
    let mut lines = Vec::new();
    stream.headers(&mut lines).iter().any(|(name, value)| {
        let essence = value.split(|byte| *byte == b';').next().unwrap_or_default();
        name == field_names::CONTENT_TYPE.as_bytes()
            && essence.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
    })
}
