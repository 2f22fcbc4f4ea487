//! What the command says about itself, and about a wrong command line.

use crate::support::{folder, run};

#[test]
fn help_and_version_are_answers() {
    let folder = folder("usage");
    let version = run(&folder, &["--version"]);
    assert_eq!((version.code, version.out), (Some(0), format!("doorward {}\n", env!("CARGO_PKG_VERSION"))));
    let help = run(&folder, &["--help"]);
    assert_eq!(run(&folder, &["help"]).out, help.out);
    assert_eq!((help.code, help.err.as_str()), (Some(0), ""));
    for verb in [
        "decide", "test", "explain", "check", "reasons", "demo", "diagnose", "fetch", "jws", "status",
        "serve",
    ] {
        assert!(help.out.contains(&format!("\n  {verb}")), "{verb}");
        let one = run(&folder, &[verb, "--help"]);
        assert_eq!((one.code, one.err.as_str()), (Some(0), ""), "{verb}");
        assert!(one.out.contains(&format!("usage: doorward {verb}")), "{verb}");
        assert!(one.out.lines().all(|line| line.chars().count() <= 120), "{verb}");
        let same = run(&folder, &["help", verb]);
        assert_eq!((same.code, same.out), (Some(0), one.out), "{verb}");
    }
}

#[test]
fn a_wrong_command_line_is_status_2_and_says_where_help_is() {
    let folder = folder("usage-wrong");
    for (arguments, said) in [
        (&[][..], "expected a verb; see `doorward --help`"),
        (&["frob"], "there is no verb `frob`"),
        (&["chekc"], "there is no verb `chekc`: did you mean `check`?; see `doorward --help`"),
        (&["help", "frob"], "there is no verb `frob`"),
        (&["help", "decide", "now"], "now"),
        (&["help", "--all"], "--all"),
        (&["decide"], "expected `--policy`; see `doorward decide --help`"),
        (&["decide", "--policy", "p.toml"], "expected a request file"),
        (&["decide", "--polcy", "p.toml"], "there is no option `--polcy`: did you mean `--policy`?"),
        (&["decide", "--frob"], "there is no option `--frob`: see `doorward decide --help`"),
        (&["decide", "--at", "noon"], "found `noon`"),
        (&["test"], "expected a case file or a folder"),
        (&["test", "--format", "xml"], "expected `--format` as one of text, json, found `xml`"),
        (&["explain"], "expected a token"),
        (&["explain", "--policy", "p.toml", "x"], "`--url`"),
        (&["check"], "expected a policy file"),
        (&["check", "--schema", "p.toml"], "found both"),
        (&["reasons", "all"], "all"),
        (&["demo", "--serve", "0.0.0.0:80"], "loopback"),
        (&["jws", "sign"], "found `sign`"),
        (&["jws", "verify"], "expected `--keys`"),
    ] {
        let run = run(&folder, arguments);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(run.err.contains(said), "{arguments:?}: {}", run.err);
    }
}
