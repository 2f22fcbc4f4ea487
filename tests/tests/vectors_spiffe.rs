//! SPIFFE ids: every valid one is read into trust domain and path, every other one is refused.

use doorward_core::wire::spiffe_id::SpiffeId;
use doorward_tests::suites::exceptions::Score;
use doorward_tests::suites::vectors;

#[test]
fn ids_are_valid_or_not_as_published() {
    let Some(folder) = vectors::folder("spiffe") else { return };
    let suite = vectors::json(&folder.join("spiffeid-from-string.json"));
    let mut score = Score::new("spiffe");
    let mut valid = 0;
    for case in suite.as_array().expect("a list of cases") {
        let id = case["id"].as_str().expect("an id");
        let show = |domain: &str, path: &str| format!("{domain} {path}");
        let expected = match case["valid"].as_bool().expect("a label") {
            true => {
                valid += 1;
                show(case["trust_domain"].as_str().expect("a name"), case["path"].as_str().expect("a path"))
            }
            false => "refused".to_owned(),
        };
        let actual = match SpiffeId::parse(id) {
            Ok(id) => show(id.trust_domain(), id.path()),
            Err(_) => "refused".to_owned(),
        };
        score.case(id, &expected, &actual);
    }
    assert_eq!(score.finish(), (535, 0));
    assert_eq!(valid, 108);
}
