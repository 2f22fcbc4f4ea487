//! The arguments of the table.

use core::time::Duration;

/// How to use the table.
pub const USAGE: &str = "usage: table [--quick] [--format text|json] [WORD …]
       rows are shown whose name and peer contain every WORD";

/// What to measure, for how long, and how to print it.
#[derive(Clone, Debug, PartialEq)]
pub struct Arguments {
    /// Whether rows are printed as JSON, one object a line.
    pub json: bool,
    /// How long each side of a comparison is run.
    pub each: Duration,
    /// Words that a row must contain.
    pub words: Vec<String>,
}

impl Arguments {
    /// Reads the command line; `Err` says what to print instead of a table.
    ///
    /// # Errors
    ///
    /// What is wrong, or how to use it where that was asked for.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut parsed = Self { json: false, each: Duration::from_millis(400), words: Vec::new() };
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--quick" => parsed.each = Duration::from_millis(60),
                "--format" => match arguments.next().as_deref() {
                    Some("json") => parsed.json = true,
                    Some("text") => parsed.json = false,
                    other => {
                        let found = other.unwrap_or("nothing");
                        return Err(format!("expected `text` or `json` after --format, found `{found}`"));
                    }
                },
                "--help" | "-h" => return Err(USAGE.to_owned()),
                flag if flag.starts_with('-') => return Err(format!("unknown option `{flag}`\n{USAGE}")),
                word => parsed.words.push(word.to_lowercase()),
            }
        }
        Ok(parsed)
    }

    /// Whether a row of this name and peer is wanted.
    #[must_use]
    pub fn want(&self, name: &str, peer: &str) -> bool {
        let row = format!("{name} {peer}").to_lowercase();
        self.words.iter().all(|word| row.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, String> {
        Arguments::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn words_choose_rows() {
        let arguments = parse("--quick allow ES256 --format json").unwrap();
        assert!(arguments.json && arguments.want("allow/ES256", "bare verify"));
        assert!(!arguments.want("allow/RS256-2048", "bare verify"));
    }

    #[test]
    fn unknown_options_are_refused() {
        assert!(parse("--format xml").is_err() && parse("--fast").is_err() && parse("--help").is_err());
    }
}
