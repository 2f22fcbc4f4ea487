//! The same for reqwest, as a middleware of reqwest-middleware.

use super::body::ReadAhead;
use super::credentials::Credentials;
use super::exchange::{Exchange, Permit, Step, read_beginning};
use super::fault::NotSent;
use super::trail::Answers;
use doorward::caller::Which;
use http::Extensions;
use http::header::AUTHORIZATION;
use reqwest::{Body, Request, Response, ResponseBuilderExt};
use reqwest_middleware::{Error, Middleware, Next, Result};

/// Attaches a credential to the requests of a client of reqwest, and recovers where one is refused.
///
/// ```
/// # use doorward_tower::client::{Credentials, RecoverMiddleware};
/// # fn client(credentials: Credentials) -> reqwest_middleware::ClientWithMiddleware {
/// let recover = RecoverMiddleware::new(credentials);
/// reqwest_middleware::ClientBuilder::new(reqwest::Client::new()).with(recover).build()
/// # }
/// ```
///
/// reqwest itself follows redirects, and takes the credential along within one origin only; where that leads to a refusal, the
/// diagnosis says so (`credential_withheld`). What a redirect led on from is not sent again for a refusal where it led, unless that is
/// the very same URL, of which reqwest does not tell: give such clients `Policy::none()`. A request that is not sent fails with
/// [`Error::Middleware`](reqwest_middleware::Error::Middleware) of a [`NotSent`].
#[derive(Clone, Debug)]
pub struct RecoverMiddleware {
    credentials: Credentials,
}

impl RecoverMiddleware {
    /// A middleware with these credentials, which it shares with whoever else has them.
    #[must_use]
    pub const fn new(credentials: Credentials) -> Self {
        Self { credentials }
    }

    /// The credentials.
    #[must_use]
    pub const fn credentials(&self) -> &Credentials {
        &self.credentials
    }
}

#[async_trait::async_trait]
impl Middleware for RecoverMiddleware {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        if request.headers().contains_key(AUTHORIZATION) {
            return next.run(request, extensions).await;
        }
        let url = request.url().clone();
        // A request whose body is a stream has no second copy.
        let kept = request.try_clone();
        let mut first = Some(request);
        let method = first.as_ref().map_or(reqwest::Method::GET, |request| request.method().clone());
        let mut exchange = Exchange::new(&self.credentials, url.to_string(), &method, kept.is_some());
        let mut answers = Answers::default();
        loop {
            let fields = match exchange.permit().await.map_err(Error::middleware)? {
                Permit::Send(fields) => fields,
                Permit::Deliver(which) => return end(exchange, answers, which),
            };
            let request = first.take().or_else(|| kept.as_ref().and_then(Request::try_clone));
            let Some(mut request) = request else { return end(exchange, answers, Which::Latest) };
            fields.put(request.headers_mut());
            exchange.begin();
            let answer = next.clone().run(request, extensions).await?;
            let (from, status) = (answer.url().clone(), answer.status());
            let final_url = if from == url { "" } else { from.as_str() };
            let (answer, beginning) = beginning_of(answer).await;
            let step = exchange.answered(status, answer.headers(), &beginning, final_url);
            answers.push(answer);
            match step {
                Step::Deliver(which) => return end(exchange, answers, which),
                Step::Again(wait) => tokio::time::sleep(wait).await,
            }
        }
    }
}

/// The answer with the beginning of its content, which whoever gets it reads again.
async fn beginning_of(answer: Response) -> (Response, Vec<u8>) {
    let status = answer.status();
    if status.is_success() {
        return (answer, Vec::new());
    }
    let url = http::Response::builder().url(answer.url().clone()).body(());
    let (mut parts, body) = http::Response::<Body>::from(answer).into_parts();
    let mut body = ReadAhead::new(body);
    let beginning = read_beginning(status, &mut body).await;
    // reqwest keeps the URL beside the parts, and takes it from among them.
    if let Ok(marked) = url {
        parts.extensions.extend(marked.into_parts().0.extensions);
    }
    (http::Response::from_parts(parts, Body::wrap(body)).into(), beginning)
}

fn end(exchange: Exchange<'_>, answers: Answers<Response>, which: Which) -> Result<Response> {
    exchange.end(answers, which, Response::extensions_mut).map_err(|fault: NotSent| Error::middleware(fault))
}
