//! Imports in groups from far to near: the standard library, packages, this crate.

use crate::{Fault, source::Source};

/// Imports out of order, or groups that no blank line parts.
///
/// Only the imports at the head of a file, before its first item.
pub fn groups(source: &Source) -> Vec<Fault> {
    let masked: String = source.masked.iter().collect();
    let mut faults = Vec::new();
    let (mut last, mut blank, mut open) = (None, true, false);
    for (index, line) in masked.lines().enumerate() {
        if open {
            open = !line.contains(';');
        } else if let Some(path) = line.strip_prefix("use ") {
            let group = group_of(path);
            if let Some(before) = last {
                faults.extend(compare(source, index + 1, (before, group), blank));
            }
            last = Some(group);
            open = !line.contains(';');
            blank = false;
        } else if line.trim().is_empty() {
            blank = true;
        } else if !line.starts_with("#[") && !line.starts_with("mod ") && !line.starts_with("pub ")
        {
            break;
        }
    }
    faults
}

fn compare(source: &Source, line: usize, (before, group): (u8, u8), blank: bool) -> Option<Fault> {
    let fix = "write std, then packages, then crate and self, with a blank line between";
    if group < before {
        let what = "an import of a group that should stand before the one above";
        return Some(Fault::new(&source.path, line, what, fix));
    }
    if group != before && !blank {
        return Some(Fault::new(
            &source.path,
            line,
            "two groups of imports without a blank line",
            fix,
        ));
    }
    None
}

fn group_of(path: &str) -> u8 {
    let first = path.trim_start_matches("::").split([':', ';', ' ']).next().unwrap_or_default();
    match first {
        "std" | "core" | "alloc" => 0,
        "crate" | "self" | "super" => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> usize {
        groups(&Source::new("crates/x/src/a.rs", text)).len()
    }

    #[test]
    fn imports_out_of_order_are_found() {
        assert_eq!(faults("//! x\n\nuse crate::A;\n\nuse std::fs;\n"), 1);
        assert_eq!(faults("use serde::Serialize;\n\nuse std::fs;\n\nuse axum::Router;\n"), 1);
        assert_eq!(faults("use std::fs;\nuse serde::Serialize;\n"), 1);
    }

    #[test]
    fn imports_in_order_pass_and_those_of_tests_are_their_own() {
        let good = "//! x\n\nmod a;\n\nuse std::{\n    fs,\n};\n\nuse serde::S;\n\npub use self::a::B;\nuse crate::A;\n\nfn f() {\n    use std::fs;\n}\n";
        assert_eq!(faults(good), 0);
    }
}
