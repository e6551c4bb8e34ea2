//! Error codes: each has a page and a message in both languages, and no page or message is left over.

use std::collections::BTreeMap;

use crate::{
    Fault,
    lengths::starts,
    messages::Messages,
    source::{Literal, Source, end_of_item},
};

/// Where each code stands first.
pub type Codes = BTreeMap<String, (String, usize)>;

/// The slice that puts its name before the codes of the file readers.
const READERS: (&str, &str) = ("crates/extract-core/src/error.rs", "knowledge.");

/// The codes in what ships: texts `area.name` in a `fn code(`, after `code:`, or with a message.
pub fn codes(sources: &[Source], messages: &Messages) -> Codes {
    let mut found = Codes::new();
    for source in sources.iter().filter(|source| source.ships()) {
        let code = source.shipped_code();
        let bodies: Vec<_> = starts(&code)
            .into_iter()
            .filter(|(_, name)| name == "code")
            .map(|(start, _)| start..end_of_item(&code, start))
            .collect();
        let shipped = source.literals.iter().filter(|literal| is_shipped(&code, literal.at));
        for literal in shipped {
            let in_body = bodies.iter().any(|body| body.contains(&literal.at));
            let is_field = before(&code, literal.at).ends_with("code:");
            let value = &literal.value;
            let told = messages.contains_key(&format!("error.{value}"));
            if is_code(value) && (in_body || is_field || told) {
                note(&mut found, source, literal, value.clone());
            } else if in_body && source.path == READERS.0 && is_name(value) {
                note(&mut found, source, literal, format!("{}{value}", READERS.1));
            }
        }
    }
    found
}

fn note(found: &mut Codes, source: &Source, literal: &Literal, code: String) {
    found.entry(code).or_insert_with(|| (source.path.clone(), literal.line));
}

/// Whether the statement around `at` was left standing: what is for tests is blank all around.
fn is_shipped(code: &[char], at: usize) -> bool {
    let around = code.iter().skip(at.saturating_sub(60)).take(60);
    around.filter(|letter| !letter.is_whitespace()).count() > 1
}

/// What stands before a text on its line, without blanks.
fn before(code: &[char], at: usize) -> String {
    let head = code.get(..at).unwrap_or_default();
    let from = head.iter().rposition(|letter| *letter == '\n').unwrap_or_default();
    head.iter().skip(from).filter(|letter| !letter.is_whitespace()).collect()
}

fn is_code(value: &str) -> bool {
    value.split_once('.').is_some_and(|(area, name)| is_name(area) && is_name(name))
}

fn is_name(value: &str) -> bool {
    let mut letters = value.chars();
    letters.next().is_some_and(|letter| letter.is_ascii_lowercase())
        && letters
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}

/// Codes without a page or message; pages and messages without a code; pages without their name.
///
/// `pages`: the text of each page by the code that names its file.
pub fn gaps(codes: &Codes, pages: &BTreeMap<String, String>, messages: &Messages) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (code, (path, line)) in codes {
        let page = format!("docs/errors/{code}.md");
        match pages.get(code) {
            None => {
                let fix = "say there what happened and what to do, in English and Japanese";
                faults.push(Fault::new(path, *line, format!("{code} has no page {page}"), fix));
            }
            Some(text) if text.lines().next() != Some(&format!("# {code}")) => {
                faults.push(Fault::new(
                    &page,
                    1,
                    "the page does not begin with its code",
                    format!("# {code}"),
                ));
            }
            Some(_) => {}
        }
        if !messages.contains_key(&format!("error.{code}")) {
            let what = format!("{code} has no message `error.{code}`");
            faults.push(Fault::new(
                path,
                *line,
                what,
                "add it to web/messages/ja.json and en.json",
            ));
        }
    }
    for code in pages.keys().filter(|code| !codes.contains_key(*code)) {
        let page = format!("docs/errors/{code}.md");
        faults.push(Fault::new(&page, 1, "nothing gives this code any more", "remove the page"));
    }
    for key in messages.keys() {
        let Some(code) = key.strip_prefix("error.").filter(|code| is_code(code)) else { continue };
        // What only the browser can notice.
        if !code.starts_with("client.") && !codes.contains_key(code) {
            let what = format!("nothing gives the code of `{key}` any more");
            faults.push(Fault::new(
                "web/messages/ja.json",
                1,
                what,
                "remove the message in both languages",
            ));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "//! x\nfn code(&self) -> &str {\n match self { A => \"area.one\" }\n}\nfn other() { Failure { code: \"area.two\", a: \"not.this\" } }\n#[cfg(test)]\nmod tests {\n fn f() { X { code: \"area.test\" } }\n}\n";

    fn of(path: &str) -> Codes {
        codes(&[Source::new(path, FILE)], &Messages::new())
    }

    #[test]
    fn codes_are_found_in_bodies_and_fields_and_not_in_tests() {
        let found = of("crates/x/src/error.rs");
        assert_eq!(found.keys().collect::<Vec<_>>(), ["area.one", "area.two"]);
        assert_eq!(found.get("area.one").map(|place| place.1), Some(3));
        assert!(of("crates/testkit/src/a.rs").is_empty());
        let readers = FILE.replace("area.one", "document_empty");
        let found =
            codes(&[Source::new("crates/extract-core/src/error.rs", &readers)], &Messages::new());
        assert!(found.contains_key("knowledge.document_empty"));
    }

    #[test]
    fn a_missing_page_a_wrong_title_and_what_is_left_over_are_found() {
        let codes = of("crates/x/src/error.rs");
        let page = |code: &str, text: &str| (code.to_owned(), text.to_owned());
        let messages = |keys: &[&str]| {
            keys.iter().map(|key| (format!("error.{key}"), "x".to_owned())).collect::<Messages>()
        };
        let good = [page("area.one", "# area.one\n"), page("area.two", "# area.two\n")].into();
        let told = messages(&["area.one", "area.two", "client.cut_off"]);
        assert_eq!(gaps(&codes, &good, &told), []);
        let bad = [page("area.one", "# other\n"), page("area.gone", "# area.gone\n")].into();
        assert_eq!(gaps(&codes, &bad, &messages(&["area.one", "area.gone"])).len(), 5);
    }
}
