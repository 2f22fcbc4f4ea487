//! Requests that are not sent: the source has nothing, or the credential is not for them.

use crate::server::{LIMIT, orders, token};
use crate::support::{Count, client, first_is_expired, get, options, send};
use bytes::Bytes;
use doorward::Reason;
use doorward::caller::{CallerOptions, Credential, SourceFault};
use doorward_tower::client::{ClientError, Credentials, NotSent, RecoverLayer};
use http::{Request, StatusCode};
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower::{Layer, ServiceExt, service_fn};

pub(crate) fn not_sent<T: core::fmt::Debug, E: core::fmt::Debug>(
    result: Result<T, ClientError<E>>,
) -> NotSent {
    match result {
        Err(ClientError::NotSent(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_source_that_has_nothing_is_said_to_have_nothing() {
    let (at, log) = orders().await;
    let asked = Count::default();
    let counted = asked.clone();
    let source = move |_| {
        counted.next();
        async { Err::<Credential, _>(SourceFault::hard("the client was deleted")) }
    };
    let credentials = Credentials::from_async(source, options(at)).unwrap();
    let client = client(&credentials);
    for _ in 0..10 {
        let fault = not_sent(send(&client, get(at, "/")).await);
        assert_eq!(fault.reason, Some(Reason::CredentialUnobtainable));
        assert!(fault.message.contains("the client was deleted"), "{fault}");
    }
    assert_eq!((log.count(), asked.get()), (0, 1));
}

#[tokio::test]
async fn what_passes_by_itself_is_waited_for() {
    let (at, log) = orders().await;
    let asked = Count::default();
    let counted = asked.clone();
    let source = move |_| {
        let number = counted.next();
        async move {
            if number == 0 {
                Err(SourceFault::transient("busy"))
            } else {
                Credential::bearer(token("svc", 600))
            }
        }
    };
    let credentials = Credentials::from_async(source, options(at)).unwrap();
    let answer = send(&client(&credentials), get(at, "/")).await.unwrap();
    assert_eq!((answer.status, log.count(), asked.get()), (StatusCode::OK, 1, 2));
}

#[tokio::test]
async fn a_source_that_panics_wedges_nobody() {
    let (at, _) = orders().await;
    let asked = Count::default();
    let counted = asked.clone();
    let source = move |_| {
        let number = counted.next();
        async move {
            assert!(number > 0, "the first time it breaks");
            Credential::bearer(token("svc", 600))
        }
    };
    let credentials = Credentials::from_async(source, options(at)).unwrap();
    let answer = send(&client(&credentials), get(at, "/")).await.unwrap();
    assert_eq!((answer.status, asked.get()), (StatusCode::OK, 2));
}

/// H-REALM-01: a credential never goes to another origin.
#[tokio::test]
async fn a_credential_does_not_go_to_another_origin() {
    let ((at, log), (other, others)) = (orders().await, orders().await);
    let (credentials, asked) = first_is_expired(at);
    let fault = not_sent(send(&client(&credentials), get(other, "/")).await);
    assert_eq!(fault.reason, None);
    assert!(fault.message.contains("name both in `origins`"), "{fault}");
    assert_eq!((log.count(), others.count(), asked.get()), (0, 0, 0));
}

#[tokio::test]
async fn origins_that_are_none_make_no_credentials() {
    let origins = vec!["api.example".to_owned()];
    let source = |_| async { Credential::bearer("x") };
    let options = CallerOptions { origins, ..CallerOptions::default() };
    assert!(Credentials::from_async(source, options).unwrap_err().contains("`origins`"));
}

/// hyper's own client has a connection, and no origin in its requests.
#[tokio::test]
async fn a_request_without_an_origin_is_for_the_one_that_the_credential_has() {
    let (at, log) = orders().await;
    let (credentials, _) = first_is_expired(at);
    let connection = service_fn(move |request| async move {
        let stream = TokioIo::new(TcpStream::connect(at).await.unwrap());
        let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await.unwrap();
        tokio::spawn(tokio::time::timeout(LIMIT, connection));
        sender.send_request(request).await
    });
    let client = RecoverLayer::new(credentials).layer(connection);
    let request = |host: &str| {
        Request::get("/v1/orders/7").header("host", host).body(Full::<Bytes>::default()).unwrap()
    };
    let answer = client.clone().oneshot(request(&at.to_string())).await.unwrap();
    assert_eq!((answer.status(), log.count()), (StatusCode::OK, 2));
    let fault = not_sent(client.oneshot(request("other.example")).await);
    assert!(fault.message.contains("of the one origin"), "{fault}");
}
