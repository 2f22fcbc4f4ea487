//! The output stream: one locked writer, colours only where a person looks, and no control characters from input.

use serde_json::Value;
use std::borrow::Cow;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

/// Where answers go.
pub(crate) struct Output {
    stream: BufWriter<StdoutLock<'static>>,
    colours: bool,
}

/// How a piece of text stands out on a terminal.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Style {
    Good,
    Bad,
    Strong,
    Faint,
}

impl Output {
    pub(crate) fn stdout() -> Self {
        let stdout = io::stdout().lock();
        // https://no-color.org: present and not empty, whatever it says.
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let colours = wanted && stdout.is_terminal();
        Self { stream: BufWriter::new(stdout), colours }
    }

    /// Writes text as it is.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        self.stream.write_all(text.as_bytes())
    }

    /// Writes one line; characters that would move a terminal's cursor are shown instead.
    pub(crate) fn line(&mut self, line: &str) -> io::Result<()> {
        self.stream.write_all(harmless(line).as_bytes())?;
        self.stream.write_all(b"\n")
    }

    /// Writes one line in a style.
    pub(crate) fn styled(&mut self, style: Style, line: &str) -> io::Result<()> {
        let line = harmless(line);
        let painted = self.paint(style, &line);
        self.stream.write_all(painted.as_bytes())?;
        self.stream.write_all(b"\n")
    }

    /// Text that stands out where a terminal shows it; it must be harmless already.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        let code = match style {
            Style::Good => 32,
            Style::Bad => 31,
            Style::Strong => 1,
            Style::Faint => 2,
        };
        if self.colours { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// Writes one line whose styled parts were painted before.
    pub(crate) fn painted(&mut self, line: &str) -> io::Result<()> {
        self.stream.write_all(line.as_bytes())?;
        self.stream.write_all(b"\n")
    }

    /// Writes a value on one line.
    pub(crate) fn json(&mut self, value: &Value) -> io::Result<()> {
        self.line(&value.to_string())
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Text in which every control character and every mark that reorders a line is written as its escape, as in JSON.
///
/// Paths, subjects and claims come from whoever sent the request, and an operator's terminal obeys such characters.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    let harmful = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(harmful) {
        return Cow::Borrowed(text);
    }
    let escaped = |c: char| if harmful(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    Cow::Owned(text.chars().map(escaped).collect())
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn input_cannot_drive_the_terminal() {
        assert_eq!(harmless("/v1/Ärger"), "/v1/Ärger");
        assert_eq!(harmless("a\u{1b}[2Jb\u{9b}c\u{202e}d\n"), "a\\u001b[2Jb\\u009bc\\u202ed\\u000a");
    }
}
