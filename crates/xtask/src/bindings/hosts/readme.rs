//! The README's table of hosts and cases: written from what was seen, and compared with it.

use std::fs;

use super::tally::{Row, Trouble};
use crate::project::Project;

const BEGIN: &str = "<!-- hosts:begin -->";
const END: &str = "<!-- hosts:end -->";

/// The table as Markdown.
pub(super) fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| host | cases | same | server's own | no HTTP | random | same | server's own | no HTTP |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for row in rows {
        let cells: Vec<String> = match &row.result {
            Ok((table, random)) => {
                let cells = [table.cells(), random.cells()].concat();
                cells.iter().enumerate().map(|(at, number)| cell(at, *number)).collect()
            }
            Err(Trouble::Absent(_)) => vec!["skipped".to_owned()],
            Err(Trouble::Broken(_)) => vec!["failed".to_owned()],
        };
        text.push_str(&format!("| {} | {} |\n", row.host, cells.join(" | ")));
    }
    text
}

/// A number with its thousands set apart; nothing is a dash where it is the rule.
fn cell(at: usize, number: u64) -> String {
    if number == 0 && at % 4 > 1 {
        return "–".to_owned();
    }
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at % 3 == first {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Whether the README has this table.
pub(super) fn check(project: &Project, rows: &[Row]) -> Result<(), String> {
    let readme = read(project)?;
    let (_, block, _) = parts(&readme)?;
    if block.trim() == table(rows).trim() {
        return Ok(());
    }
    Err("the README's table of hosts is not what was seen: `cargo xtask hosts --write`".to_owned())
}

/// Puts this table into the README.
pub(super) fn write(project: &Project, rows: &[Row]) -> Result<(), String> {
    let readme = read(project)?;
    let (before, _, after) = parts(&readme)?;
    let text = format!("{before}{BEGIN}\n{}{END}{after}", table(rows));
    fs::write(project.root().join("README.md"), text).map_err(|error| format!("README.md: {error}"))
}

fn read(project: &Project) -> Result<String, String> {
    fs::read_to_string(project.root().join("README.md")).map_err(|error| format!("README.md: {error}"))
}

/// What stands before, between and behind the marks.
fn parts(readme: &str) -> Result<(&str, &str, &str), String> {
    let missing = || format!("README.md: expected `{BEGIN}` and `{END}` around the table of hosts");
    let (before, rest) = readme.split_once(BEGIN).ok_or_else(missing)?;
    let (block, after) = rest.split_once(END).ok_or_else(missing)?;
    Ok((before, block, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_set_in_thousands() {
        let cells = [0, 7, 999, 1_000, 30_000, 1_234_567].map(|number| cell(0, number));
        assert_eq!(cells, ["0", "7", "999", "1,000", "30,000", "1,234,567"]);
        assert_eq!((cell(2, 0), cell(4, 0)), ("–".to_owned(), "0".to_owned()));
    }

    #[test]
    fn the_block_stands_between_its_marks() {
        let readme = format!("a\n{BEGIN}\nold\n{END}\nb\n");
        assert_eq!(parts(&readme), Ok(("a\n", "\nold\n", "\nb\n")));
        assert!(parts("no marks").is_err());
    }
}
