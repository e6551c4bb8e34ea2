//! Words that do not belong in the tree.

use crate::{
    Fault,
    source::{Source, find},
};

const NOWHERE: [(&str, &str); 4] = [
    ("todo!(", "write it, or leave it out"),
    ("unimplemented!(", "write it, or leave it out"),
    ("dbg!(", "remove it, or log with tracing"),
    ("#[ignore", "make the test run, or remove it"),
];

/// Left-overs, ignored tests, and lints that are switched off without a reason.
pub fn banned(source: &Source) -> Vec<Fault> {
    let mut faults: Vec<_> =
        NOWHERE.iter().flat_map(|(word, fix)| each(source, &source.masked, word, fix)).collect();
    if source.ships() {
        let code = source.shipped_code();
        let fix = "mend what the lint says, or #[expect(lint, reason = \"…\")]";
        faults.extend(each(source, &code, "#[allow(", fix));
        faults.extend(each(source, &code, "#![allow(", fix));
    }
    faults
}

fn each(source: &Source, code: &[char], word: &str, fix: &str) -> Vec<Fault> {
    let mark: Vec<char> = word.chars().collect();
    let mut faults = Vec::new();
    let mut at = 0;
    while let Some(place) = find(code, &mark, at) {
        let before = place.checked_sub(1).and_then(|place| code.get(place));
        if before.is_none_or(|letter| !letter.is_alphanumeric() && *letter != '_') {
            faults.push(Fault::new(&source.path, source.line_of(place), format!("`{word}`"), fix));
        }
        at = place + mark.len();
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn left_overs_are_found_in_code_and_not_in_texts() {
        let text =
            "fn a() { todo!() }\n// todo!(\nlet b = \"dbg!(\";\n#[allow(dead_code)]\n#[ignore]\n";
        let lines: Vec<_> = banned(&Source::new("crates/x/src/a.rs", text))
            .iter()
            .map(|fault| fault.line)
            .collect();
        assert_eq!(lines, [1, 5, 4]);
    }
}
