//! One thread's judge: a question of the proxy in, an answer out, with memory that is used again and again.

use super::answer::{self, Answer};
use super::log::Log;
use super::options::Options;
use super::original::{Fault, Original};
use super::policy::Policy;
use super::proxy;
use core::panic::AssertUnwindSafe;
use doorward::doorward_core::wire::path::Target;
use doorward::{Decision, Engine, Field, Request, Scratch, UnixTime};
use hyper::Method;
use hyper::http::request::Parts;
use std::panic;
use std::sync::Arc;

/// What all threads share.
pub(super) struct Site {
    pub(super) options: Options,
    pub(super) policy: Policy,
    pub(super) log: Log,
}

/// Judges for one thread.
pub(super) struct Judge {
    site: Arc<Site>,
    /// The number of the engine that the tools are made for.
    epoch: u64,
    tools: Tools,
}

/// An engine with memory that fits it.
struct Tools {
    engine: Arc<Engine>,
    scratch: Scratch,
    answer: Vec<u8>,
}

impl Tools {
    fn new(engine: Arc<Engine>) -> Self {
        engine.warm_thread();
        Self { scratch: engine.scratch(), answer: vec![0; engine.answer_bytes()], engine }
    }
}

impl Judge {
    /// A judge for the thread that it is made on.
    pub(super) fn new(site: Arc<Site>) -> Self {
        let epoch = site.policy.epoch();
        let tools = Tools::new(site.policy.engine());
        Self { site, epoch, tools }
    }

    /// Answers a question. Whatever goes wrong, nobody is let in by it.
    pub(super) fn answer(&mut self, parts: &Parts) -> Answer {
        let now = self.site.options.at.unwrap_or_else(doorward::now);
        if self.asks_health(parts) {
            return answer::healthy();
        }
        let judged = guarded(|| self.judge(parts, now));
        if judged.as_ref().err() == Some(&Fault::Internal) {
            // Nothing that is half done is seen again.
            self.tools = Tools::new(self.site.policy.engine());
        }
        judged.unwrap_or_else(|fault| {
            let Options { proxy, endpoint, .. } = &self.site.options;
            self.site.log.fault(fault, &fault.told(*proxy, endpoint), now);
            answer::fault(*proxy, fault)
        })
    }

    fn judge(&mut self, parts: &Parts, now: UnixTime) -> Result<Answer, Fault> {
        self.look_at_policy();
        let Options { proxy, endpoint, .. } = &self.site.options;
        let Original { method, url } = Original::read(parts, *proxy, endpoint)?;
        let Tools { engine, scratch, answer: buffer } = &mut self.tools;
        let mut fields = Vec::with_capacity(4);
        for name in engine.fields() {
            fields.extend(parts.headers.get_all(*name).iter().map(|value| Field::new(name, value)));
        }
        let decision = engine.decide(&Request::new(method, url, &fields), now, scratch);
        if decision.is_allow() && !is_judged_as_written(url, &decision) {
            // Judged again with a path that no policy accepts, so that the refusal is the engine's own: with the
            // challenge, the disclosure and the words that the policy asks for.
            let decision = engine.decide(&Request::new(method, "//", &fields), now, scratch);
            let why = "the path is not written as it was judged, and a proxy that asks cannot be told to rewrite it";
            return finish(&self.site, &decision, method, Some(why), buffer, now);
        }
        finish(&self.site, &decision, method, None, buffer, now)
    }

    /// Takes the engine in force, if it is another one by now.
    fn look_at_policy(&mut self) {
        let epoch = self.site.policy.epoch();
        if epoch != self.epoch {
            self.tools = Tools::new(self.site.policy.engine());
            self.epoch = epoch;
        }
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
    buffer: &mut [u8],
    now: UnixTime,
) -> Result<Answer, Fault> {
    if why.is_some() && decision.is_allow() {
        return Err(Fault::Internal);
    }
    if site.log.wants(decision.is_allow()) {
        site.log.decision(decision, method, why, now);
    }
    let fields = decision.answer(buffer).map_err(|_| Fault::Internal)?;
    let mut answer = if decision.is_allow() {
        answer::allow(decision, &fields)
    } else {
        answer::refuse(site.options.proxy, decision, &fields)
    }?;
    // Whatever method the proxy asks with, the answer to a HEAD has no content.
    if method == b"HEAD" {
        answer.body_mut().clear();
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::proxy::Proxy;

    #[test]
    fn a_panic_is_answered_500_and_lets_nobody_in() {
        let fault = guarded(|| panic!("on purpose")).unwrap_err();
        assert_eq!(fault, Fault::Internal);
        for proxy in [Proxy::Nginx, Proxy::Traefik, Proxy::Caddy, Proxy::Envoy] {
            assert_eq!(answer::fault(proxy, fault).status(), 500);
        }
    }
}
