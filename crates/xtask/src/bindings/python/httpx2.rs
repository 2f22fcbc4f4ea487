//! `doorward.httpx2`: `doorward.httpx` over the library's second generation, whose names are the same.

use std::fs;

use crate::bindings::Derived;
use crate::project::Project;

const FROM: &str = "bindings/python/python/doorward/httpx.py";
const PATH: &str = "bindings/python/python/doorward/httpx2.py";

const NOTE: &str = "# Derived from httpx.py by `cargo xtask generate`, never edited by hand.\n";

pub(super) fn derived(project: &Project) -> Result<Derived, String> {
    let text = fs::read_to_string(project.root().join(FROM)).map_err(|error| format!("{FROM}: {error}"))?;
    let (opening, rest) = text.split_once("\n\n").ok_or(format!("{FROM}: no line of opening"))?;
    let content = format!("{opening}\n\n{NOTE}\n{rest}").replace("httpx", "httpx2");
    Ok(Derived {
        path: PATH.to_owned(),
        content: content.replace("httpx2.py by", "httpx.py by").into_bytes(),
    })
}
