//! Walking the tree: where the reader stands, what it found wrong, and which keys a table has.

use super::document::{Lines, Node, Value, place_of_element, place_of_member, shown};
use super::keys::{Key, Kind, Section};
use super::model::Located;
use super::nearest::nearest;
use crate::error::{LoadError, Position};

/// A value on the way through the tree.
#[derive(Clone)]
pub(super) struct Spot<'t> {
    pub(super) node: &'t Node,
    /// Its place in the policy, for messages.
    pub(super) place: String,
    /// The key that it is the value of, or a part of the value of.
    pub(super) key: &'static Key,
}

impl<'t> Spot<'t> {
    /// The elements of this array; none of another value.
    pub(super) fn elements(&self) -> Vec<Self> {
        let Value::Array(elements) = &self.node.value else { return Vec::new() };
        let spot = |(index, node)| Self { node, place: place_of_element(&self.place, index), key: self.key };
        elements.iter().enumerate().map(spot).collect()
    }

    /// The text of a string.
    pub(super) fn text(&self) -> Option<&'t str> {
        match &self.node.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The named tables in this one, with their names.
    pub(super) fn named(&self) -> Vec<(&'t str, usize, Self)> {
        let Value::Table(members) = &self.node.value else { return Vec::new() };
        let spot = |name: &str, node| Self { node, place: place_of_member(&self.place, name), key: self.key };
        members.iter().map(|m| (m.name.as_str(), m.name_start, spot(&m.name, &m.node))).collect()
    }
}

/// The keys of one table.
pub(super) struct Fields<'t> {
    spots: Vec<Spot<'t>>,
    /// Keys that this build does not have.
    pub(super) later: Vec<Spot<'t>>,
    /// Keys that were probably meant by misspelt ones.
    meant: Vec<&'static str>,
}

impl<'t> Fields<'t> {
    /// The value of a key, if it is there.
    pub(super) fn get(&self, name: &str) -> Option<&Spot<'t>> {
        self.spots.iter().find(|spot| spot.key.name == name)
    }

    /// Whether the key is neither there nor misspelt.
    pub(super) fn lacks(&self, name: &str) -> bool {
        self.get(name).is_none() && !self.meant.contains(&name)
    }
}

/// What was found wrong so far.
pub(super) struct Report<'t> {
    lines: &'t Lines<'t>,
    faults: Vec<LoadError>,
}

impl<'t> Report<'t> {
    pub(super) fn new(lines: &'t Lines<'t>) -> Self {
        Self { lines, faults: Vec::new() }
    }

    /// All faults, in the order in which they were found.
    pub(super) fn into_faults(self) -> Vec<LoadError> {
        self.faults
    }

    /// Where the value begins.
    pub(super) fn at(&self, spot: &Spot<'_>) -> Position {
        self.lines.position(spot.node.start)
    }

    /// Notes that the value is wrong.
    pub(super) fn fault(&mut self, spot: &Spot<'_>, message: impl Into<String>) {
        let fault = LoadError::new(spot.place.clone(), message).at(self.at(spot));
        self.faults.push(fault);
    }

    /// Notes that the value is wrong, and what would mend it if that is known.
    pub(super) fn fault_with(&mut self, spot: &Spot<'_>, message: impl Into<String>, help: Option<String>) {
        let fault = LoadError::new(spot.place.clone(), message).at(self.at(spot));
        self.faults.push(LoadError { help, ..fault });
    }

    /// Notes that a name in the table is wrong.
    pub(super) fn fault_at_name(&mut self, place: &str, start: usize, message: String, help: Option<String>) {
        let fault = LoadError::new(place, message).at(self.lines.position(start));
        self.faults.push(LoadError { help, ..fault });
    }

    /// Notes that the value is of the wrong kind. The value itself is not shown.
    pub(super) fn expected(&mut self, spot: &Spot<'_>, what: &str) {
        self.fault(spot, format!("expected {what}, found {}", spot.node.value.kind()));
    }

    /// The `file` of a table that names one.
    pub(super) fn file_of(&mut self, spot: &Spot<'t>) -> Option<Located<String>> {
        let fields = self.fields(spot)?;
        let file = fields.get("file")?;
        Some(Located { value: self.string(file)?, at: self.at(file) })
    }

    /// The keys of a table. Notes keys that are not known, not supported yet, or missing.
    pub(super) fn fields(&mut self, spot: &Spot<'t>) -> Option<Fields<'t>> {
        let (Kind::Table(section) | Kind::Named(section) | Kind::Tables(section)) = spot.key.kind else {
            self.expected(spot, "a value without keys");
            return None;
        };
        let Value::Table(members) = &spot.node.value else {
            self.expected(spot, "a table");
            return None;
        };
        let mut fields = Fields { spots: Vec::new(), later: Vec::new(), meant: Vec::new() };
        for member in members {
            let Some(key) = section.keys().find(|key| key.name == member.name) else {
                let near = nearest(&member.name, section.keys().map(|key| key.name));
                fields.meant.extend(near);
                let help = near
                    .map(|near| format!("did you mean `{near}`?"))
                    .or_else(|| elsewhere(&member.name, section));
                let message = format!("unknown key `{}`", shown(&member.name));
                self.fault_at_name(&spot.place, member.name_start, message, help);
                continue;
            };
            let child = Spot { node: &member.node, place: place_of_member(&spot.place, key.name), key };
            if key.is_later() {
                let message = format!("`{}` is not supported by this build yet", key.full_name());
                self.fault_at_name(&spot.place, member.name_start, message, None);
                fields.later.push(child);
            } else {
                fields.spots.push(child);
            }
        }
        for key in section.keys() {
            if key.needed.is_some() && fields.lacks(key.name) {
                self.fault_with(spot, format!("missing key `{}`", key.name), key.needed.map(str::to_owned));
            }
        }
        Some(fields)
    }
}

/// Where a key belongs that stands in the wrong table: in TOML, what follows a header belongs to that table.
fn elsewhere(name: &str, here: Section) -> Option<String> {
    let nouns: Vec<_> = here
        .file()
        .iter()
        .filter(|key| key.name == name && key.section != here)
        .map(|key| key.section.noun())
        .collect();
    if nouns.is_empty() { None } else { Some(format!("it belongs to {}", nouns.join(" or "))) }
}
