//! The known name that a misspelt one was probably meant to be.

/// The nearest of `known` to `name`, if it is near enough: at most two edits away, or a third of the length.
///
/// The first of several that are equally near.
pub fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let length = name.chars().count();
    // A name that would be replaced as a whole is not a misspelling.
    let far = 2.max(length / 3).min(length.saturating_sub(1));
    known
        .into_iter()
        // Each character more or less is an edit.
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= far)
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= far)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The Damerau-Levenshtein distance, blind to case: insertions, deletions, replacements, swaps of neighbours.
///
/// No piece is edited twice.
pub(crate) fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.to_lowercase().chars().collect();
    let mut above: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    let mut last_left = None;
    for (index, from) in left.to_lowercase().chars().enumerate() {
        let mut next = vec![index.saturating_add(1)];
        let mut last_right = None;
        for (column, to) in right.iter().copied().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX);
            let replaced = at(&row, column).saturating_add(usize::from(from != to));
            let removed = at(&row, column.saturating_add(1)).saturating_add(1);
            let added = at(&next, column).saturating_add(1);
            let mut least = replaced.min(removed).min(added);
            if last_left == Some(to) && last_right == Some(from) {
                least = least.min(at(&above, column.saturating_sub(1)).saturating_add(1));
            }
            next.push(least);
            last_right = Some(to);
        }
        above = row;
        row = next;
        last_left = Some(from);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_edits_and_swaps() {
        for (left, right, edits) in [
            ("", "", 0),
            ("", "abc", 3),
            ("scpoes", "scopes", 1),
            ("kitten", "sitting", 3),
            ("abcd", "acbd", 1),
            ("ab", "ba", 1),
            ("Scopes", "scopes", 0),
            ("ca", "abc", 3),
        ] {
            assert_eq!(distance(left, right), edits, "{left} {right}");
            assert_eq!(distance(right, left), edits, "{right} {left}");
        }
    }

    #[test]
    fn far_names_are_not_suggested() {
        assert_eq!(nearest("scpoes", ["roles", "scopes"]), Some("scopes"));
        assert_eq!(nearest("required_clams", ["required_claims"]), Some("required_claims"));
        assert_eq!(nearest("colour", ["scopes", "roles"]), None);
        assert_eq!(nearest("x", ["acr", "y"]), None);
        assert_eq!(nearest("", ["acr"]), None);
    }
}
