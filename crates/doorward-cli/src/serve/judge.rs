//! One thread's judge: a question of the proxy in, an answer out, with memory that is used again and again.

use super::answer::{self, Answer};
use super::log::Log;
use super::options::Options;
use super::original::{Fault, Original};
use super::policy::Policy;
use super::proxy;
use core::net::IpAddr;
use core::panic::AssertUnwindSafe;
use doorward::doorward_core::wire::path::Target;
use doorward::{Decision, Engine, Field, Fields, Request, Scratch, UnixTime};
use hyper::Method;
use hyper::http::request::Parts;
use std::panic;
use std::sync::Arc;

/// What all threads share.
pub(super) struct Site {
    pub(super) options: Options,
    pub(super) policy: Arc<Policy>,
    pub(super) log: Arc<Log>,
}

/// Judges for one thread.
pub(super) struct Judge {
    site: Arc<Site>,
    memory: Memory,
}

/// Memory that fits the engine.
struct Memory {
    scratch: Scratch,
    answer: Vec<u8>,
}

impl Memory {
    fn new(engine: &Engine) -> Self {
        Self { scratch: engine.scratch(), answer: vec![0; engine.answer_bytes()] }
    }
}

impl Judge {
    /// A judge for the thread that it is made on.
    pub(super) fn new(site: Arc<Site>) -> Self {
        site.policy.engine().warm_thread();
        let memory = Memory::new(site.policy.engine());
        Self { site, memory }
    }

    /// Answers a question that came from this peer. Whatever goes wrong, nobody is let in by it.
    pub(super) fn answer(&mut self, parts: &Parts, peer: IpAddr) -> Answer {
        let now = self.site.options.at.unwrap_or_else(doorward::now);
        if self.asks_health(parts) {
            return answer::healthy();
        }
        let judged = guarded(|| self.judge(parts, peer, now));
        if judged.as_ref().err() == Some(&Fault::Internal) {
            // Nothing that is half done is seen again.
            self.memory = Memory::new(self.site.policy.engine());
        }
        judged.unwrap_or_else(|fault| {
            let Options { proxy, endpoint, .. } = &self.site.options;
            self.site.log.fault(fault, &fault.told(*proxy, endpoint), now);
            answer::fault(*proxy, fault)
        })
    }

    fn judge(&mut self, parts: &Parts, peer: IpAddr, now: UnixTime) -> Result<Answer, Fault> {
        let engine = self.site.policy.engine();
        if engine.reads_body() {
            return Err(Fault::Forms);
        }
        let Options { proxy, endpoint, .. } = &self.site.options;
        let Original { method, url } = Original::read(parts, *proxy, endpoint)?;
        let Memory { scratch, answer: buffer } = &mut self.memory;
        let mut fields = Vec::with_capacity(4);
        // All that any policy looks at, since the policy may be another one by the time of the decision.
        for name in Fields::ALL.iter() {
            fields.extend(parts.headers.get_all(name).iter().map(|value| Field::new(name, value)));
        }
        let decision = engine.decide(&Request::new(method, url, &fields).with_peer(peer), now, scratch);
        if decision.is_allow() && !is_judged_as_written(url, &decision) {
            // Judged again with a path that no policy accepts, so that the refusal is the engine's own: with the
            // challenge, the disclosure and the words that the policy asks for.
            let decision = engine.decide(&Request::new(method, "//", &fields), now, scratch);
            let why = "the path is not written as it was judged, and a proxy that asks cannot be told to rewrite it";
            return finish(&self.site, &decision, method, Some(why), buffer, now);
        }
        finish(&self.site, &decision, method, None, buffer, now)
    }

    /// Whether this is a probe of whoever keeps the service running. A question that tells of an original request is none,
    /// wherever it is sent: what answers 200 to everybody must not be what a proxy asks.
    fn asks_health(&self, parts: &Parts) -> bool {
        self.site.options.health.as_deref() == Some(parts.uri.path())
            && matches!(parts.method, Method::GET | Method::HEAD)
            && !parts.headers.keys().any(|name| proxy::tells_of_original(name.as_str()))
    }
}

/// A panic is a bug of ours, and no answer must come of it but a refusal.
fn guarded(judge: impl FnOnce() -> Result<Answer, Fault>) -> Result<Answer, Fault> {
    panic::catch_unwind(AssertUnwindSafe(judge)).unwrap_or(Err(Fault::Internal))
}

/// Whether the path that was judged is the path that the application will see: two readings of one path are the classic
/// way around a rule.
fn is_judged_as_written(url: &[u8], decision: &Decision<'_>) -> bool {
    Target::parse(url).is_ok_and(|target| target.path == decision.path())
}

/// Logs a decision and makes an answer of it.
fn finish(
    site: &Site,
    decision: &Decision<'_>,
    method: &[u8],
    why: Option<&str>,
    buffer: &mut Vec<u8>,
    now: UnixTime,
) -> Result<Answer, Fault> {
    if why.is_some() && decision.is_allow() {
        return Err(Fault::Internal);
    }
    if site.log.wants(decision.is_allow()) {
        site.log.decision(decision, method, why, now);
    }
    let fields = match decision.answer(buffer) {
        Ok(fields) => fields,
        Err(_) => {
            // A policy that was loaded since may have longer answers.
            buffer.resize(site.policy.engine().answer_bytes().max(buffer.len()), 0);
            decision.answer(buffer).map_err(|_| Fault::Internal)?
        }
    };
    let mut answer = if decision.is_allow() {
        answer::allow(decision, &fields)
    } else {
        answer::refuse(site.options.proxy, decision, &fields)
    }?;
    if site.options.trace_marker && !decision.is_allow() {
        answer::mark(&mut answer, marker(site, decision, method, now));
    }
    // Whatever method the proxy asks with, the answer to a HEAD has no content.
    if method == b"HEAD" {
        answer.body_mut().clear();
    }
    Ok(answer)
}

/// What the proxy sends on to the application in place of the credential. A hidden route's is not told: the proxy might
/// hand it to the caller.
fn marker(site: &Site, decision: &Decision<'_>, method: &[u8], now: UnixTime) -> Option<String> {
    if decision.concealed().is_some() {
        return None;
    }
    site.policy.engine().trace_marker(
        &Request::new(method, decision.path(), &[]),
        decision.root_cause()?,
        now,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::proxy::Proxy;

    /// The file can change between the look at it and the load: the judge looks once more.
    #[test]
    fn a_policy_that_takes_forms_lets_nobody_in() {
        let file = std::env::temp_dir().join(format!("doorward-judge-{}.toml", std::process::id()));
        let text = |places: &str| {
            format!(
                "[issuers.a]\nprofile = 'jwt'\nissuer = 'https://a.example'\naudience = ['a']\nalgorithms = ['HS256']\n\
                 token_in = [{places}]\nkeys = {{ inline = {{ kty = 'oct', k = '{}' }} }}\n[[routes]]\npath = '/a'\n\
                 accept = 'a'\n[[routes]]\npath = '/open'\naccept = 'anyone'\n",
                "A".repeat(43)
            )
        };
        std::fs::write(&file, text("'header'")).unwrap();
        let arguments = ["--policy", file.to_str().unwrap(), "--from", "traefik", "--log", "none"];
        let options = Options::read(&mut lexopt::Parser::from_args(arguments)).unwrap().unwrap();
        let policy = Arc::new(Policy::load(file.clone()).unwrap());
        let log = Arc::new(Log::start(options.level, false).unwrap());
        let mut judge = Judge::new(Arc::new(Site { options, policy: Arc::clone(&policy), log }));
        let question = hyper::Request::get("/auth").header("x-forwarded-uri", "/open");
        let question = question.header("x-forwarded-method", "GET").body(()).unwrap().into_parts().0;
        let here = IpAddr::V4(core::net::Ipv4Addr::LOCALHOST);
        assert_eq!(judge.answer(&question, here).status(), 200);
        std::fs::write(&file, text("'header', 'form'")).unwrap();
        policy.engine().reload().unwrap();
        assert_eq!(judge.answer(&question, here).status(), 500);
        std::fs::remove_file(&file).unwrap();
    }

    #[test]
    fn a_panic_is_answered_500_and_lets_nobody_in() {
        let fault = guarded(|| panic!("on purpose")).unwrap_err();
        assert_eq!(fault, Fault::Internal);
        for proxy in [Proxy::Nginx, Proxy::Traefik, Proxy::Caddy, Proxy::Envoy] {
            assert_eq!(answer::fault(proxy, fault).status(), 500);
        }
    }
}
