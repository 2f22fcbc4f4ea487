//! What the challenge reader takes, what it refuses, and where it goes on.

use super::*;
use crate::limits;
use crate::wire::quoted::QuotedText;
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

fn meant(text: QuotedText<'_>) -> String {
    String::from_utf8_lossy(&text.bytes().collect::<Vec<u8>>()).into_owned()
}

fn one(found: Result<ReadChallenge<'_>, ChallengeFault>) -> String {
    let challenge = match found {
        Ok(challenge) => challenge,
        Err(fault) => return format!("!{}@{}", fault.code(), fault.at),
    };
    let scheme = String::from_utf8_lossy(challenge.scheme).into_owned();
    let loose = challenge.fault().map(|fault| format!(" !{}@{}", fault.code(), fault.at)).unwrap_or_default();
    assert_eq!(challenge.is_loose(), !loose.is_empty());
    let read = match challenge.data {
        ChallengeData::None => scheme,
        ChallengeData::Token68(text) => format!("{scheme}:{}", String::from_utf8_lossy(text)),
        ChallengeData::Parameters(parameters) => {
            let each = |(name, value): (&[u8], _)| format!(" {}={}", name.escape_ascii(), meant(value));
            scheme + &parameters.iter().map(each).collect::<String>()
        }
    };
    read + &loose
}

/// Each challenge as `scheme name=value …`, `scheme:token68` or `!fault@place`; what is loose has its fault behind it.
fn shown(line: &(impl AsRef<[u8]> + ?Sized)) -> Vec<String> {
    read(line.as_ref()).map(one).collect()
}

/// The same, strictly read.
fn strictly(line: &(impl AsRef<[u8]> + ?Sized)) -> Vec<String> {
    read(line.as_ref()).strictly().map(one).collect()
}

/// H-GRAM-02, H-GRAM-07, H-GRAM-10: a scheme may stand alone, and a comma tells nothing by itself.
#[test]
fn challenges_and_their_parameters_share_one_list() {
    assert_eq!(
        shown(r#"Basic realm="a", Bearer, DPoP algs="ES256", nonce=x"#),
        ["Basic realm=a", "Bearer", "DPoP algs=ES256 nonce=x"]
    );
    assert_eq!(
        shown(r#"Newauth realm="apps", type=1, title="Login to \"apps\"", Basic realm="simple""#),
        [r#"Newauth realm=apps type=1 title=Login to "apps""#, "Basic realm=simple"]
    );
    assert_eq!(shown("Basic , realm=foo"), ["Basic realm=foo"]);
    assert_eq!(shown("Basic , Bearer"), ["Basic", "Bearer"]);
    assert_eq!(shown("Basic \t, Bearer\t"), ["Basic", "Bearer"]);
    assert_eq!(shown(""), [""; 0]);
    assert_eq!(shown(" ,\t, "), [""; 0]);
}

/// H-GRAM-03.
#[test]
fn a_token68_is_told_from_a_parameter() {
    assert_eq!(shown("Negotiate YII=, NTLM"), ["Negotiate:YII=", "NTLM"]);
    assert_eq!(shown("Negotiate  a/b+c==\t"), ["Negotiate:a/b+c=="]);
    assert_eq!(shown("A b=c"), ["A b=c"]);
    assert_eq!(shown("A b= c"), ["A b=c"]);
    assert_eq!(shown("A b =c"), ["A b=c"]);
    assert_eq!(shown("A b="), ["A:b="]);
    assert_eq!(shown("A b= , C"), ["A:b=", "C"]);
    assert_eq!(shown("A b=="), ["A:b=="]);
    assert_eq!(shown("A bcd, E f=g"), ["A:bcd", "E f=g"]);
    assert_eq!(shown("A bcd, e=f, G"), ["!mixed_token68@7", "G"]);
    assert_eq!(shown("A bcd,, ,e = f"), ["!mixed_token68@9"]);
    assert_eq!(shown("A b=, c=d"), ["!mixed_token68@6"]);
    assert_eq!(shown("A bcd ef, G"), ["!missing_comma@6", "G"]);
}

/// H-GRAM-05, H-GRAM-06, H-GRAM-11: white space around `=`, and either form of a value.
#[test]
fn the_form_of_a_value_does_not_change_it() {
    for line in [
        r#"Basic realm="foo""#,
        "Basic realm=foo",
        r#"Basic realm = "foo""#,
        "Basic realm\t=\tfoo",
        r#"Basic realm="\f\o\o""#,
        r#"Basic   realm="foo" ,"#,
    ] {
        assert_eq!(shown(line), ["Basic realm=foo"], "{line}");
    }
    assert_eq!(shown(r#"Basic realm="""#), ["Basic realm="]);
    assert_eq!(shown(r#"Basic realm="a\\\"b, c=d""#), [r#"Basic realm=a\"b, c=d"#]);
    assert_eq!(shown(b"Basic realm=\"foo-\xe4\tx\""), ["Basic realm=foo-\u{fffd}\tx"]);
}

/// H-GRAM-01, H-GRAM-04.
#[test]
fn names_are_known_in_any_case() {
    let challenge = read(br#"bEARER Error="invalid_token""#).next().unwrap().unwrap();
    assert!(challenge.is_scheme("Bearer") && !challenge.is_scheme("Beare"));
    let error = challenge.parameter("eRROR").unwrap();
    assert!(error.eq(b"invalid_token") && error.is_quoted());
    assert!(challenge.parameter("err").is_none());
    let bare = read(b"Bearer").next().unwrap().unwrap();
    assert!(bare.parameter("error").is_none());
}

/// H-GRAM-04: a challenge with a name twice is malformed, and only that one.
#[test]
fn a_name_that_is_there_twice_is_a_fault_of_its_challenge() {
    assert_eq!(shown("A b=c, B=d, e=f, G h=i"), ["!duplicate_parameter@7", "G h=i"]);
    assert_eq!(shown("A b=c, G b=d"), ["A b=c", "G b=d"]);
}

/// H-GRAM-12.
#[test]
fn nothing_is_read_behind_a_byte_that_no_field_may_hold() {
    for byte in (0..=0x1f_u8).chain([0x7f]).filter(|byte| *byte != b'\t') {
        let with =
            |line: &str| shown(&line.bytes().map(|b| if b == b'!' { byte } else { b }).collect::<Vec<_>>());
        assert_eq!(with("A b=c, D e=\"f!g\", H"), ["A b=c", "!illegal_byte@13"], "{byte}");
        assert_eq!(with("A b=c, D e=\"f\\!g\", H"), ["A b=c", "!illegal_byte@14"], "{byte}");
        assert_eq!(with("A b=c, D e=\"f\"!, H"), ["A b=c", "!illegal_byte@14"], "{byte}");
        assert_eq!(with("A b=c, D!, H"), ["A b=c", "!illegal_byte@8"], "{byte}");
        assert_eq!(with("A b=c, !D, H"), ["A b=c", "!illegal_byte@7"], "{byte}");
        assert_eq!(with("A b=c, D ef!g, H"), ["A b=c", "!illegal_byte@11"], "{byte}");
        assert_eq!(with("A b=c, D e=f!, H"), ["A b=c", "!illegal_byte@12"], "{byte}");
        assert_eq!(with("A b=c d, E!F, H"), ["!missing_comma@6"], "{byte}");
    }
}

/// H-GRAM-02: only spaces stand between a scheme and its data.
#[test]
fn each_fault_says_what_and_where() {
    for (line, fault) in [
        ("Basic\trealm=x", "!bad_parameter@5"),
        ("=x", "!no_scheme@0"),
        ("\"x\"", "!no_scheme@0"),
        ("a=b", "!no_scheme@0"),
        ("a = b", "!no_scheme@0"),
        ("A@b", "!bad_parameter@1"),
        ("A \"b\"", "!bad_parameter@2"),
        ("A b@c", "!bad_parameter@3"),
        ("A b=c;d", "!bad_value@5"),
        ("A b=c\\d", "!bad_value@5"),
        ("A b=c\"d\"", "!bad_value@5"),
        ("A b=\u{fc}", "!bad_value@4"),
        ("A b==c", "!bad_value@4"),
        ("A b=c, d=", "!bad_value@9"),
        ("A b=c, d=,", "!bad_value@9"),
        ("A b=\"c", "!unterminated_quote@4"),
        ("A b=\"", "!unterminated_quote@4"),
        ("A b=\"c\\", "!unterminated_quote@4"),
        ("A b=\"c\"d", "!missing_comma@7"),
        ("A b=\"c\"d=e", "!missing_comma@7"),
        ("A b=\"c\"d=\"e\"", "!missing_comma@7"),
        ("A b=\"c\" d", "!missing_comma@8"),
        ("A b=\"c\" d e=f", "!missing_comma@8"),
        ("A b=\"c\" d = \"e\"", "!missing_comma@8"),
        ("A b=\"c\" d= \"e\"", "!missing_comma@8"),
        ("A b=\"c\" d=", "!missing_comma@8"),
        ("A b=\"c\" d=,", "!missing_comma@8"),
        ("A b=\"c\" d==", "!missing_comma@8"),
        ("A b=\"c\" =d", "!missing_comma@8"),
        ("A bcd e=f", "!missing_comma@6"),
        ("A b='c d='e'", "!missing_comma@7"),
        ("A b=c d=\"e", "!missing_comma@6"),
    ] {
        assert_eq!(shown(line), [fault], "{line}");
        assert_eq!(strictly(line), [fault], "{line}");
    }
    assert_eq!(shown(r#"Basic, realm="foo""#), ["Basic", "!no_scheme@7"]);
}

/// What a server quotes without care can make a challenge, or hide one: where quotes no longer come in pairs, nothing is
/// taken for a challenge.
#[test]
fn reading_goes_on_where_a_scheme_can_begin_and_nowhere_else() {
    assert_eq!(shown(r#"A b="The "aud" is bad", c=d, E f="g""#), ["!missing_comma@10", "E f=g"]);
    assert_eq!(strictly(r#"A b=c d="e, F g=h", I j=k"#), ["!missing_comma@6", "I j=k"]);
    assert_eq!(shown(r#"A b="5" wide", E f="g""#), ["!missing_comma@8"]);
    assert_eq!(shown(r#"A b=c d, E f="g"#), ["!missing_comma@6"]);
    assert_eq!(shown("A b=c d,, e=f,=, G"), ["!missing_comma@6", "G"]);
    assert_eq!(shown("A b=c d, e = f, g\t=h, I"), ["!missing_comma@6", "I"]);
    assert_eq!(shown("A b=c d, E f g, H"), ["!missing_comma@6", "!missing_comma@13", "H"]);
}

/// What services send that are too many to be passed over, each with what strict reading says of it.
#[test]
fn two_faults_of_well_known_services_hide_nothing() {
    for (line, read, fault) in [
        (
            r#"Bearer scope="" error="invalid_token" error_description="the token has expired""#,
            "Bearer scope= error=invalid_token error_description=the token has expired",
            "!missing_comma@16",
        ),
        (
            r#"Basic realm="security" charset="UTF-8""#,
            "Basic realm=security charset=UTF-8",
            "!missing_comma@23",
        ),
        (
            "Bearer authorization_uri=https://login.example/t/oauth2/authorize?a=b resource_id=https://s.example",
            "Bearer authorization_uri=https://login.example/t/oauth2/authorize?a=b resource_id=https://s.example",
            "!bad_value@30",
        ),
        ("A b=c \td=e\t", "A b=c d=e", "!missing_comma@7"),
        ("A b=/c, d=e f=[g]", "A b=/c d=e f=[g]", "!bad_value@4"),
        ("A b=c'd e=f", "A b=c'd e=f", "!missing_comma@8"),
        ("A b=\"'\" e=f", "A b=' e=f", "!missing_comma@8"),
        ("A b = c@d", "A b=c@d", "!bad_value@7"),
    ] {
        let loose = format!("{read} {fault}");
        assert_eq!(shown(line), [loose.as_str()]);
        assert_eq!(strictly(line), [fault]);
        let among = format!("C, {line}, D e=f");
        let later = |text: &str| {
            let (before, at) = text.rsplit_once('@').unwrap();
            format!("{before}@{}", at.parse::<usize>().unwrap() + 3)
        };
        assert_eq!(shown(&among), ["C", &later(&loose), "D e=f"]);
        assert_eq!(strictly(&among), ["C", &later(fault), "D e=f"]);
    }
}

/// H-GRAM-03, H-GRAM-04, H-GRAM-06, H-GRAM-12: a scheme is no parameter, a name is there once, and where quotes do not come
/// in pairs or a bad byte follows nothing is guessed.
#[test]
fn leniency_ends_where_something_else_could_be_meant() {
    assert_eq!(shown("A b=\"c\" b=d, E"), ["!duplicate_parameter@8", "E"]);
    assert_eq!(shown("A b=x: B=d, E"), ["!duplicate_parameter@7", "E"]);
    assert_eq!(shown("A b=\"c\" D e=\"f\", G"), ["!missing_comma@8", "G"]);
    assert_eq!(shown("A b=x: D e=f, G"), ["!missing_comma@7", "G"]);
    assert_eq!(shown("A b=c d=e f, G"), ["!missing_comma@10", "G"]);
    assert_eq!(shown("A bcd e=f, G"), ["!missing_comma@6", "G"]);
    assert_eq!(shown("A b=\"c\" d=\"e\", F g=\""), ["!missing_comma@8"]);
    assert_eq!(shown("A b=x:, F g=\""), ["!bad_value@5"]);
    assert_eq!(shown("A b=c d=e, F\n, G"), ["!missing_comma@6"]);
    assert_eq!(shown("A b=x:, F\0, G"), ["!bad_value@5"]);
    assert_eq!(shown("A b=x:\r, G"), ["!bad_value@5"]);
    assert_eq!(shown("A b=c\rd=e, G"), ["!illegal_byte@5"]);
    let many = |count| (0..count).map(|i| format!(" p{i}=x")).collect::<String>();
    assert!(shown(&format!("A{}", many(limits::CHALLENGE_PARAMETERS)))[0].ends_with(" !missing_comma@7"));
    let more = shown(&format!("A{}", many(limits::CHALLENGE_PARAMETERS + 1)));
    assert!(more[0].starts_with("!too_many_parameters@"), "{more:?}");
}

/// H-GRAM-08.
#[test]
fn as_many_as_the_limits_say_are_read() {
    let challenges = |count| (0..count).map(|i| format!("S{i}")).collect::<Vec<_>>().join(", ");
    assert_eq!(shown(&challenges(limits::CHALLENGES_READ)).len(), limits::CHALLENGES_READ);
    let more = shown(&challenges(limits::CHALLENGES_READ + 9));
    assert_eq!(more.len(), limits::CHALLENGES_READ + 1);
    assert!(more.last().unwrap().starts_with("!too_many_challenges@"));
    let faults = shown(&"=, A,".repeat(40));
    assert_eq!(faults.len(), limits::CHALLENGES_READ + 1, "faults count, too");

    let parameters = |count| (0..count).map(|i| format!("p{i}=x")).collect::<Vec<_>>().join(", ");
    let all = shown(&format!("A {}", parameters(limits::CHALLENGE_PARAMETERS)));
    assert_eq!(all[0].split(' ').count(), 1 + limits::CHALLENGE_PARAMETERS);
    let more = shown(&format!("A {}, B", parameters(limits::CHALLENGE_PARAMETERS + 1)));
    assert!(more[0].starts_with("!too_many_parameters@"));
    assert_eq!(more[1], "B");

    let commas = |count| ",".repeat(count);
    assert_eq!(shown(&format!("{}A", commas(limits::EMPTY_ELEMENTS))), ["A"]);
    assert_eq!(shown(&format!("{}A", commas(limits::EMPTY_ELEMENTS + 1))), ["!too_many_empty@32"]);
    assert_eq!(shown(&format!("A b=c,{}d=e", commas(limits::EMPTY_ELEMENTS))), ["A b=c d=e"]);
    let more = shown(&format!("A b=c,{}d=e", commas(limits::EMPTY_ELEMENTS + 1)));
    assert_eq!(more, ["!too_many_empty@38"]);

    let long = |len: usize| format!("A b=\"{}\"", "x".repeat(len - 6));
    assert_eq!(shown(&long(limits::RESPONSE_FIELD_BYTES)).len(), 1);
    assert_eq!(shown(&long(limits::RESPONSE_FIELD_BYTES + 1)), ["!too_long@0"]);
    assert_eq!(shown(&"A, ".repeat(limits::RESPONSE_FIELD_BYTES)), ["!too_long@0"]);
    assert!(read_parameters(format!("b={}", "x".repeat(limits::RESPONSE_FIELD_BYTES)).as_bytes()).is_err());
}

/// H-GRAM-14.
#[test]
fn authentication_info_is_a_list_of_parameters() {
    let list = |line: &str| {
        read_parameters(line.as_bytes())
            .map(|all| all.iter().map(|(_, value)| meant(value)).collect::<Vec<_>>())
    };
    assert_eq!(list(r#"nextnonce="a b", qop=auth,, "#).unwrap(), ["a b", "auth"]);
    assert_eq!(list("").unwrap(), [""; 0]);
    for (line, code, at) in [
        ("Basic realm=x", "bad_parameter", 0),
        ("a=b, c", "bad_parameter", 5),
        ("a=b, A=c", "duplicate_parameter", 5),
        ("a=b c=d", "missing_comma", 4),
        ("a=\"b", "unterminated_quote", 2),
        ("a=b\n", "illegal_byte", 3),
    ] {
        let fault = list(line).unwrap_err();
        assert_eq!((fault.code(), fault.at), (code, at), "{line}");
    }
}

/// No message and no `Debug` shows what a server sent.
#[test]
fn what_is_shown_of_a_challenge_names_no_value() {
    let all: Vec<_> =
        read(br#"Bearer realm="s3cret", Negotiate s3cret, A"#).map(|found| format!("{found:?}")).collect();
    assert_eq!(
        all,
        ["Ok(Bearer with 1 parameters)", "Ok(Negotiate with a token68 of 6 bytes)", "Ok(A with nothing)"]
    );
    let value = read(br#"A b="s3cret""#).next().unwrap().unwrap().parameter("b");
    assert_eq!(format!("{value:?}"), "Some(QuotedText(6 bytes))");
}

#[test]
fn every_fault_has_a_name_and_a_sentence_of_its_own() {
    for (at, kind) in Fault::ALL.into_iter().enumerate() {
        let text = ChallengeFault { kind, at }.to_string();
        assert!(text.ends_with(&format!(" (at byte {at})")) && !text.contains('.'), "{text}");
        let same = |other: &Fault| other.code() == kind.code() || other.sentence() == kind.sentence();
        assert_eq!(Fault::ALL.iter().filter(|other| same(other)).count(), 1);
    }
}
