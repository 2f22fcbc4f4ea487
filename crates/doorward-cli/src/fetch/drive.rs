//! The way of one request: a credential is got, the request sent, the answer diagnosed, and so on until one is final.

use super::ask::{Answer, Call, Client};
use super::trace::{Carried, Trace};
use super::url;
use core::time::Duration;
use doorward::caller::{
    Answered, Attempt, Caller, CallerOptions, Credential, Next, Prepared, Sending, Settings, Traits, Which,
};
use doorward::source::Source;
use doorward::{DiagnosisReport, RawSent, UnixTime};
use std::sync::Arc;
use ureq::http::header::{ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use ureq::http::{HeaderName, HeaderValue, Method, Uri};

/// How many redirects are followed, as in most clients.
const REDIRECTS: usize = 10;

/// The fields that go along to another origin.
const HARMLESS: [HeaderName; 3] = [ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE];

/// A request that is ready to go.
pub(super) struct Drive {
    client: Client,
    call: Call,
    url: Uri,
    follow: bool,
    with: Option<With>,
}

/// What it is sent with.
struct With {
    /// What the source is, in words.
    name: String,
    source: Source,
    caller: Caller,
}

/// What came of sending it once, redirects included.
struct Sent {
    answer: Answer,
    at: UnixTime,
    /// Where it came from, if not from where it was asked for; of redirects to another origin and back, the other one.
    final_url: Option<Uri>,
}

impl Drive {
    pub(super) const fn new(client: Client, call: Call, url: Uri, follow: bool) -> Self {
        Self { client, call, url, follow, with: None }
    }

    /// The same with a source of credentials. It is for the origin of the URL: in the clear only if `origins` names it.
    pub(super) fn with_source(
        &mut self,
        source: Source,
        settings: Settings,
        mut origins: Vec<Uri>,
    ) -> Result<(), String> {
        if !origins.iter().any(|origin| url::is_same_origin(origin, &self.url)) {
            if !url::is_private(&self.url) {
                let own = url::origin(&self.url);
                return Err(format!(
                    "a credential is not sent to {own}, where others can read it: say `--origin {own}` if it must be"
                ));
            }
            origins.push(self.url.clone());
        }
        let origins = origins.iter().map(url::origin).collect();
        let options = CallerOptions { origins, settings, has_source: true, ..CallerOptions::default() };
        self.with = Some(With { name: source.name(), source, caller: Caller::new(options)? });
        Ok(())
    }

    /// Sends it, and gives back the content of the answer that a client's own caller would get.
    pub(super) fn run(mut self, trace: &mut Trace) -> Option<Vec<u8>> {
        let done = match self.with.take() {
            Some(with) => self.recovering(&with, trace),
            None => self.once(trace),
        };
        match done {
            Ok(body) => Some(body),
            Err(fault) => {
                trace.fails(&fault);
                None
            }
        }
    }

    /// Sends it as it is.
    fn once(&self, trace: &mut Trace) -> Result<Vec<u8>, String> {
        let own = self.call.fields.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, secret) = own.map(|own| own.split_once(' ').unwrap_or((own, ""))).unzip();
        if let Some(secret) = secret {
            trace.hide(secret.trim());
        }
        let carried = scheme.zip(secret).map(|(scheme, secret)| Carried {
            scheme: scheme.to_owned(),
            length: secret.trim().len(),
            about: String::new(),
        });
        let sent = self.send(None, carried.as_ref(), trace)?;
        let about = RawSent {
            scheme: scheme.map(|scheme| scheme.as_bytes().to_vec()),
            attempt: 1,
            at: Some(sent.at),
            url: self.url.to_string().into_bytes(),
            final_url: sent.final_url(),
            ..RawSent::default()
        };
        let report = sent.answer.response.diagnose(&about, doorward::now());
        trace.answered(&sent.answer, &report);
        if report.is_refusal() && own.is_none() {
            trace.note(
                "no credential was given to send: `doorward fetch --help` says how, as `--token-file FILE`",
            );
        }
        trace.ends(&sent.answer, &report);
        Ok(sent.answer.body)
    }

    /// Sends it as often as it takes, and may.
    fn recovering(&self, with: &With, trace: &mut Trace) -> Result<Vec<u8>, String> {
        let url = self.url.to_string();
        let mut attempt = Attempt::new(Traits::of_method(self.call.method.as_str(), true));
        let mut answers = Answers::default();
        let mut last: Option<Arc<Credential>> = None;
        loop {
            let credential = match with.caller.prepare(&url, &mut attempt, doorward::now())? {
                Prepared::Send(credential) => Some(credential),
                Prepared::SendAndObtain(credential, ticket, _) => {
                    // There is no next request that it could be for.
                    with.caller.abandoned(ticket, doorward::now());
                    Some(credential)
                }
                Prepared::SendBare => None,
                Prepared::Obtain(ticket, want) => {
                    let now = doorward::now();
                    let came = with.source.obtain(&want, now);
                    let now = doorward::now();
                    match came {
                        Ok(credential) => {
                            trace.hide(credential.secret());
                            let is_same =
                                last.as_ref().is_some_and(|last| last.secret() == credential.secret());
                            let same = if is_same { "the same as before, " } else { "" };
                            let about = format!("{same}{}", lifetime(&credential, now));
                            trace.obtains(&with.name, &want.to_json(), Ok(&about));
                            with.caller.obtained(ticket, credential, now);
                        }
                        Err(fault) => {
                            trace.obtains(&with.name, &want.to_json(), Err(&fault.to_string()));
                            with.caller.not_obtained(ticket, &fault, now);
                        }
                    }
                    continue;
                }
                Prepared::Wait { until } => {
                    let span = millis(doorward::now(), until);
                    pause(span, "then the source is asked again", trace);
                    continue;
                }
                Prepared::Blocked(blocked) => {
                    return Err(format!("{}: {}", blocked.reason.code(), blocked.sentence()));
                }
                Prepared::Deliver(which) => return answers.deliver(which, trace),
            };
            let carried = credential.as_deref().map(|credential| Carried {
                scheme: credential.scheme().to_owned(),
                length: credential.secret().len(),
                about: format!(", {}", lifetime(credential, doorward::now())),
            });
            let field = credential.as_deref().map(Credential::field_value);
            last = credential;
            let sent = self.send(field.as_ref().map(|field| field.as_str()), carried.as_ref(), trace)?;
            let Answered { report, next, .. } = self.judge(with, &mut attempt, &sent);
            trace.answered(&sent.answer, &report);
            for report in with.caller.take_reports() {
                trace.alarm(&report);
            }
            match next {
                Next::Deliver(which) => {
                    answers.keep(sent.answer, report);
                    return answers.deliver(which, trace);
                }
                Next::Again { after } => {
                    trace.next("another try, if there is something new to try it with");
                    if let Some(after) = after {
                        pause(after.0, "the answer asks for it", trace);
                    }
                }
                // This command makes no proofs.
                Next::NewProof => {
                    answers.keep(sent.answer, report);
                    return answers.deliver(Which::Latest, trace);
                }
            }
            answers.keep(sent.answer, report);
        }
    }

    fn judge(&self, with: &With, attempt: &mut Attempt, sent: &Sent) -> Answered {
        let url = self.url.to_string();
        let final_url = sent.final_url();
        let final_url = String::from_utf8_lossy(&final_url);
        let sending = Sending { url: &url, final_url: &final_url, at: Some(sent.at) };
        let now = doorward::now();
        sent.answer.response.lend(|response| with.caller.answered(attempt, &sending, response, now))
    }

    /// Sends it once, and follows redirects if that is wanted. The credential leaves its origins with none of them.
    fn send(
        &self,
        field: Option<&str>,
        carried: Option<&Carried>,
        trace: &mut Trace,
    ) -> Result<Sent, String> {
        let mut to = self.url.clone();
        let mut call = Call {
            method: self.call.method.clone(),
            fields: self.call.fields.clone(),
            body: self.call.body.clone(),
        };
        let mut field = field.map(secret_value).transpose()?;
        let mut had_credential = carried.is_some();
        let at = doorward::now();
        let mut stranger = None;
        for count in 0..=REDIRECTS {
            let names: Vec<String> =
                call.fields.keys().filter(|name| *name != AUTHORIZATION).map(ToString::to_string).collect();
            trace.sends(call.method.as_str(), &to, &names, carried.filter(|_| had_credential));
            let more: Vec<_> = field.iter().map(|value| (AUTHORIZATION, value.clone())).collect();
            let answer = self.client.ask(&call, &to, &more)?;
            let status = answer.response.status;
            let is_redirect = matches!(status, 301 | 302 | 303 | 307 | 308);
            let location =
                answer.field(LOCATION.as_str()).filter(|_| is_redirect && self.follow && count < REDIRECTS);
            let Some(location) = location else {
                // Whoever came home from there has no credential any more: its answer says as little about it.
                let final_url = stranger.or(Some(to).filter(|to| *to != self.url));
                return Ok(Sent { answer, at, final_url });
            };
            let next =
                url::follow(&to, location).map_err(|fault| format!("the redirect leads nowhere: {fault}"))?;
            if !url::is_same_origin(&to, &next) {
                field = None;
                // Whatever else was said for this service may be as secret.
                call.fields = call
                    .fields
                    .iter()
                    .filter(|(name, _)| HARMLESS.contains(name))
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect();
                had_credential = false;
                if !url::is_same_origin(&self.url, &next) {
                    stranger = Some(next.clone());
                }
            }
            if status == 303 || (call.method == Method::POST && matches!(status, 301 | 302)) {
                call.method = if call.method == Method::HEAD { Method::HEAD } else { Method::GET };
                call.body = None;
                call.fields.remove(CONTENT_TYPE);
                call.fields.remove(CONTENT_LENGTH);
            }
            trace.redirects(&next, had_credential);
            to = next;
        }
        Err("expected fewer redirects".to_owned())
    }
}

/// The answers that may still be given back.
#[derive(Default)]
struct Answers {
    first: Option<(Answer, Arc<DiagnosisReport>)>,
    latest: Option<(Answer, Arc<DiagnosisReport>)>,
}

impl Answers {
    fn keep(&mut self, answer: Answer, report: Arc<DiagnosisReport>) {
        let slot = if self.first.is_none() { &mut self.first } else { &mut self.latest };
        *slot = Some((answer, report));
    }

    fn deliver(self, which: Which, trace: &mut Trace) -> Result<Vec<u8>, String> {
        let Self { first, latest } = self;
        if latest.is_some() && which == Which::First {
            trace.note("the first answer is what the caller gets: the later ones only repeat it");
        }
        let answer = match which {
            Which::First => first,
            Which::Latest => latest.or(first),
        };
        let (answer, report) = answer.ok_or("the request cannot be sent")?;
        trace.ends(&answer, &report);
        Ok(answer.body)
    }
}

/// Until when a credential is good, in words.
fn lifetime(credential: &Credential, now: UnixTime) -> String {
    match credential.expires().map(|end| end.local(0)) {
        None => "nothing says until when it is good".to_owned(),
        Some(end) if end <= now => format!("expired {} ago", crate::show::span(now, end)),
        Some(end) => format!("good for {}", crate::show::span(now, end)),
    }
}

/// How many milliseconds it is until then, and one more so that nobody looks too early.
fn millis(now: UnixTime, until: UnixTime) -> u64 {
    let whole = i128::from(until.seconds()).saturating_sub(i128::from(now.seconds())).saturating_mul(1000);
    let part = i128::from(until.nanos() / 1_000_000).saturating_sub(i128::from(now.nanos() / 1_000_000));
    u64::try_from(whole.saturating_add(part)).unwrap_or_default().saturating_add(1)
}

fn pause(millis: u64, why: &str, trace: &mut Trace) {
    if millis > 0 {
        trace.waits(millis, why);
        std::thread::sleep(Duration::from_millis(millis));
    }
}

fn secret_value(value: &str) -> Result<HeaderValue, String> {
    let mut value =
        HeaderValue::from_str(value).map_err(|_| "the credential cannot be written into a field")?;
    value.set_sensitive(true);
    Ok(value)
}

impl Sent {
    fn final_url(&self) -> Vec<u8> {
        self.final_url.as_ref().map(ToString::to_string).unwrap_or_default().into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_never_short() {
        let at = |seconds: i64, millis: u32| UnixTime::new(seconds, millis * 1_000_000);
        for (now, until, wait) in [
            (at(10, 0), at(10, 0), 1),
            (at(10, 900), at(11, 100), 201),
            (at(10, 0), at(12, 500), 2501),
            (at(12, 0), at(10, 0), 1),
        ] {
            assert_eq!(millis(now, until), wait);
        }
    }
}
