//! Who is believed to be the provider.

use super::patient;
use super::server::{Reply, Server};
use doorward_core::key::FetchFault;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

const SET: &str = r#"{"keys":[]}"#;

/// A certificate authority, and a server that it vouches for by this name.
struct Private {
    server: Server,
    pem: String,
}

impl Private {
    fn start(name: &str) -> Self {
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let config = Arc::new(config);
        let server = Server::start_over(
            |_| Reply::new(200, "connection: close\r\n", SET),
            move |stream| {
                let connection = ServerConnection::new(Arc::clone(&config)).ok()?;
                Some(Box::new(StreamOwned::new(connection, stream)))
            },
        );
        Self { server, pem: authority.pem() }
    }

    fn url(&self, host: &str) -> String {
        format!("https://{host}:{}/keys?secret=7", self.server.port())
    }
}

/// A file with this text, gone with the value.
struct Pem(PathBuf);

impl Pem {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("doorward-tls-{name}-{}.pem", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for Pem {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).unwrap();
    }
}

fn ask(url: &str, ca: Option<&Pem>) -> Result<String, FetchFault> {
    let http = patient();
    let fetched = http.fetch(url, ca.map(|pem| pem.0.as_path()), http.deadline());
    fetched.map(|fetched| fetched.text).map_err(|failed| {
        assert!(!failed.detail.contains("secret") && failed.detail.is_ascii(), "{}", failed.detail);
        failed.fault
    })
}

#[test]
fn a_private_authority_is_believed_where_it_is_named_and_nowhere_else() {
    let private = Private::start("localhost");
    let ca = Pem::new("named", &private.pem);
    assert_eq!(ask(&private.url("localhost"), Some(&ca)), Ok(SET.to_owned()));
    assert_eq!(ask(&private.url("localhost"), None), Err(FetchFault::Untrusted));
    assert_eq!(private.server.hits(), 1, "an untrusted server is not even asked");
}

#[test]
fn an_authority_that_is_named_is_the_only_one() {
    let (private, other) = (Private::start("localhost"), Private::start("localhost"));
    let ca = Pem::new("other", &other.pem);
    assert_eq!(ask(&private.url("localhost"), Some(&ca)), Err(FetchFault::Untrusted));
    let both = Pem::new("both", &format!("{}{}", other.pem, private.pem));
    assert_eq!(ask(&private.url("localhost"), Some(&both)), Ok(SET.to_owned()));
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let private = Private::start("idp.example");
    let ca = Pem::new("name", &private.pem);
    assert_eq!(ask(&private.url("localhost"), Some(&ca)), Err(FetchFault::Untrusted));
    assert_eq!(private.server.hits(), 0);
}

#[test]
fn an_address_as_name_is_checked_as_an_address() {
    let private = Private::start("127.0.0.1");
    let ca = Pem::new("address", &private.pem);
    assert_eq!(ask(&private.url("127.0.0.1"), Some(&ca)), Ok(SET.to_owned()));
    assert_eq!(ask(&private.url("localhost"), Some(&ca)), Err(FetchFault::Untrusted));
}

#[test]
fn a_server_without_tls_is_untrusted() {
    let plain = Server::start_over(
        |_| Reply::ok(SET),
        |mut stream| {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
            None
        },
    );
    assert_eq!(ask(&format!("https://127.0.0.1:{}/", plain.port()), None), Err(FetchFault::Untrusted));
}

#[test]
fn a_file_of_certificates_without_any_trusts_nobody() {
    let private = Private::start("localhost");
    let key = KeyPair::generate().unwrap().serialize_pem();
    for (name, text) in [
        ("empty", String::new()),
        ("key", key),
        ("cut", private.pem.replace("-----END", "---END")),
        ("large", "x".repeat(1_100_000)),
    ] {
        let ca = Pem::new(name, &text);
        let http = patient();
        let failed = http.fetch(&private.url("localhost"), Some(&ca.0), http.deadline()).unwrap_err();
        assert_eq!(failed.fault, FetchFault::Untrusted, "{name}");
        assert!(
            failed.detail.contains("certificates"),
            "it says that the file is at fault: {}",
            failed.detail
        );
    }
    let http = patient();
    let nowhere = PathBuf::from("/nowhere/ca.pem");
    let failed = http.fetch(&private.url("localhost"), Some(&nowhere), http.deadline()).unwrap_err();
    assert_eq!(failed.fault, FetchFault::Untrusted);
    assert_eq!(private.server.hits(), 0);
}
