//! A case file as hosts read it: the policy as it stands there, the cases, and the policies that must not load.

use doorward::cases::{Case, CaseFile, ResponseCase};
use doorward::error::LoadErrors;
use doorward::provider::DefaultProvider;
use doorward::{Engine, Format};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Where a policy is.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Source {
    /// In a file of its own.
    File(PathBuf),
    /// In the case file as an object, whose lines and columns nobody has seen.
    Object {
        /// As JSON text.
        text: String,
        /// Where its key files are.
        folder: PathBuf,
    },
    /// In the case file as TOML text.
    Toml {
        /// The text.
        text: String,
        /// Where its key files are.
        folder: PathBuf,
    },
    /// In the case file as JSON text.
    Json {
        /// The text.
        text: String,
        /// Where its key files are.
        folder: PathBuf,
    },
}

impl Source {
    /// The engine of this policy, which fetches nothing: what a table fetches, it supplies.
    ///
    /// # Errors
    ///
    /// Every fault of the policy, without the name of its file, and without a position where it is an object.
    pub fn load(&self) -> Result<Engine, LoadErrors> {
        let (loaded, is_object) = match self {
            Self::File(path) => (Engine::load_file(path), false),
            Self::Object { text, folder } => (Engine::load_text(text, Format::Json, Some(folder)), true),
            Self::Toml { text, folder } => (Engine::load_text(text, Format::Toml, Some(folder)), false),
            Self::Json { text, folder } => (Engine::load_text(text, Format::Json, Some(folder)), false),
        };
        loaded.map_err(|errors| {
            let mut errors = errors.into_vec();
            for error in &mut errors {
                error.file = None;
                if is_object {
                    error.at = None;
                }
            }
            LoadErrors::from_vec(errors).unwrap_or_else(|| unnamed().into())
        })
    }

    fn of(value: &Value, folder: &Path) -> Option<Self> {
        match value {
            Value::String(path) => Some(Self::File(folder.join(path))),
            Value::Object(_) => {
                // Where no file is named, one policy in two folders is one policy.
                let text = value.to_string();
                let folder = if text.contains("\"file\"") { folder.to_owned() } else { PathBuf::new() };
                Some(Self::Object { text, folder })
            }
            _ => None,
        }
    }

    fn of_entry(entry: &Value, folder: &Path) -> Option<Self> {
        let text = |name: &str| entry.get(name).and_then(Value::as_str).map(str::to_owned);
        let owned = folder.to_owned();
        match (entry.get("policy"), text("toml"), text("json")) {
            (Some(policy), ..) => Self::of(policy, folder),
            (None, Some(text), _) => Some(Self::Toml { text, folder: owned }),
            (None, None, Some(text)) => Some(Self::Json { text, folder: owned }),
            _ => None,
        }
    }
}

fn unnamed() -> doorward::error::LoadError {
    doorward::error::LoadError::new("", "the policy does not load")
}

/// A policy that must not load.
#[derive(Clone, Debug)]
pub struct RefusedPolicy {
    /// The name of the case: the path of its file below the root, `#`, and its id.
    pub name: String,
    /// Where the policy is.
    pub source: Source,
}

/// One file of a table of decisions.
#[derive(Clone, Debug)]
pub struct TableFile {
    name: String,
    file: CaseFile,
    /// The policy of the cases, if there are any.
    pub policy: Option<Source>,
    /// The policies that must not load.
    pub refused: Vec<RefusedPolicy>,
}

impl TableFile {
    /// Reads the file `name` below `root`.
    ///
    /// # Errors
    ///
    /// That it is no case file, and why.
    pub fn load(root: &Path, name: &str) -> Result<Self, String> {
        let path = root.join(name);
        let file = CaseFile::load(&path).map_err(|error| error.to_string())?;
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
        let json: Value = serde_json::from_str(&text).map_err(|error| format!("{name}: {error}"))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let policy = json.get("policy").and_then(|policy| Source::of(policy, folder));
        let mut refused = Vec::new();
        for entry in json.get("policies").and_then(Value::as_array).into_iter().flatten() {
            let id = entry.get("id").and_then(Value::as_str).unwrap_or_default();
            let source = Source::of_entry(entry, folder).ok_or_else(|| format!("{name}#{id}: no policy"))?;
            refused.push(RefusedPolicy { name: format!("{name}#{id}"), source });
        }
        if let (Some(_), Some(source)) = (json.get("policy_error"), &policy) {
            refused.push(RefusedPolicy { name: format!("{name}#policy_error"), source: source.clone() });
        }
        Ok(Self { name: name.to_owned(), file, policy, refused })
    }

    /// The cases that hold a request, with the names by which hosts call them.
    pub fn cases(&self) -> impl Iterator<Item = (String, &Case)> {
        self.file.cases().iter().map(|case| (format!("{}#{}", self.name, case.id()), case))
    }

    /// The cases that hold a response, likewise.
    pub fn responses(&self) -> impl Iterator<Item = (String, &ResponseCase)> {
        self.file.responses().iter().map(|case| (format!("{}#{}", self.name, case.id()), case))
    }

    /// Those of them that one engine can answer for all: what came before others, a running server cannot be made to have seen.
    pub fn shared_cases(&self) -> impl Iterator<Item = (String, &Case)> {
        self.cases().filter(|(_, case)| case.before().is_none())
    }

    /// The engine of a case that has one of its own, after everything that came before.
    ///
    /// # Errors
    ///
    /// What could not be done.
    pub fn engine_for(&self, case: &Case) -> Result<Option<Engine>, String> {
        let own = self.file.engine_for(case, &DefaultProvider::new());
        own.transpose().map_err(|errors| errors.to_string())
    }
}
