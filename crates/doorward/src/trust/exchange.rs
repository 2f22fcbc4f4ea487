//! One request of any kind, within a deadline, with a bounded answer: what sources of credentials ask with.

use super::address::Address;
use super::fetch::Failed;
use super::http::{Http, check_coding, describe, retry_after};
use doorward_core::key::FetchFault;
use doorward_core::limits;
use doorward_core::time::Seconds;
use std::io::Read as _;
use std::path::Path;
use std::time::Instant;
use ureq::http::header;
use ureq::{Body, Error};
use zeroize::Zeroizing;

/// What is asked.
pub(crate) struct Question<'a> {
    /// Where.
    pub(crate) url: &'a str,
    /// Fields beside the usual ones. A name or value that cannot be one is a fault, and nothing is asked.
    pub(crate) fields: &'a [(&'a str, &'a str)],
    /// A form, which makes it a `POST`; without one it is a `GET`.
    pub(crate) form: Option<&'a str>,
    /// The certificates that the server is known by.
    pub(crate) ca: Option<&'a Path>,
}

/// What was answered, whatever the status, unless it is a redirect.
pub(crate) struct Reply {
    /// The status.
    pub(crate) status: u16,
    /// How long the server asks to be left alone.
    pub(crate) retry_after: Option<Seconds>,
    /// The content.
    pub(crate) text: Zeroizing<String>,
}

impl Http {
    /// Asks, and gives the whole answer.
    ///
    /// # Errors
    ///
    /// As for a fetch, but that every status is an answer; the sentence names the host, and no secret.
    pub(crate) fn exchange(&self, question: &Question<'_>, until: Instant) -> Result<Reply, Failed> {
        let address =
            Address::parse(question.url).map_err(|(fault, sentence)| Failed::new(fault, sentence))?;
        self.exchange_with(&address, question, until)
            .map_err(|failed| Failed { detail: format!("{}: {}", address.host(), failed.detail), ..failed })
    }

    fn exchange_with(
        &self,
        address: &Address,
        question: &Question<'_>,
        until: Instant,
    ) -> Result<Reply, Failed> {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Failed::new(FetchFault::TimedOut, "no time was left to ask"));
        }
        let agent = self.agent(address, question.ca, left)?;
        let uri = address.uri().clone();
        // The two builders are of different types.
        let answer = match question.form {
            None => {
                let request = agent.get(uri).header(header::ACCEPT, "application/json");
                question
                    .fields
                    .iter()
                    .fold(request, |request, (name, value)| request.header(*name, *value))
                    .call()
            }
            Some(form) => {
                let request = agent
                    .post(uri)
                    .header(header::ACCEPT, "application/json")
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
                question
                    .fields
                    .iter()
                    .fold(request, |request, (name, value)| request.header(*name, *value))
                    .send(form)
            }
        };
        let answer = answer.map_err(|error| describe(&error))?;
        let status = answer.status().as_u16();
        if (300..400).contains(&status) {
            let detail = format!("expected no redirect, found status {status}");
            let failed = Failed::new(FetchFault::Redirected, detail);
            return Err(Failed { status: Some(status), ..failed });
        }
        check_coding(answer.headers())?;
        let retry_after = retry_after(answer.headers(), crate::now());
        Ok(Reply { status, retry_after, text: read(answer.into_body())? })
    }
}

/// The body, whatever its declared length: one byte more than allowed shows that there is more.
fn read(body: Body) -> Result<Zeroizing<String>, Failed> {
    let most = limits::SOURCE_BYTES;
    // All at once: growing would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(most.saturating_add(1)));
    let reader = body.into_with_config().limit(u64::MAX).reader();
    let bound = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    reader.take(bound).read_to_end(&mut bytes).map_err(|error| describe(&Error::from(error)))?;
    if bytes.len() > most {
        return Err(Failed::new(FetchFault::TooLarge, format!("expected at most {most} bytes, found more")));
    }
    let text = core::str::from_utf8(&bytes);
    let text = text.map_err(|_| Failed::new(FetchFault::Malformed, "expected UTF-8 text"))?;
    Ok(Zeroizing::new(text.to_owned()))
}
