//! The table of ratios: our decisions beside the bare verify of the same provider and beside other libraries.

use doorward_benches::arguments::Arguments;
use doorward_benches::{format, rows};
use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    let mut out = std::io::stdout();
    let mut goals = [0_u32; 2];
    if !arguments.json {
        if !cfg!(feature = "peers") {
            eprintln!("built without the peers: add `--features peers` to compare with them");
        }
        // A reader that went away is no reason to fail.
        let _ = writeln!(out, "{}", format::heading());
    }
    rows::all(&arguments, |row| {
        let [met, missed] = &mut goals;
        match row.is_met() {
            Some(true) => *met += 1,
            Some(false) => *missed += 1,
            None => {}
        }
        let line = if arguments.json { row.json() } else { row.text() };
        let _ = writeln!(out, "{line}").and_then(|()| out.flush());
    });
    if !arguments.json {
        let [met, missed] = goals;
        let _ = writeln!(out, "goals: {met} met, {missed} not met in this run");
    }
    ExitCode::SUCCESS
}
