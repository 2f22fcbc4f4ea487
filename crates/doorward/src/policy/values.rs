//! Reading single values as the table of keys has them.

use super::document::{Value, shown};
use super::duration;
use super::form::Form;
use super::keys::Kind;
use super::model::Scalar;
use super::names::Named;
use super::nearest::nearest;
use super::network::Network;
use super::report::{Report, Spot};
use crate::time::parse_time;
use doorward_core::time::{Seconds, UnixTime};

/// All readers note what is wrong and give nothing then.
impl<'t> Report<'t> {
    pub(super) fn boolean(&mut self, spot: &Spot<'_>) -> Option<bool> {
        match &spot.node.value {
            Value::Boolean(truth) => Some(*truth),
            _ => {
                self.expected(spot, "`true` or `false`");
                None
            }
        }
    }

    /// `true` and nothing else; of `()`, since there is only one.
    pub(super) fn only_true(&mut self, spot: &Spot<'_>) -> Option<()> {
        match &spot.node.value {
            Value::Boolean(true) => Some(()),
            Value::Boolean(false) => {
                let help = format!("leave `{}` out instead", spot.key.name);
                self.fault_with(spot, "expected `true`, found `false`", Some(help));
                None
            }
            _ => {
                self.expected(spot, "`true`");
                None
            }
        }
    }

    pub(super) fn integer(&mut self, spot: &Spot<'_>) -> Option<usize> {
        let Kind::Integer(least, most) = spot.key.kind else { return self.misread(spot) };
        let Value::Integer(number) = &spot.node.value else {
            self.expected(spot, "an integer");
            return None;
        };
        match usize::try_from(*number) {
            Ok(number) if (least..=most).contains(&number) => Some(number),
            _ => {
                self.fault(spot, format!("expected an integer from {least} to {most}, found {number}"));
                None
            }
        }
    }

    pub(super) fn duration(&mut self, spot: &Spot<'_>) -> Option<Seconds> {
        let Kind::Duration(least, most) = spot.key.kind else { return self.misread(spot) };
        let (span, found) = match &spot.node.value {
            Value::Integer(number) => (u64::try_from(*number).ok().map(Seconds), number.to_string()),
            Value::String(text) => {
                let span = duration::parse(text);
                if span.is_none() {
                    let seconds = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                    let help = seconds.then(|| format!("did you mean `{}s`?", shown(text)));
                    let message =
                        format!("expected a duration such as `30s` or `1h30m`, found `{}`", shown(text));
                    self.fault_with(spot, message, help);
                    return None;
                }
                (span, shown(text))
            }
            _ => {
                self.expected(spot, "a duration such as `30s` or `1h30m`");
                return None;
            }
        };
        if let Some(span) = span.filter(|span| (least..=most).contains(&span.0)) {
            return Some(span);
        }
        let (least, most) = (duration::write(Seconds(least)), duration::write(Seconds(most)));
        self.fault(spot, format!("expected a duration from `{least}` to `{most}`, found `{found}`"));
        None
    }

    /// A point in time, as TOML or RFC 3339 writes it or in seconds since 1970.
    pub(super) fn time(&mut self, spot: &Spot<'_>) -> Option<UnixTime> {
        let (Value::String(text) | Value::Datetime(text) | Value::Float(text)) = &spot.node.value else {
            let Value::Integer(seconds) = &spot.node.value else {
                self.expected(spot, "a time such as `2026-11-22T22:23:51Z`, or seconds since 1970");
                return None;
            };
            return self.time_from(spot, &seconds.to_string());
        };
        self.time_from(spot, text)
    }

    fn time_from(&mut self, spot: &Spot<'_>, text: &str) -> Option<UnixTime> {
        let time = parse_time(text);
        if time.is_none() {
            // What is left out most often is the offset, or the clock with it; what is too large are milliseconds.
            let meant = [format!("{text}Z"), format!("{text}T00:00:00Z")];
            let help = match text.split_at_checked(text.len().saturating_sub(3)) {
                Some((seconds, millis)) if digits(seconds) && digits(millis) => {
                    Some(format!("{seconds}.{millis}"))
                }
                _ => None,
            };
            let meant = meant.into_iter().chain(help).find(|text| parse_time(text).is_some());
            let message = "expected a time such as `2026-11-22T22:23:51Z`, or seconds since 1970";
            let help = meant.map(|meant| format!("did you mean `{meant}`?"));
            self.fault_with(spot, format!("{message}, found {}", quoted(text)), help);
        }
        time
    }

    pub(super) fn string(&mut self, spot: &Spot<'_>) -> Option<String> {
        let Kind::String(form) = spot.key.kind else { return self.misread(spot) };
        self.formed(spot, form)
    }

    /// A string of the form, whatever key it belongs to.
    fn formed(&mut self, spot: &Spot<'_>, form: Form) -> Option<String> {
        let Value::String(text) = &spot.node.value else {
            self.expected(spot, "a string");
            return None;
        };
        match form.check(text) {
            Ok(()) => Some(text.clone()),
            Err(misfit) => {
                let found = misfit.found.map_or_else(|| quoted(text), str::to_owned);
                self.fault_with(spot, format!("expected {}, found {found}", misfit.expected), misfit.help);
                None
            }
        }
    }

    pub(super) fn strings(&mut self, spot: &Spot<'t>) -> Option<Vec<String>> {
        let Kind::Strings(form, least) = spot.key.kind else { return self.misread(spot) };
        self.different(spot, least, |report, element| report.formed(element, form))
    }

    pub(super) fn string_or_strings(&mut self, spot: &Spot<'t>) -> Option<Vec<String>> {
        let Kind::OneOrMore(form) = spot.key.kind else { return self.misread(spot) };
        if let Value::String(_) = &spot.node.value {
            return self.formed(spot, form).map(|text| vec![text]);
        }
        self.different(spot, 0, |report, element| report.formed(element, form))
    }

    /// A string that is not empty, whatever key it belongs to.
    pub(super) fn any_string(&mut self, spot: &Spot<'_>) -> Option<String> {
        self.formed(spot, Form::Any)
    }

    pub(super) fn choice<T: Named>(&mut self, spot: &Spot<'_>) -> Option<T> {
        let Value::String(text) = &spot.node.value else {
            self.expected(spot, &alternatives::<T>());
            return None;
        };
        let found = T::named().into_iter().find(|(name, _)| name == text);
        if found.is_none() {
            let near = nearest(text, T::named().into_iter().map(|(name, _)| name));
            let message = format!("expected {}, found {}", alternatives::<T>(), quoted(text));
            self.fault_with(spot, message, near.map(|near| format!("did you mean `{near}`?")));
        }
        found.map(|(_, value)| value)
    }

    pub(super) fn choices<T: Named>(&mut self, spot: &Spot<'t>) -> Option<Vec<T>> {
        let chosen = self.different(spot, 1, |report, element| {
            let value = report.choice(element)?;
            Some((element.text().unwrap_or_default().to_owned(), value))
        });
        chosen.map(|chosen| chosen.into_iter().map(|(_, value): (String, T)| value).collect())
    }

    /// One of the names, or an array of them.
    pub(super) fn choice_or_choices<T: Named>(&mut self, spot: &Spot<'t>) -> Option<Vec<T>> {
        match &spot.node.value {
            Value::String(_) => self.choice(spot).map(|value| vec![value]),
            _ => self.choices(spot),
        }
    }

    /// An array of different networks.
    pub(super) fn networks(&mut self, spot: &Spot<'t>) -> Option<Vec<Network>> {
        let Kind::Strings(form, least) = spot.key.kind else { return self.misread(spot) };
        self.different(spot, least, |report, element| report.formed(element, form)?.parse().ok())
    }

    pub(super) fn scalar(&mut self, spot: &Spot<'_>) -> Option<Scalar> {
        let value = &spot.node.value;
        match value {
            Value::String(text) => Some(Scalar::String(text.clone())),
            Value::Boolean(truth) => Some(Scalar::Boolean(*truth)),
            _ => {
                let number = value.number_text();
                if number.is_none() {
                    self.expected(spot, "a string, a number or a truth value");
                }
                number.map(Scalar::Number)
            }
        }
    }

    pub(super) fn scalars(&mut self, spot: &Spot<'t>) -> Option<Vec<Scalar>> {
        self.different(spot, 1, |report, element| report.scalar(element))
    }

    /// An array of at least so many elements, none of which comes twice.
    pub(super) fn different<T: PartialEq>(
        &mut self,
        spot: &Spot<'t>,
        least: usize,
        mut read: impl FnMut(&mut Self, &Spot<'t>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Value::Array(elements) = &spot.node.value else {
            let help = spot.text().map(|_| "put it in `[` and `]`".to_owned());
            self.fault_with(spot, format!("expected an array, found {}", spot.node.value.kind()), help);
            return None;
        };
        if elements.len() < least {
            let help = spot.key.needed.is_none().then(|| format!("leave `{}` out instead", spot.key.name));
            self.fault_with(spot, "expected at least one element, found an empty array", help);
            return None;
        }
        let mut values = Vec::new();
        let mut whole = true;
        for element in spot.elements() {
            match read(self, &element) {
                None => whole = false,
                Some(value) if values.contains(&value) => {
                    let found = element.text().map_or_else(|| element.node.value.kind().to_owned(), quoted);
                    self.fault(&element, format!("expected each element once, found {found} again"));
                    whole = false;
                }
                Some(value) => values.push(value),
            }
        }
        whole.then_some(values)
    }

    /// For a key that the table has with another kind than its reader: fails closed.
    fn misread<T>(&mut self, spot: &Spot<'_>) -> Option<T> {
        self.expected(spot, "a value that this build can read");
        None
    }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A string as messages show it.
pub(super) fn quoted(text: &str) -> String {
    if text.is_empty() { "an empty string".to_owned() } else { format!("`{}`", shown(text)) }
}

/// All names of a closed list, as messages show them.
pub(super) fn alternatives<T: Named>() -> String {
    let names: Vec<_> = T::named().into_iter().map(|(name, _)| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => names.concat(),
    }
}
