//! What the bindings are compared with: writes the tokens, keys and policies for all languages, and times the same
//! decisions in Rust.
//!
//! `bindings write FOLDER`, and `bindings time`, which answers as every program of benches/bindings does: first a line of
//! JSON with its rows, then for each line `ROW MILLISECONDS` on standard input a line with the nanoseconds of one call.

use core::hint::black_box;
use core::time::Duration;
use doorward::{Body, Engine, Field, Request, Scratch};
use doorward_benches::fixtures::{self, KINDS, KNOWN, URL};
use serde_json::json;
use std::io::{self, BufRead, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

/// How many further header fields the rows have that show what one costs.
const MORE: [usize; 3] = [0, 8, 16];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["write", folder] => fixtures::write(Path::new(folder)),
        ["time"] => time(),
        _ => {
            eprintln!("usage: bindings write FOLDER | bindings time");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// One thing that is timed.
struct Row {
    alg: &'static str,
    kind: String,
    engine: usize,
    fields: Vec<(String, String)>,
}

/// The engines, and the rows that ask them.
fn rows() -> (Vec<Engine>, Vec<Row>) {
    let (mut engines, mut rows) = (Vec::new(), Vec::new());
    for suite in &fixtures::suites() {
        let engine = engines.len();
        engines.push(fixtures::engine(suite));
        let line = |kind| {
            let token = fixtures::token(suite, "at+jwt", kind);
            ("authorization".to_owned(), format!("Bearer {token}"))
        };
        for (kind, _) in KINDS {
            rows.push(Row { alg: suite.alg, kind: kind.to_owned(), engine, fields: vec![line(kind)] });
        }
        if suite.alg == "HS256" {
            rows.push(Row { alg: suite.alg, kind: "missing".to_owned(), engine, fields: Vec::new() });
            for more in MORE {
                let further =
                    (0..more).map(|n| (format!("x-header-{n}"), format!("value-{n}-of-a-usual-length")));
                let fields = further.chain([line("valid")]).collect();
                rows.push(Row { alg: suite.alg, kind: format!("{more} further fields"), engine, fields });
            }
        }
        if let Some(remembering) = fixtures::remembering(suite) {
            let engine = engines.len();
            engines.push(remembering);
            for (name, kind) in KNOWN {
                rows.push(Row { alg: suite.alg, kind: name.to_owned(), engine, fields: vec![line(kind)] });
            }
        }
    }
    (engines, rows)
}

fn time() -> io::Result<()> {
    let (engines, rows) = rows();
    engines.iter().for_each(Engine::warm_thread);
    let mut out = io::stdout();
    let described: Vec<_> = rows
        .iter()
        .map(|row| json!({ "library": "Rust", "version": env!("CARGO_PKG_VERSION"), "alg": row.alg, "kind": row.kind }))
        .collect();
    writeln!(out, "{}", json!({ "rows": described }))?;
    out.flush()?;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let order = line.split_once(' ').and_then(|(row, milliseconds)| {
            Some((rows.get(row.parse::<usize>().ok()?)?, milliseconds.parse().ok()?))
        });
        let Some((row, milliseconds)) = order else {
            return Err(io::Error::other(format!("expected `ROW MILLISECONDS`, found `{line}`")));
        };
        let Some(engine) = engines.get(row.engine) else { continue };
        writeln!(out, "{:.1}", least(engine, row, Duration::from_millis(milliseconds)))?;
        out.flush()?;
    }
    Ok(())
}

/// Nanoseconds of one decision in the fastest of the batches that fit into the time.
fn least(engine: &Engine, row: &Row, time: Duration) -> f64 {
    const RUNS: u32 = 16;
    let fields: Vec<Field<'_>> = row.fields.iter().map(|(name, value)| Field::new(name, value)).collect();
    let mut scratch = engine.scratch();
    let mut buffer = vec![0; engine.answer_bytes()];
    let start = Instant::now();
    let mut least = f64::INFINITY;
    while start.elapsed() < time {
        let batch = Instant::now();
        for _ in 0..RUNS {
            decide(engine, &fields, &mut scratch, &mut buffer);
        }
        least = least.min(batch.elapsed().as_secs_f64() * 1e9 / f64::from(RUNS));
    }
    least
}

/// A decision as a host would ask for it: with the clock, and with fields and body of the answer.
fn decide<'d>(engine: &'d Engine, fields: &'d [Field<'d>], scratch: &'d mut Scratch, buffer: &mut [u8]) {
    let request = Request::new("GET", URL, black_box(fields));
    let decision = engine.decide(&request, doorward::now(), scratch);
    black_box(&decision.answer(buffer));
    if !decision.is_allow() {
        black_box(&Body::new(&decision));
    }
    black_box(&decision);
}
