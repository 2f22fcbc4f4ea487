//! Lists that were handed out as views: they stay as they are, whatever an engine is loaded with later.

use crate::text::Str;

/// Lists that hosts have views of: one for each that was ever different from those before.
#[derive(Default)]
pub(crate) struct Lists {
    fields: Vec<Box<[Str]>>,
    warnings: Vec<Warnings>,
}

/// Warnings, and the views of them.
struct Warnings {
    texts: Vec<String>,
    views: Box<[Str]>,
}

// SAFETY: the views point into texts beside them, which never change and live as long as they do, or to constants.
unsafe impl Send for Lists {}

impl Lists {
    /// The views of the names of fields, for as long as this lives.
    pub(crate) fn fields(&mut self, fields: doorward::Fields) -> (*const Str, usize) {
        let is = |list: &[Str]| {
            list.iter().map(|name| name.place()).eq(fields.iter().map(|name| Str::of(name).place()))
        };
        let known = self.fields.iter().find(|list| is(list)).map(|list| (list.as_ptr(), list.len()));
        known.unwrap_or_else(|| {
            let list: Box<[Str]> = fields.iter().map(Str::of).collect();
            let view = (list.as_ptr(), list.len());
            self.fields.push(list);
            view
        })
    }

    /// The views of warnings, for as long as this lives.
    pub(crate) fn warnings(&mut self, texts: Vec<String>) -> (*const Str, usize) {
        let known = self.warnings.iter().find(|known| known.texts == texts);
        known.map(|known| (known.views.as_ptr(), known.views.len())).unwrap_or_else(|| {
            let views: Box<[Str]> = texts.iter().map(|text| Str::of(text)).collect();
            let view = (views.as_ptr(), views.len());
            self.warnings.push(Warnings { texts, views });
            view
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use doorward::{Engine, Fields, Format};

    fn texts((data, len): (*const Str, usize)) -> Vec<String> {
        // SAFETY: a list of this test, which lives still.
        let views = unsafe { core::slice::from_raw_parts(data, len) };
        // SAFETY: as above.
        views.iter().map(|view| unsafe { view.utf8() }.unwrap().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn a_view_outlives_what_comes_after_it() {
        let mut lists = Lists::default();
        let first = lists.warnings(vec!["one".to_owned()]);
        let none = lists.warnings(Vec::new());
        for round in 0..100 {
            lists.warnings(vec![format!("warning {round}")]);
        }
        assert_eq!((texts(first), texts(none)), (vec!["one".to_owned()], Vec::new()));
        assert_eq!(lists.warnings(vec!["one".to_owned()]), first, "the same warnings are kept once");
    }

    #[test]
    fn a_set_of_fields_is_kept_once() {
        let text = "[[routes]]\npath = '/'\naccept = 'anyone'\n";
        let few = Engine::load_text(text, Format::Toml, None).unwrap().fields();
        let mut lists = Lists::default();
        let (all, some) = (lists.fields(Fields::ALL), lists.fields(few));
        assert_eq!((lists.fields(few), lists.fields(Fields::ALL)), (some, all));
        assert_eq!(texts(some), ["authorization"]);
        assert_eq!(texts(all).len(), Fields::ALL.len());
    }
}
