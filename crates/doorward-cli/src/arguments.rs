//! Options that several verbs share.

use crate::ending::Failure;
use doorward::UnixTime;
use doorward::time::parse_time;
use lexopt::{Parser, ValueExt};

/// In what form answers are written.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Format {
    #[default]
    Text,
    Json,
    Markdown,
    Vocabulary,
}

/// The value of `--format`, which must be one of `known`.
pub(crate) fn format(arguments: &mut Parser, known: &[Format]) -> Result<Format, Failure> {
    let name = |format: &Format| match format {
        Format::Text => "text",
        Format::Json => "json",
        Format::Markdown => "markdown",
        Format::Vocabulary => "vocabulary",
    };
    let text = arguments.value()?.string()?;
    let found = known.iter().copied().find(|format| name(format) == text);
    let names = || known.iter().map(name).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| {
        Failure::usage(format!("expected `--format` as one of {}, found `{}`", names(), text.escape_debug()))
    })
}

/// The value of an option that is a time.
pub(crate) fn time(arguments: &mut Parser, name: &str) -> Result<UnixTime, Failure> {
    let text = arguments.value()?.string()?;
    parse_time(&text).ok_or_else(|| {
        let found = text.escape_debug();
        Failure::usage(format!("expected `{name}` as Unix seconds or a time of RFC 3339, found `{found}`"))
    })
}
