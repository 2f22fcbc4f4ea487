//! The project's tasks: `cargo xtask <verb>`.

mod bench;
mod bindings;
mod cases;
mod cites;
mod finding;
mod generate;
mod mutants;
mod project;
mod structure;
mod test;
mod tokens;
mod tools;
mod tree;

use std::process::ExitCode;

use project::Project;

/// One verb of the command.
struct Verb {
    names: &'static [&'static str],
    about: &'static str,
    /// Fails with what is left to say, which is nothing when all has been printed.
    run: fn(&Project, &[String]) -> Result<(), String>,
}

const VERBS: &[Verb] = &[
    Verb {
        names: &["test"],
        about: "run every test of the project [--list] [--only STEP…] [--install]",
        run: test::run,
    },
    Verb {
        names: &["structure"],
        about: "check layers, file openings, file sizes and the top level",
        run: structure::run,
    },
    Verb { names: &["cites"], about: "check the citations of RFCs and of requirements", run: cites::run },
    Verb {
        names: &["generate", "reasons"],
        about: "write the derived files again [--check]",
        run: generate::run,
    },
    Verb { names: &["cases"], about: "write the table of decisions again [--check]", run: cases::run },
    Verb {
        names: &["install-c"],
        about: "build and install the C library and its headers --prefix FOLDER",
        run: bindings::c::install,
    },
    Verb {
        names: &["hosts"],
        about: "run every case through every host --write: and renew the README's table",
        run: bindings::hosts::write,
    },
    Verb {
        names: &["bench"],
        about: "measure, and print the table of ratios; `bench bindings`: the other languages [ARGS…]",
        run: bench::run,
    },
    Verb {
        names: &["mutants"],
        about: "mutate the core and see the tests go red [ARGS…]",
        run: mutants::run,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        print!("{}", usage());
        return ExitCode::from(2);
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        print!("{}", usage());
        return ExitCode::SUCCESS;
    }
    let Some(verb) = VERBS.iter().find(|verb| verb.names.contains(&name.as_str())) else {
        eprint!("xtask: no verb `{name}`\n\n{}", usage());
        return ExitCode::from(2);
    };
    match Project::find().and_then(|project| (verb.run)(&project, rest)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            if !message.is_empty() {
                eprintln!("xtask {name}: {message}");
            }
            ExitCode::FAILURE
        }
    }
}

fn usage() -> String {
    let mut text = String::from("cargo xtask <verb>\n\n");
    for verb in VERBS {
        text.push_str(&format!("  {:<20} {}\n", verb.names.join(", "), verb.about));
    }
    text
}
