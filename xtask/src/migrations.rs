//! Migrations: numbered without a gap, and never edited once they are in `migrations/HASHES`.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::Fault;

const LIST: &str = "migrations/HASHES";

/// Gaps and doubles in the numbers of the files, given by name.
pub fn numbers(names: &[String]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let wanted = format!("{:04}_", index + 1);
        if !name.starts_with(&wanted) {
            let what = format!("the name does not begin with {wanted}");
            faults.push(Fault::new(
                &format!("migrations/{name}"),
                1,
                what,
                "number them without a gap",
            ));
        }
    }
    faults
}

/// Files that differ from the list, are not in it, or are gone.
pub fn hashes(files: &BTreeMap<String, String>, list: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut listed = BTreeMap::new();
    for (index, line) in list.lines().enumerate() {
        if let Some((hash, name)) = line.split_once("  ") {
            listed.insert(name, (index + 1, hash));
        }
    }
    for (name, text) in files {
        let found = sha256(text);
        match listed.remove(name.as_str()) {
            None => faults.push(Fault::new(
                LIST,
                1,
                format!("{name} is not listed"),
                format!("once it is final, add the line: {found}  {name}"),
            )),
            Some((line, hash)) if hash != found => faults.push(Fault::new(
                LIST,
                line,
                format!("{name} was edited"),
                "put it back and write a new migration; databases have run this one",
            )),
            Some(_) => {}
        }
    }
    for (name, (line, _)) in listed {
        faults.push(Fault::new(LIST, line, format!("{name} is gone"), "put it back"));
    }
    faults
}

/// The SHA-256 of a text, in hexadecimal.
pub fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |hash, byte| {
        let (high, low) = (u32::from(byte >> 4), u32::from(byte & 15));
        hash + &[high, low]
            .iter()
            .filter_map(|digit| char::from_digit(*digit, 16))
            .collect::<String>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_found() {
        let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(numbers(&names(&["0001_a.sql", "0002_b.sql"])), []);
        assert_eq!(numbers(&names(&["0001_a.sql", "0003_b.sql"])).len(), 1);
        assert_eq!(numbers(&names(&["0001_a.sql", "0001_b.sql"])).len(), 1);
    }

    #[test]
    fn an_edited_a_new_and_a_lost_migration_are_found() {
        let files = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
        };
        let list = format!("{}  0001_a.sql\n", sha256("a"));
        assert_eq!(hashes(&files(&[("0001_a.sql", "a")]), &list), []);
        assert_eq!(hashes(&files(&[("0001_a.sql", "b")]), &list).len(), 1);
        assert_eq!(hashes(&files(&[("0001_a.sql", "a"), ("0002_b.sql", "b")]), &list).len(), 1);
        assert_eq!(hashes(&files(&[]), &list).len(), 1);
    }
}
