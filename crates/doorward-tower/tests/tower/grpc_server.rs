//! tonic on loopback, with its own client, over the health service that comes with it.

use crate::support::{LIMIT, bearer, door, door_that_discloses, get, send};
use core::net::SocketAddr;
use doorward_tower::{Caller, DoorwardLayer};
use http::{Method, StatusCode};
use tonic::metadata::MetadataValue;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic::{Code, Request, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

/// Answers only to a caller that it is told of, by name.
fn only_svc_a(request: Request<()>) -> Result<Request<()>, Status> {
    match request.extensions().get::<Caller>().map(Caller::subject) {
        Some("svc-a") => Ok(request),
        other => Err(Status::internal(format!("called by {other:?}"))),
    }
}

/// Serves for the time of one test.
async fn serve(door: DoorwardLayer) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let (_, health) = tonic_health::server::health_reporter();
    let server = Server::builder().layer(door).add_service(InterceptedService::new(health, only_svc_a));
    tokio::spawn(tokio::time::timeout(LIMIT, server.serve_with_incoming(TcpIncoming::from(listener))));
    at
}

async fn client(at: SocketAddr) -> HealthClient<Channel> {
    let channel =
        Channel::from_shared(format!("http://{at}")).unwrap().timeout(LIMIT).connect().await.unwrap();
    HealthClient::new(channel)
}

fn request(line: Option<&str>) -> Request<HealthCheckRequest> {
    let mut request = Request::new(HealthCheckRequest::default());
    if let Some(line) = line {
        request.metadata_mut().insert("authorization", MetadataValue::try_from(line).unwrap());
    }
    request
}

#[tokio::test]
async fn a_call_is_let_in_and_the_service_knows_who() {
    let mut client = client(serve(door()).await).await;
    client.check(request(Some(&bearer("svc-a")))).await.unwrap();
    let status = client.check(request(Some(&bearer("svc-b")))).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Internal, r#"called by Some("svc-b")"#));
}

#[tokio::test]
async fn a_refusal_is_a_status_that_a_client_of_grpc_understands() {
    let mut client = client(serve(door()).await).await;
    let status = client.check(request(None)).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Unauthenticated, "credential_missing"));
    assert_eq!(status.metadata().get("www-authenticate").unwrap(), r#"Bearer realm="orders""#);
    let status = client.watch(request(Some(&bearer("svc-a")))).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::PermissionDenied, "scope_insufficient"));
    let two = format!("{}, {}", bearer("svc-a"), bearer("svc-b"));
    let status = client.check(request(Some(&two))).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::InvalidArgument, "credentials_ambiguous"));
}

#[tokio::test]
async fn a_reason_that_is_not_disclosed_is_no_message() {
    let mut client = client(serve(door_that_discloses("none")).await).await;
    let status = client.check(request(None)).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Unauthenticated, ""));
}

#[tokio::test]
async fn only_a_call_of_grpc_is_answered_with_200() {
    let at = serve(door()).await;
    for (method, content_type, status) in [
        (Method::POST, "application/grpc", StatusCode::OK),
        (Method::POST, "application/grpc+proto", StatusCode::OK),
        (Method::POST, "application/grpc-web", StatusCode::UNAUTHORIZED),
        (Method::POST, "application/grpcx", StatusCode::UNAUTHORIZED),
        (Method::POST, "application/json", StatusCode::UNAUTHORIZED),
        (Method::GET, "application/grpc", StatusCode::UNAUTHORIZED),
    ] {
        let mut request = get(at, "/v1/orders/7", &[("content-type", content_type)]);
        *request.method_mut() = method;
        let answer = send(true, request).await;
        assert_eq!(answer.status, status, "{content_type}");
        assert_eq!(answer.lines("www-authenticate"), [r#"Bearer realm="orders""#]);
        assert_eq!(answer.lines("grpc-status").len(), usize::from(status == StatusCode::OK));
    }
}
