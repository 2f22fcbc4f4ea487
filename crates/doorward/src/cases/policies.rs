//! Policies in a table: the one that the cases are judged by, and those that must not load.

use super::expect::Mismatch;
use crate::engine::Engine;
use crate::error::{LoadError, LoadErrors};
use crate::members::Members;
use crate::policy::Format;
use crate::provider::DefaultProvider;
use doorward_core::key::Provider;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const MEMBERS: &[&str] = &["id", "policy", "toml", "json", "error", "errors"];
const ERROR: &[&str] = &["contains", "place", "line", "column"];

/// Where a policy is.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// In a file of its own.
    File(PathBuf),
    /// In the case file as an object: lines and columns mean nothing to its author.
    Object(String),
    /// In the case file as text.
    Text(String, Format),
}

impl Source {
    pub(super) fn read(value: &Value, folder: &Path) -> Result<Self, String> {
        match value {
            Value::String(path) => Ok(Self::File(folder.join(path))),
            Value::Object(_) => Ok(Self::Object(value.to_string())),
            _ => Err("expected `policy` as a path or an object".to_owned()),
        }
    }

    /// Loads the policy; the key files of a policy that is not in a file of its own lie in `folder`.
    pub(super) fn load<P: Provider<Key: Send + Sync + 'static> + Clone + Send + Sync + 'static>(
        &self,
        file: &Path,
        folder: &Path,
        provider: &P,
    ) -> Result<Engine<P::Key>, LoadErrors> {
        match self {
            Self::File(path) => {
                let name = path.display().to_string();
                let fault = |message: String| LoadError::new("", message).in_file(name.clone());
                let format = Format::from_path(path)
                    .ok_or_else(|| fault("expected a name that ends in `.toml` or `.json`".to_owned()))?;
                let text = std::fs::read_to_string(path).map_err(|error| fault(describe(&error)))?;
                let folder = path.parent().unwrap_or(Path::new(""));
                Engine::with_provider(&text, format, Some(folder), provider.clone())
                    .map_err(|errors| errors.in_file(&name))
            }
            Self::Text(text, format) => Engine::with_provider(text, *format, Some(folder), provider.clone()),
            Self::Object(text) => {
                let loaded = Engine::with_provider(text, Format::Json, Some(folder), provider.clone());
                let name = format!("{}: policy", file.display());
                loaded.map_err(|errors| errors.without_positions().in_file(&name))
            }
        }
    }
}

fn describe(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file".to_owned(),
        _ => error.to_string().to_lowercase(),
    }
}

/// A policy that must not load, and why.
#[derive(Clone, Debug)]
pub struct PolicyCase {
    id: String,
    file: PathBuf,
    folder: PathBuf,
    source: Source,
    expected: Vec<ExpectedError>,
    /// Whether these are all errors, in the order of the text.
    all: bool,
}

#[derive(Clone, Debug)]
struct ExpectedError {
    contains: Option<String>,
    place: Option<String>,
    line: Option<u64>,
    column: Option<u64>,
    shown: Value,
}

impl PolicyCase {
    /// An entry of `policies`.
    pub(super) fn read(value: &Value, file: &Path, folder: &Path) -> Result<Self, String> {
        let members = Members::with_notes(value, "the policy's case", MEMBERS)?;
        let source = match (members.get("policy"), members.text("toml")?, members.text("json")?) {
            (Some(policy), None, None) => Source::read(policy, folder)?,
            (None, Some(text), None) => Source::Text(text.to_owned(), Format::Toml),
            (None, None, Some(text)) => Source::Text(text.to_owned(), Format::Json),
            _ => return Err("expected one of `policy`, `toml` and `json`".to_owned()),
        };
        let (expected, all) = match (members.get("error"), members.list("errors")?) {
            (Some(error), []) => (vec![ExpectedError::read(error, &source)?], false),
            (None, errors @ [_, ..]) => {
                let expected: Result<_, _> =
                    errors.iter().map(|error| ExpectedError::read(error, &source)).collect();
                (expected?, true)
            }
            _ => return Err("expected one of `error` and a list of `errors`".to_owned()),
        };
        let id = members.need_text("id")?.to_owned();
        Ok(Self { id, file: file.to_owned(), folder: folder.to_owned(), source, expected, all })
    }

    /// The `policy_error` of a file without cases.
    pub(super) fn of_file(source: Source, error: &Value, file: &Path, folder: &Path) -> Result<Self, String> {
        let expected = vec![ExpectedError::read(error, &source)?];
        let id = "policy_error".to_owned();
        Ok(Self { id, file: file.to_owned(), folder: folder.to_owned(), source, expected, all: false })
    }

    /// The name of the case, unique in its file.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Loads the policy and compares its errors with the expected ones.
    #[must_use]
    pub fn check(&self) -> Vec<Mismatch> {
        let errors = match self.source.load(&self.file, &self.folder, &DefaultProvider::new()) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.into_vec(),
        };
        let met = if self.all {
            errors.len() == self.expected.len()
                && self.expected.iter().zip(&errors).all(|(expected, error)| expected.meets(error))
        } else {
            self.expected.iter().all(|expected| errors.iter().any(|error| expected.meets(error)))
        };
        if met {
            return Vec::new();
        }
        let shown: Vec<Value> = self.expected.iter().map(|expected| expected.shown.clone()).collect();
        let found = |error: &LoadError| {
            let mut error = error.clone();
            error.file = None;
            error.to_string()
        };
        let actual = match errors.as_slice() {
            [] => json!("the policy loads"),
            errors => errors.iter().map(found).collect(),
        };
        let field = if self.all { "errors" } else { "error" };
        vec![Mismatch { field: field.to_owned(), expected: Value::Array(shown), actual }]
    }
}

impl ExpectedError {
    fn read(value: &Value, source: &Source) -> Result<Self, String> {
        let members = Members::strict(value, "the expected error", ERROR)?;
        let number = |name: &str| match members.get(name) {
            None => Ok(None),
            Some(_) if matches!(source, Source::Object(_)) => {
                Err(format!("`{name}` needs a policy that is a file or text: an object has no lines"))
            }
            Some(value) => match value.as_u64() {
                Some(number) => Ok(Some(number)),
                None => Err(format!("expected `{name}` of the expected error as a number")),
            },
        };
        let (line, column) = (number("line")?, number("column")?);
        let contains = members.text("contains")?.map(str::to_owned);
        let place = members.text("place")?.map(str::to_owned);
        if contains.is_none() && place.is_none() {
            return Err("expected `contains` or `place` in the expected error".to_owned());
        }
        Ok(Self { contains, place, line, column, shown: value.clone() })
    }

    fn meets(&self, error: &LoadError) -> bool {
        let said = match &error.help {
            Some(help) => format!("{}: {help}", error.message),
            None => error.message.clone(),
        };
        let is = |expected: Option<u64>, found: Option<usize>| {
            expected
                .is_none_or(|expected| found.and_then(|found| u64::try_from(found).ok()) == Some(expected))
        };
        self.contains.as_ref().is_none_or(|text| said.contains(text))
            && self.place.as_ref().is_none_or(|place| error.place == *place)
            && is(self.line, error.at.map(|at| at.line))
            && is(self.column, error.at.map(|at| at.column))
    }
}
