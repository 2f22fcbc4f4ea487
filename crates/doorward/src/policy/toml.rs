//! From TOML text to the tree.

use super::document::{DEPTH, Lines, Member, Node, Value};
use crate::error::{LoadError, LoadErrors};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads a TOML document.
///
/// # Errors
///
/// Text that is not TOML, integers beyond 64 bits, and values that nest too deep.
pub(super) fn read(text: &str, lines: &Lines<'_>) -> Result<Node, LoadErrors> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if let Some(errors) = LoadErrors::from_vec(syntax(&errors, lines)) {
        return Err(errors);
    }
    let mut faults = Vec::new();
    let root = Node { start: 0, value: self::table(table.into_inner(), 1, lines, &mut faults) };
    match LoadErrors::from_vec(faults) {
        Some(errors) => Err(errors),
        None => Ok(root),
    }
}

/// The first fault of each line: the parser goes on after a fault, and may take its tail for another.
fn syntax(errors: &[toml::de::Error], lines: &Lines<'_>) -> Vec<LoadError> {
    let mut faults: Vec<LoadError> = errors
        .iter()
        .map(|error| {
            // Its `Display` would print the line of the text, which may hold a secret; its message does not.
            let message = format!("not valid TOML: {}", error.message().replace('\n', " "));
            LoadError::new("", message).at(lines.position(error.span().map_or(0, |span| span.start)))
        })
        .collect();
    faults.sort_by_key(|fault| fault.at);
    faults.dedup_by_key(|fault| fault.at.map(|at| at.line));
    faults
}

fn table(table: DeTable<'_>, depth: usize, lines: &Lines<'_>, faults: &mut Vec<LoadError>) -> Value {
    let mut members: Vec<Member> = table
        .into_iter()
        .map(|(name, value)| Member {
            name_start: name.span().start,
            name: name.into_inner().into_owned(),
            node: node(value, depth, lines, faults),
        })
        .collect();
    members.sort_by_key(|member| member.name_start);
    Value::Table(members)
}

fn node(value: Spanned<DeValue<'_>>, depth: usize, lines: &Lines<'_>, faults: &mut Vec<LoadError>) -> Node {
    let start = value.span().start;
    let mut fault = |message: &str| {
        faults.push(LoadError::new("", message).at(lines.position(start)));
        Value::Null
    };
    let value = match value.into_inner() {
        DeValue::String(text) => Value::String(text.into_owned()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Integer(number),
            Err(_) => fault("expected an integer of 64 bits, found one that is too large"),
        },
        // TOML allows a sign that JSON does not.
        DeValue::Float(number) => Value::Float(number.as_str().trim_start_matches('+').to_owned()),
        DeValue::Boolean(truth) => Value::Boolean(truth),
        DeValue::Datetime(time) => Value::Datetime(time.to_string()),
        DeValue::Array(_) | DeValue::Table(_) if depth >= DEPTH => {
            fault(&format!("expected at most {DEPTH} levels of nesting, found more"))
        }
        DeValue::Array(elements) => Value::Array(
            elements
                .into_iter()
                .map(|element| node(element, depth.saturating_add(1), lines, faults))
                .collect(),
        ),
        DeValue::Table(members) => table(members, depth.saturating_add(1), lines, faults),
    };
    Node { start, value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(text: &str) -> Vec<Member> {
        match read(text, &Lines::new(text)).unwrap().value {
            Value::Table(members) => members,
            _ => panic!("the document is a table"),
        }
    }

    fn fault(text: &str) -> String {
        match read(text, &Lines::new(text)) {
            Ok(_) => panic!("{text} was read"),
            Err(errors) => errors.to_string(),
        }
    }

    #[test]
    fn members_keep_the_order_and_the_places_of_the_text() {
        let read = members("z = 1\na = \"b\"\n[m.x]\n[[l]]\n");
        let names: Vec<_> = read.iter().map(|m| (m.name.as_str(), m.name_start, m.node.start)).collect();
        assert_eq!(names, [("z", 0, 4), ("a", 6, 10), ("m", 15, 15), ("l", 22, 20)]);
    }

    #[test]
    fn a_syntax_error_keeps_its_line_and_column_and_shows_no_text() {
        let text = "realm = \"x\"\nk = \"hunter2\" \"hunter2\"\n";
        assert!(fault(text).starts_with("2:15: not valid TOML: "), "{}", fault(text));
        assert!(!fault(text).contains("hunter2"));
    }

    #[test]
    fn each_line_with_a_syntax_error_is_reported_once() {
        let found = fault("realm = orders\nleeway = \"1m\"\na = [1 2\n");
        let places: Vec<_> = found.lines().map(|line| line.split(": ").next().unwrap()).collect();
        assert_eq!(places[..2], ["1:9", "3:6"], "{found}");
    }

    #[test]
    fn a_key_given_twice_is_refused_where_it_comes_again() {
        assert_eq!(fault("a = 1\na = 2\n"), "2:1: not valid TOML: duplicate key");
    }

    #[test]
    fn an_integer_beyond_64_bits_is_refused() {
        assert!(fault("a = 9223372036854775808").starts_with("1:5: expected an integer of 64 bits"));
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = format!("a = {}{}", "[".repeat(DEPTH - 1), "]".repeat(DEPTH - 1));
        assert_eq!(members(&deep).len(), 1);
        let deeper = format!("a = {}{}", "[".repeat(DEPTH), "]".repeat(DEPTH));
        assert_eq!(fault(&deeper), "1:68: expected at most 64 levels of nesting, found more");
        assert!(fault(&format!("a = {}", "[".repeat(100_000))).contains("not valid TOML"));
        assert!(fault(&format!("a{} = 1", ".a".repeat(100_000))).contains("not valid TOML"));
    }

    #[test]
    fn numbers_are_the_text_that_json_would_write() {
        let read = members("a = +1_000.5\nb = 0x1f\nc = inf\nd = -3\n");
        let text: Vec<_> = read.iter().map(|m| m.node.value.number_text()).collect();
        assert_eq!(text, [Some("1000.5".into()), Some("31".into()), None, Some("-3".into())]);
    }
}
