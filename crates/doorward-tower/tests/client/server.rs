//! A service that is not ours: axum, with tokens checked by jsonwebtoken in the usual way.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::{Router, body};
use core::net::SocketAddr;
use core::time::Duration;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;

/// How long anything on loopback may take.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

const SECRET: &[u8] = b"a secret of thirty-two bytes, at least";

/// A token for a subject that expires so many seconds from now.
pub(crate) fn token(subject: &str, expires_in: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let claims = json!({ "sub": subject, "exp": i64::try_from(now).unwrap() + expires_in });
    encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(SECRET)).unwrap()
}

/// A request as the service saw it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) path: String,
    /// The token's subject, or why there is none.
    pub(crate) caller: Result<String, String>,
    pub(crate) body: String,
}

/// What a service has seen so far.
#[derive(Clone, Default)]
pub(crate) struct Log {
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Log {
    pub(crate) fn all(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    pub(crate) async fn note(&self, request: Request) -> Seen {
        let (parts, content) = request.into_parts();
        let content = body::to_bytes(content, 1 << 24).await.unwrap_or_default();
        let seen = Seen {
            path: parts.uri.path().to_owned(),
            caller: who(&parts.headers),
            body: String::from_utf8(content.to_vec()).unwrap(),
        };
        self.seen.lock().unwrap().push(seen.clone());
        seen
    }
}

/// Who calls, as such services find it out.
pub(crate) fn who(headers: &HeaderMap) -> Result<String, String> {
    let field = headers.get(AUTHORIZATION).ok_or("missing")?.to_str().map_err(|_| "unreadable")?;
    let token = field.strip_prefix("Bearer ").ok_or("no bearer token")?;
    let validation = Validation::new(Algorithm::HS256);
    let claims = decode::<Value>(token, &DecodingKey::from_secret(SECRET), &validation);
    claims.map(|token| token.claims["sub"].as_str().unwrap().to_owned()).map_err(|error| error.to_string())
}

/// The refusal of such a service.
pub(crate) fn refusal(why: &str) -> Response {
    let challenge = match why {
        "missing" => r#"Bearer realm="orders""#.to_owned(),
        why => format!(r#"Bearer realm="orders", error="invalid_token", error_description="{why}""#),
    };
    (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, challenge)], format!("not you: {why}")).into_response()
}

/// Serves for the time of one test: whoever has a token is greeted, and gets its body back.
pub(crate) async fn orders() -> (SocketAddr, Log) {
    let log = Log::default();
    let answer = async |State(log): State<Log>, request: Request| {
        let seen = log.note(request).await;
        match seen.caller {
            Ok(subject) => format!("order for {subject}: {}", seen.body).into_response(),
            Err(why) => refusal(&why),
        }
    };
    (serve(Router::new().fallback(answer).with_state(log.clone())).await, log)
}

pub(crate) async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let server = async { axum::serve(listener, app).await };
    tokio::spawn(tokio::time::timeout(LIMIT, server));
    at
}
