//! Headers, and how long files and functions may be.

use crate::{
    Fault,
    source::{Source, end_of_item},
};

/// Lines of a file.
pub const FILE_LINES_MAX: usize = 600;
/// Lines of code of a function.
pub const FUNCTION_LINES_MAX: usize = 70;

/// A file that does not begin with `//!`.
pub fn header(source: &Source) -> Vec<Fault> {
    if source.text.starts_with("//! ") {
        return Vec::new();
    }
    let fix = "say in 1 to 8 lines what the file answers for and what it refuses to know";
    vec![Fault::new(&source.path, 1, "the file does not begin with `//! `", fix)]
}

/// A file that ships and is too long.
pub fn file(source: &Source) -> Vec<Fault> {
    let lines = source.text.lines().count();
    if !source.ships() || lines <= FILE_LINES_MAX {
        return Vec::new();
    }
    let what = format!("{lines} lines, {FILE_LINES_MAX} allowed");
    vec![Fault::new(&source.path, lines, what, "split it by what its parts are about")]
}

/// Functions that ship and are too long; blank lines and comments do not count.
pub fn functions(source: &Source) -> Vec<Fault> {
    if !source.ships() {
        return Vec::new();
    }
    let code = source.shipped_code();
    let mut faults = Vec::new();
    for (start, name) in starts(&code) {
        let body: String = code.iter().take(end_of_item(&code, start)).skip(start).collect();
        let lines = body.lines().filter(|line| !line.trim().is_empty()).count();
        if lines > FUNCTION_LINES_MAX {
            let what = format!("`{name}` has {lines} lines, {FUNCTION_LINES_MAX} allowed");
            let fix = "keep the branches and move what each does into a function of its own";
            faults.push(Fault::new(&source.path, source.line_of(start), what, fix));
        }
    }
    faults
}

/// Where each `fn` begins, with its name.
pub fn starts(code: &[char]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (place, window) in code.windows(3).enumerate() {
        let before = place.checked_sub(1).and_then(|place| code.get(place));
        let begins = before.is_none_or(|letter| !letter.is_alphanumeric() && *letter != '_');
        if window == ['f', 'n', ' '] && begins {
            let name: String = code
                .iter()
                .skip(place + 3)
                .take_while(|letter| letter.is_alphanumeric() || **letter == '_')
                .collect();
            if !name.is_empty() {
                found.push((place, name));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(text: &str) -> Source {
        Source::new("crates/x/src/a.rs", text)
    }

    #[test]
    fn a_missing_header_is_found() {
        assert_eq!(header(&sample("use std::fs;\n//! late")).len(), 1);
        assert_eq!(header(&sample("//! What it is.\n")), []);
    }

    #[test]
    fn a_file_of_601_lines_is_found() {
        assert_eq!(file(&sample(&"x\n".repeat(601))).len(), 1);
        assert_eq!(file(&sample(&"x\n".repeat(600))), []);
    }

    #[test]
    fn a_function_of_71_lines_is_found_and_comments_do_not_count() {
        let long =
            format!("//! x\n\nfn short() {{}}\nfn long() {{\n{}}}\n", "    a();\n".repeat(69));
        let faults = functions(&sample(&long));
        assert_eq!(faults.len(), 1);
        assert_eq!(faults.first().map(|fault| fault.line), Some(4));
        assert_eq!(functions(&sample(&long.replace("a();", "// a"))), []);
        assert_eq!(functions(&sample(&format!("#[cfg(test)]\nmod tests {{ {long} }}"))), []);
    }
}
