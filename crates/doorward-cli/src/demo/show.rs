//! The demo as text: each scene, and one table of all at the end.

use super::scenes::Scene;
use crate::output::{Output, Style};
use crate::show::facts;
use doorward::report::Report;
use std::io;

/// How wide a line may be.
const WIDTH: usize = 100;

/// How much of a token is shown.
const TOKEN: usize = 10;

/// A request with its tokens shortened, line by line.
pub(super) fn request(scene: &Scene) -> impl Iterator<Item = String> {
    scene.request.lines().filter(|line| !line.is_empty()).map(|line| match line.split_once(": Bearer ") {
        Some((name, token)) => {
            let short: String = token.chars().take(TOKEN).collect();
            format!("{name}: Bearer {short}…")
        }
        None => line.to_owned(),
    })
}

pub(super) fn scene(output: &mut Output, number: usize, scene: &Scene, report: &Report) -> io::Result<()> {
    output.line("")?;
    output.styled(Style::Strong, &format!("{number}. {}", scene.title))?;
    for line in request(scene) {
        output.styled(Style::Faint, &format!("   > {line}"))?;
    }
    let style = if report.is_allow() { Style::Good } else { Style::Bad };
    output.styled(style, &format!("   < {} {}", report.status, said(report)))?;
    for (name, value) in &report.headers {
        wrapped(output, "   < ", "       ", &format!("{name}: {value}"), ", ")?;
    }
    let Some(reason) = report.reason else { return Ok(()) };
    let facts = facts(&report.context).map(|facts| format!(" ({facts})")).unwrap_or_default();
    wrapped(output, "   because   ", "             ", &format!("{}{facts}", reason.sentence()), " ")?;
    wrapped(output, "   caller    ", "             ", report.recovery.advice(), " ")?;
    wrapped(output, "   operator  ", "             ", reason.operator(), " ")
}

/// The table of all scenes.
pub(super) fn summary(output: &mut Output, scenes: &[(Scene, Report)]) -> io::Result<()> {
    output.line("")?;
    let heading = format!(" #  {:<40} status  {:<23} the caller should", "what was sent", "reason");
    output.styled(Style::Strong, &heading)?;
    for (index, (scene, report)) in scenes.iter().enumerate() {
        let number = index.saturating_add(1);
        let next = if report.is_allow() { "-" } else { report.recovery.code() };
        let (title, status) = (scene.title, report.status);
        let line = format!("{number:>2}  {title:<40} {status:<7} {:<23} {next}", said(report));
        let style = if report.is_allow() { Style::Good } else { Style::Bad };
        let painted = output.paint(style, &line);
        output.painted(&painted)?;
    }
    Ok(())
}

/// The reason, or why the caller is let in.
fn said(report: &Report) -> String {
    match (report.reason, &report.principal) {
        (Some(reason), _) => reason.code().to_owned(),
        (None, Some(caller)) => format!("welcome, {}", caller.subject),
        (None, None) => "welcome, anyone".to_owned(),
    }
}

/// Writes text in lines of the page's width, broken after `at`; a piece that is longer stays whole.
fn wrapped(output: &mut Output, first: &str, next: &str, text: &str, at: &str) -> io::Result<()> {
    let mut line = first.to_owned();
    let mut begun = false;
    for piece in text.split_inclusive(at) {
        let length = line.chars().count().saturating_add(piece.trim_end().chars().count());
        if begun && length > WIDTH {
            output.line(line.trim_end())?;
            line = next.to_owned();
        }
        line.push_str(piece);
        begun = true;
    }
    output.line(line.trim_end())
}
