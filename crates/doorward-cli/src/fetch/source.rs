//! Where the credential comes from: a source written out, or one of the short forms.

use crate::ending::Failure;
use crate::input;
use doorward::Format;
use doorward::source::Source;
use lexopt::{Parser, ValueExt};
use serde_json::{Map, Value, json};
use std::ffi::OsStr;

/// A source as the command line says it.
enum Chosen {
    Json(Value),
    Text(String, Format),
}

/// What the command line says of the source.
#[derive(Default)]
pub(super) struct SourceOptions {
    /// The source, and how it was asked for.
    chosen: Option<(&'static str, Chosen)>,
    /// What only a Vault takes.
    vault: Map<String, Value>,
}

impl SourceOptions {
    /// Takes an option with its value, if it is one of these.
    pub(super) fn take(&mut self, name: &str, arguments: &mut Parser) -> Result<bool, Failure> {
        let (option, value) = match name {
            "source" => {
                let written = written(&arguments.value()?.string()?)?;
                return self.choose("--source", written).map(|()| true);
            }
            "token-file" => ("--token-file", json!({ "file": arguments.value()?.string()? })),
            "token-env" => ("--token-env", json!({ "environment": arguments.value()?.string()? })),
            "token-exec" => {
                let command = arguments.value()?.string()?;
                ("--token-exec", json!({ "exec": command.split_ascii_whitespace().collect::<Vec<_>>() }))
            }
            "kubernetes" => ("--kubernetes", json!({ "kubernetes": {} })),
            "vault" => ("--vault", json!({ "vault": { "url": arguments.value()?.string()? } })),
            "vault-field" => {
                self.vault.insert("field".to_owned(), json!(arguments.value()?.string()?));
                return Ok(true);
            }
            "vault-token-file" => {
                self.vault.insert("token".to_owned(), json!({ "file": arguments.value()?.string()? }));
                return Ok(true);
            }
            "vault-namespace" => {
                self.vault.insert("namespace".to_owned(), json!(arguments.value()?.string()?));
                return Ok(true);
            }
            _ => return Ok(false),
        };
        self.choose(option, Chosen::Json(value)).map(|()| true)
    }

    fn choose(&mut self, option: &'static str, chosen: Chosen) -> Result<(), Failure> {
        if let Some((other, _)) = &self.chosen {
            return Err(Failure::usage(format!("expected one source, found `{other}` and `{option}`")));
        }
        self.chosen = Some((option, chosen));
        Ok(())
    }

    /// The source.
    pub(super) fn finish(self) -> Result<Option<Source>, Failure> {
        let Some((option, mut chosen)) = self.chosen else {
            return if self.vault.is_empty() {
                Ok(None)
            } else {
                Err(Failure::usage("expected `--vault` beside what is said of it"))
            };
        };
        if option == "--vault" {
            if let Chosen::Json(source) = &mut chosen
                && let Some(Value::Object(vault)) = source.get_mut("vault")
            {
                vault.extend(self.vault);
                // As the tools of Vault itself.
                vault.entry("token").or_insert_with(|| json!({ "environment": "VAULT_TOKEN" }));
            }
        } else if !self.vault.is_empty() {
            return Err(Failure::usage("expected `--vault` beside what is said of it"));
        }
        let source = match chosen {
            Chosen::Json(value) => Source::from_json(&value),
            Chosen::Text(text, format) => Source::from_text(&text, format),
        };
        source.map(Some).map_err(|fault| Failure::input(format!("{option}: {fault}")))
    }
}

/// A source that is written out: on the command line as JSON or TOML, or in a file of either.
fn written(text: &str) -> Result<Chosen, Failure> {
    let format = |text: &str| if text.trim_start().starts_with('{') { Format::Json } else { Format::Toml };
    if text.trim_start().starts_with('{') || text.contains('=') {
        return Ok(Chosen::Text(text.to_owned(), format(text)));
    }
    let content = input::read_text(OsStr::new(text)).map_err(Failure::input)?;
    let format = format(&content);
    Ok(Chosen::Text(content, format))
}
