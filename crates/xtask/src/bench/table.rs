//! What was measured, as a table for people with the project's goals below it, and as JSON.

use super::worker::{Row, Worker};
use core::fmt;
use serde_json::json;

/// What the tokens of the rows are like that everybody has.
const KINDS: [&str; 3] = ["valid", "expired", "bad signature"];

/// What they are like that were seen before, where whoever decides remembers them.
const KNOWN: [&str; 2] = ["known", "known, refused"];

/// Ours among the libraries, and Rust beside it.
const OURS: &str = "doorward";
const RUST: &str = "Rust";

/// By how much a refusal may take longer than an acceptance before it counts as dearer: what two minima of the very same
/// work differ by here.
const SAME: f64 = 1.03;

/// A table that is ready to be printed.
pub(super) struct Table {
    title: String,
    cells: Vec<Vec<String>>,
    notes: Vec<String>,
    pub(super) goals: Vec<Goal>,
}

/// A goal of the project. It is printed and never asserted: the clock of a busy machine proves nothing.
#[derive(Debug)]
pub(super) struct Goal {
    text: String,
    pub(super) met: bool,
}

/// The table of a language: ours, Rust, and peers with their time over ours in brackets. `above` is by how many nanoseconds
/// ours may exceed Rust, and `known` how many a token may cost that was let in before, if there is a goal.
pub(super) fn language(name: &str, above: f64, known: Option<f64>, rust: &Worker, worker: &Worker) -> Table {
    let peers = libraries(worker);
    let mut heading = vec![String::new(), "ours".to_owned(), "Rust".to_owned(), "above it".to_owned()];
    heading.extend(peers.iter().map(|(library, version)| format!("{library} {version}")));
    let mut cells = vec![heading];
    let mut dearer = Vec::new();
    let mut beaten_by = Vec::new();
    for alg in algorithms(worker) {
        for kind in KINDS.into_iter().chain(KNOWN) {
            let Some(ours) = worker.least(OURS, alg, kind) else { continue };
            let let_in = if KNOWN.contains(&kind) { "known" } else { "valid" };
            if worker.least(OURS, alg, let_in).is_some_and(|let_in| ours > let_in * SAME) {
                dearer.push(format!("{alg} {kind}"));
            }
            let mut line = vec![format!("{alg}, {kind}"), micro(ours)];
            line.extend(beside_rust(ours, rust.least(RUST, alg, kind)));
            for (library, _) in &peers {
                let theirs = worker.least(library, alg, kind);
                line.push(
                    theirs.map_or("–".to_owned(), |theirs| {
                        format!("{} ({:.1})", micro(theirs), theirs / ours)
                    }),
                );
                if theirs.is_some_and(|theirs| theirs <= ours) {
                    beaten_by.push(format!("{library} on {alg} {kind}"));
                }
            }
            cells.push(line);
        }
    }
    let has_line = |row: &&Row| KINDS.into_iter().chain(KNOWN).any(|kind| kind == row.kind);
    for row in worker.rows.iter().filter(|row| row.library == OURS && !has_line(row)) {
        let mut line = vec![format!("{}, {}", row.alg, row.kind), micro(row.least)];
        line.extend(beside_rust(row.least, rust.least(RUST, &row.alg, &row.kind)));
        cells.push(line);
    }
    let mut goals = Vec::new();
    for kind in ["valid", "missing"] {
        if let (Some(ours), Some(rust)) = (worker.least(OURS, "HS256", kind), rust.least(RUST, "HS256", kind))
        {
            let text =
                format!("at most {} µs above Rust, HS256 {kind}: {}", micro(above), micro(ours - rust));
            goals.push(Goal { text, met: ours - rust <= above });
        }
    }
    for row in worker.rows.iter().filter(|row| row.library == OURS && row.kind == "known") {
        let Some(most) = known else { continue };
        let text = format!("at most {} µs, {} known: {}", micro(most), row.alg, micro(row.least));
        goals.push(Goal { text, met: row.least <= most });
    }
    goals.push(goal("refusals no dearer than acceptances", &dearer));
    goals.push(goal("every peer beaten in every column that it has", &beaten_by));
    let further = |kind| worker.least(OURS, "HS256", kind);
    let mut notes = absences(worker);
    if let (Some(none), Some(many)) = (further("0 further fields"), further("16 further fields")) {
        notes.push(format!("each further header field: {:.0} ns", (many - none) / 16.0));
    }
    Table {
        title: format!("{name}: µs for one call, in brackets their time over ours"), cells, notes, goals
    }
}

/// The table of nginx and Envoy: CPU time above that of the proxy without a filter.
pub(super) fn proxies(worker: &Worker) -> Table {
    const COLUMNS: [&str; 3] = ["nginx: doorward", "Envoy: doorward", "Envoy: jwt_authn"];
    let added = |column: &str, alg: &str, kind: &str| {
        let proxy = column.split(':').next().unwrap_or_default();
        let nothing = if kind == "missing" { kind } else { "valid" };
        let alone = worker.least(&format!("{proxy}: nothing"), "", nothing)?;
        Some(worker.least(column, alg, kind)? - alone)
    };
    let mut heading = vec![String::new()];
    heading.extend(COLUMNS.map(str::to_owned));
    let mut cells = vec![heading];
    let mut beaten_by = Vec::new();
    let mut goals = Vec::new();
    for alg in algorithms(worker).into_iter().filter(|alg| !alg.is_empty()) {
        for kind in KINDS.into_iter().chain(KNOWN).chain(["missing"]) {
            let [nginx, envoy, theirs] = COLUMNS.map(|column| added(column, alg, kind));
            if nginx.is_none() && envoy.is_none() {
                continue;
            }
            let mut line = vec![format!("{alg}, {kind}")];
            line.extend([nginx, envoy].map(|ours| ours.map_or("–".to_owned(), micro)));
            line.push(match (theirs, envoy) {
                (Some(theirs), Some(envoy)) => format!("{} ({:.1})", micro(theirs), theirs / envoy),
                _ => "–".to_owned(),
            });
            cells.push(line);
            for (column, ours) in COLUMNS.into_iter().zip([nginx, envoy]) {
                let Some(ours) = ours else { continue };
                if theirs.is_some_and(|theirs| theirs <= ours) {
                    beaten_by.push(format!("{column} on {alg} {kind}"));
                }
                let most = match (alg, kind) {
                    ("RS256", "valid") => 30_000.0,
                    ("ES256", "valid") => 70_000.0,
                    (_, "known") => 2_500.0,
                    _ => continue,
                };
                let text = format!("at most {} µs in {column}, {alg} {kind}: {}", micro(most), micro(ours));
                goals.push(Goal { text, met: ours <= most });
            }
        }
    }
    goals.push(goal("jwt_authn beaten in every row that it has", &beaten_by));
    let mut notes = absences(worker);
    for row in worker.rows.iter().filter(|row| row.library.ends_with(": nothing")) {
        let Row { library, version, kind, least, .. } = row;
        let what = if kind == "missing" { "no field" } else { "a token that nobody reads" };
        notes.push(format!("{library} ({version}), {what}: {} µs", micro(*least)));
    }
    let title =
        "Proxies: µs of CPU time that a filter adds to a request, in brackets theirs over ours in Envoy";
    Table { title: title.to_owned(), cells, notes, goals }
}

/// All rows as JSON, one object a line.
pub(super) fn json(host: &str, rust: &Worker, worker: &Worker) -> Vec<String> {
    let rows = rust.rows.iter().chain(&worker.rows).filter(|row| row.least.is_finite());
    let lines = rows.map(|row| {
        let Row { library, version, alg, kind, least, .. } = row;
        let ns = (least * 10.0).round() / 10.0;
        json!({ "host": host, "library": library, "version": version, "alg": alg, "kind": kind, "ns": ns })
    });
    lines.map(|line| line.to_string()).collect()
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        let width = |column: usize| {
            let cells = self.cells.iter().filter_map(|line| line.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        for line in &self.cells {
            let mut text = String::new();
            for (column, cell) in line.iter().enumerate() {
                let width = width(column);
                text.push_str(&if column == 0 {
                    format!("{cell:<width$}")
                } else {
                    format!("  {cell:>width$}")
                });
            }
            writeln!(f, "{}", text.trim_end())?;
        }
        for note in &self.notes {
            writeln!(f, "{note}")?;
        }
        for Goal { text, met } in &self.goals {
            writeln!(f, "{}: {text}", if *met { "met" } else { "NOT met" })?;
        }
        Ok(())
    }
}

/// A goal that is met where nothing is in its way.
fn goal(text: &str, against: &[String]) -> Goal {
    match against {
        [] => Goal { text: text.to_owned(), met: true },
        _ => Goal { text: format!("{text}: not {}", against.join(", ")), met: false },
    }
}

/// Ours beside Rust, if Rust has the row.
fn beside_rust(ours: f64, rust: Option<f64>) -> [String; 2] {
    rust.map_or(["–".to_owned(), "–".to_owned()], |rust| {
        [micro(rust), format!("{:+.2}", (ours - rust) / 1000.0)]
    })
}

/// The libraries that are not ours, each once, with their versions.
fn libraries(worker: &Worker) -> Vec<(&str, &str)> {
    let mut found: Vec<(&str, &str)> = Vec::new();
    for row in worker.rows.iter().filter(|row| row.library != OURS) {
        if !found.iter().any(|(library, _)| *library == row.library) {
            found.push((&row.library, &row.version));
        }
    }
    found
}

/// The algorithms, each once.
fn algorithms(worker: &Worker) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    for row in &worker.rows {
        if !found.contains(&row.alg.as_str()) {
            found.push(&row.alg);
        }
    }
    found
}

/// Why columns are empty.
fn absences(worker: &Worker) -> Vec<String> {
    let absent = worker.rows.iter().filter_map(|row| Some((row, row.absent.as_ref()?)));
    absent.map(|(row, why)| format!("– {} {}, {}: {why}", row.library, row.version, row.alg)).collect()
}

/// Nanoseconds as microseconds, with three digits that mean something.
fn micro(nanoseconds: f64) -> String {
    let micro = nanoseconds / 1000.0;
    match micro.abs() {
        size if size < 9.995 => format!("{micro:.2}"),
        size if size < 99.95 => format!("{micro:.1}"),
        _ => format!("{micro:.0}"),
    }
}
