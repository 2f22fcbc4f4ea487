//! The decision: what the caller gets, what the caller is, and proof that nothing was skipped on the way to yes.

use crate::authenticate::NotUsedBefore;
use crate::challenge::{Answer, BufferTooShort, Scheme};
use crate::jose::jws::SignatureChecked;
use crate::outcome::{Disclosure, Outcome};
use crate::policy::{AudienceChecked, LetThrough, Permitted, TimeChecked};
use crate::principal::Principal;
use crate::reason::Reason;
use crate::recovery::Recovery;
use crate::refusal::{self, Context, Refusal};
use crate::request::Place;
use crate::time::Seconds;

/// One decision on one request.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'d> {
    verdict: Verdict<'d>,
    facts: Facts<'d>,
}

/// What is known of a request while it is judged. There is no verdict in it that could be forgotten.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'d> {
    pub(crate) principal: Option<Principal<'d>>,
    pub(crate) path: &'d str,
    pub(crate) route: Option<u32>,
    pub(crate) place: Place,
}

#[derive(Clone, Copy, Debug)]
#[expect(clippy::large_enum_variant, reason = "boxing would allocate, and a decision lives on the stack")]
enum Verdict<'d> {
    Allow(Grounds),
    Refuse(Refusal<'d>),
}

/// The names of all grounds on which a caller is let in: the route is for anyone, the request is a CORS preflight that the
/// route lets pass, or a credential was verified and permitted.
pub const GROUNDS: [&str; 3] = [ANYONE, PREFLIGHT, CREDENTIAL];

const ANYONE: &str = "anyone";
const PREFLIGHT: &str = "preflight";
const CREDENTIAL: &str = "credential";

/// On what grounds a caller is let in. The proofs can only be made by the checks that they stand for, so that no path
/// through the code can say yes to a credential without having passed them all.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Grounds {
    /// The route is for anyone.
    Open(LetThrough),
    /// The request is a CORS preflight that the route lets pass.
    Preflight(LetThrough),
    /// A credential was verified and permitted.
    Credential(SignatureChecked, AudienceChecked, TimeChecked, NotUsedBefore, Permitted),
}

impl<'d> Decision<'d> {
    pub(crate) const fn allow(facts: Facts<'d>, grounds: Grounds) -> Self {
        Self { verdict: Verdict::Allow(grounds), facts }
    }

    pub(crate) const fn refuse(facts: Facts<'d>, refusal: Refusal<'d>) -> Self {
        Self { verdict: Verdict::Refuse(refusal), facts }
    }

    /// What was decided.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        match &self.verdict {
            Verdict::Allow(_) => Outcome::Allow,
            Verdict::Refuse(refusal) => refusal.reason.outcome(),
        }
    }

    /// Whether the caller is let in.
    #[must_use]
    pub const fn is_allow(&self) -> bool {
        matches!(self.verdict, Verdict::Allow(_))
    }

    /// On what grounds the caller is let in: `anyone`, `preflight` or `credential`.
    #[must_use]
    pub const fn grounds(&self) -> Option<&'static str> {
        match &self.verdict {
            Verdict::Allow(Grounds::Open(..)) => Some(ANYONE),
            Verdict::Allow(Grounds::Preflight(..)) => Some(PREFLIGHT),
            Verdict::Allow(Grounds::Credential(..)) => Some(CREDENTIAL),
            Verdict::Refuse(_) => None,
        }
    }

    /// The HTTP status of the answer; 200 where the caller is let in and somebody else answers.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match &self.verdict {
            Verdict::Allow(_) => 200,
            Verdict::Refuse(refusal) => refusal.status,
        }
    }

    /// Why the caller is refused.
    #[must_use]
    pub const fn reason(&self) -> Option<Reason> {
        match &self.verdict {
            Verdict::Allow(_) => None,
            Verdict::Refuse(refusal) => Some(refusal.reason),
        }
    }

    /// The true reason of a refusal that a hidden route conceals. For operators: an answer must not show it.
    #[must_use]
    pub const fn concealed(&self) -> Option<Reason> {
        match &self.verdict {
            Verdict::Allow(_) => None,
            Verdict::Refuse(refusal) => refusal.concealed,
        }
    }

    /// What the caller may learn about the reason: whether a body of the host's own may name it.
    #[must_use]
    pub const fn disclosure(&self) -> Disclosure {
        match &self.verdict {
            Verdict::Allow(_) => Disclosure::None,
            Verdict::Refuse(refusal) => refusal.demand.disclosure,
        }
    }

    /// The facts beside the reason. For operators.
    #[must_use]
    pub const fn context(&self) -> Option<&Context<'d>> {
        match &self.verdict {
            Verdict::Allow(_) => None,
            Verdict::Refuse(refusal) => refusal.context.as_ref(),
        }
    }

    /// Why the caller is refused in the first place: the reason of the gateway that took its credential away, or else the
    /// true one of this refusal. For operators, and for whoever is behind this.
    #[must_use]
    pub const fn root_cause(&self) -> Option<Reason> {
        match (self.context(), self.concealed()) {
            (Some(Context::Upstream { cause, .. }), _) => Some(*cause),
            (_, Some(concealed)) => Some(concealed),
            _ => self.reason(),
        }
    }

    /// What the caller should do next.
    #[must_use]
    pub const fn recovery(&self) -> Recovery {
        match &self.verdict {
            Verdict::Allow(_) => Recovery::None,
            Verdict::Refuse(refusal) => refusal::recovery(refusal.reason, refusal.retry_after),
        }
    }

    /// Whether the very same credential may be sent again after the recovery.
    #[must_use]
    pub const fn may_resend(&self) -> bool {
        match &self.verdict {
            Verdict::Allow(_) => true,
            Verdict::Refuse(refusal) => refusal::may_resend(refusal.reason, refusal.retry_after),
        }
    }

    /// How long the caller should wait before it asks again, where waiting helps; the answer's `Retry-After` says the same.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Seconds> {
        match &self.verdict {
            Verdict::Allow(_) => None,
            Verdict::Refuse(refusal) => refusal.retry_after,
        }
    }

    /// Who the caller is: known on every allow that took a credential, and on every refusal that came after the
    /// credential was found genuine, an expired one's included. Only an allow makes it somebody to act for.
    #[must_use]
    pub const fn principal(&self) -> Option<&Principal<'d>> {
        self.facts.principal.as_ref()
    }

    /// The path that was judged, normalised: what a forwarding host must send on. Empty if it is ambiguous.
    #[must_use]
    pub const fn path(&self) -> &'d str {
        self.facts.path
    }

    /// The route that governed the request, by its place in the policy file.
    #[must_use]
    pub const fn route(&self) -> Option<u32> {
        self.facts.route
    }

    /// Writes the header fields that the answer must carry into `out`; a kilobyte is plenty unless a policy lists many
    /// scopes.
    ///
    /// # Errors
    ///
    /// [`BufferTooShort`] if `out` cannot hold them: answer 500 then, since a 401 without its challenge is none.
    pub fn answer<'o>(&self, out: &'o mut [u8]) -> Result<Answer<'o>, BufferTooShort> {
        match &self.verdict {
            Verdict::Allow(_) => {
                let mut answer = Answer::EMPTY;
                if self.facts.place != Place::Header {
                    // RFC 6750, section 2.3 for the query. Caches know of credentials in `Authorization` only
                    // (RFC 9111, section 3.5): no answer to another may be kept for others.
                    answer.push("Cache-Control", "private");
                }
                Ok(answer)
            }
            Verdict::Refuse(refusal) => Answer::refusal(refusal, &[Scheme::Bearer], out),
        }
    }
}
