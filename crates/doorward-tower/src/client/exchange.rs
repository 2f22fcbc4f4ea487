//! The rules of one request, whatever sends it: what goes with it, what its answer means, and what then.

use super::body::ReadAhead;
use super::chain::Chain;
use super::credentials::Credentials;
use super::fault::NotSent;
use super::proof::Target;
use super::trail::{Answers, Trail};
use core::future::poll_fn;
use core::time::Duration;
use doorward::caller::{Attempt, Credential, Next, Prepared, Sending, Traits, Which};
use doorward::doorward_core::diagnose::Response;
use doorward::doorward_core::limits;
use doorward::{Field, Seconds, UnixTime};
use http::header::AUTHORIZATION;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use http_body::Body;

/// The field of a proof of possession.
const DPOP: HeaderName = HeaderName::from_static("dpop");

/// How much of a refusal's content is kept while the request is sent again, in bytes. Refusals are far shorter.
const KEPT: usize = 1 << 20;

/// How long the beginning of a refusal's content is waited for. What does not come by then is diagnosed without.
const PATIENCE: Duration = Duration::from_secs(2);

/// One request on its way.
pub(crate) struct Exchange<'c> {
    credentials: &'c Credentials,
    url: String,
    method: &'c Method,
    attempt: Attempt,
    sent_at: UnixTime,
    trail: Trail,
}

/// What may be done with a request.
pub(crate) enum Permit {
    /// Send it with these fields.
    Send(Fields),
    /// Give one of its answers back.
    Deliver(Which),
}

/// The fields of a request that say who sends it; none of them where it goes without a credential.
#[derive(Default)]
pub(crate) struct Fields {
    authorization: Option<HeaderValue>,
    proof: Option<HeaderValue>,
}

impl Fields {
    /// Puts them among the others, in the place of those of an earlier try.
    pub(crate) fn put(self, headers: &mut HeaderMap) {
        if let Some(authorization) = self.authorization {
            headers.insert(AUTHORIZATION, authorization);
        }
        if let Some(proof) = self.proof {
            headers.insert(DPOP, proof);
        }
    }
}

/// What to do after an answer.
pub(crate) enum Step {
    /// Give one of the answers back.
    Deliver(Which),
    /// Ask for a permit again, after so long.
    Again(Duration),
}

impl<'c> Exchange<'c> {
    pub(crate) fn new(
        credentials: &'c Credentials,
        url: String,
        method: &'c Method,
        replayable: bool,
    ) -> Self {
        let traits =
            Traits { replayable, idempotent: method.is_idempotent(), proof: credentials.proofs().is_some() };
        let (attempt, sent_at) = (Attempt::new(traits), credentials.now());
        Self { credentials, url, method, attempt, sent_at, trail: Trail::default() }
    }

    /// Waits until the request may be sent, and says with what.
    pub(crate) async fn permit(&mut self) -> Result<Permit, NotSent> {
        let caller = self.credentials.caller();
        Chain::admit(caller)?;
        loop {
            let (seen, now) = (caller.ended(), self.credentials.now());
            let prepared = caller.prepare(&self.url, &mut self.attempt, now).map_err(NotSent::wrong)?;
            let credential = match prepared {
                Prepared::Send(credential) => credential,
                Prepared::SendAndObtain(credential, ticket, want) => {
                    self.credentials.obtain(ticket, want);
                    credential
                }
                Prepared::SendBare => return Ok(Permit::Send(Fields::default())),
                Prepared::Obtain(ticket, want) => {
                    self.credentials.obtain(ticket, want);
                    // Whoever obtains says how it ended by then.
                    let limit = Seconds(limits::OBTAIN_LIMIT);
                    self.credentials.wait(seen, now.plus(limit)).await;
                    // While a runtime goes down, what is spawned ends at once; this task must, too.
                    tokio::task::yield_now().await;
                    continue;
                }
                Prepared::Wait { until } => {
                    self.credentials.wait(seen, until).await;
                    continue;
                }
                Prepared::Blocked(blocked) => return Err(NotSent::blocked(blocked)),
                Prepared::Deliver(which) => return Ok(Permit::Deliver(which)),
            };
            return Ok(Permit::Send(self.fields(&credential)?));
        }
    }

    /// What goes with the request.
    fn fields(&self, credential: &Credential) -> Result<Fields, NotSent> {
        let unusable = |_| NotSent::wrong("the credential cannot be written into a field");
        let mut authorization = HeaderValue::from_str(&credential.field_value()).map_err(unusable)?;
        authorization.set_sensitive(true);
        let proof = match self.credentials.proofs() {
            Some(proofs) => Some(proofs.field(&Target::of(&self.url)?, self.method, credential.secret())?),
            None => None,
        };
        Ok(Fields { authorization: Some(authorization), proof })
    }

    /// The request is sent now.
    pub(crate) fn begin(&mut self) {
        self.sent_at = self.credentials.now();
        self.trail.sends = self.trail.sends.saturating_add(1);
    }

    /// Its answer came; `final_url` is where from, if redirects were followed.
    pub(crate) fn answered(
        &mut self,
        status: StatusCode,
        headers: &HeaderMap,
        beginning: &[u8],
        final_url: &str,
    ) -> Step {
        let fields =
            headers.iter().map(|(name, value)| Field::new(name.as_str().as_bytes(), value.as_bytes()));
        let fields: Vec<Field<'_>> = fields.collect();
        let response = Response { status: status.as_u16(), fields: &fields, body: beginning };
        let sending = Sending { url: &self.url, final_url, at: Some(self.sent_at) };
        let now = self.credentials.now();
        let answered = self.credentials.caller().answered(&mut self.attempt, &sending, &response, now);
        self.credentials.report();
        if let (Some(proofs), Some(nonce)) = (self.credentials.proofs(), answered.nonce())
            && let Ok(target) = Target::of(&self.url)
        {
            proofs.heard(&target, nonce);
        }
        if answered.report.is_refusal() {
            self.trail.refusals.push(answered.report);
        }
        match answered.next {
            Next::Deliver(which) => Step::Deliver(which),
            Next::Again { after } => Step::Again(Duration::from_millis(after.map_or(0, |after| after.0))),
            Next::NewProof => Step::Again(Duration::ZERO),
        }
    }

    /// The answer that is given back, with what came before it.
    pub(crate) fn end<T>(
        self,
        answers: Answers<T>,
        which: Which,
        extensions: impl FnOnce(&mut T) -> &mut Extensions,
    ) -> Result<T, NotSent> {
        let answer = match which {
            Which::First => answers.first(),
            Which::Latest => answers.latest(),
        };
        let mut answer = answer.ok_or_else(|| NotSent::wrong("the request cannot be sent"))?;
        extensions(&mut answer).insert(self.trail);
        Ok(answer)
    }
}

/// The beginning of an answer's content, as far as a diagnosis looks at it.
pub(crate) async fn read_beginning<B: Body>(status: StatusCode, body: &mut ReadAhead<B>) -> Vec<u8> {
    // What succeeded is nobody's refusal.
    if status.is_success() {
        return Vec::new();
    }
    let most = limits::RESPONSE_BODY_BYTES;
    let reading = poll_fn(|cx| body.poll_beginning(most, cx));
    // What came in time is in the body.
    drop(tokio::time::timeout(PATIENCE, reading).await);
    body.beginning(most)
}

/// Reads the rest of an answer that is put aside: a connection takes the next request only when it is done with this one. Says
/// whether it is.
pub(crate) async fn put_aside<B: Body>(body: &mut ReadAhead<B>) -> bool {
    let reading = poll_fn(|cx| body.poll_beginning(KEPT, cx));
    drop(tokio::time::timeout(PATIENCE, reading).await);
    body.is_whole()
}
