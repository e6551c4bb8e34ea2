//! Paths of one machine and names of registries, which mean nothing elsewhere.

use crate::Fault;

// Written in parts, so that this file does not find itself.
const PLACES: [(&str, &str); 3] = [("/ro", "ot/"), ("/ho", "me/"), ("/Us", "ers/")];
const HOSTS: [(&str, &str); 5] = [
    ("index.crates", ".io"),
    ("static.crates", ".io"),
    ("files.python", "hosted.org"),
    ("registry.npm", "js.org"),
    ("deb.deb", "ian.org"),
];

/// Absolute paths of a machine, and names of registry hosts.
pub fn found(path: &str, text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for (head, tail) in PLACES {
            if has_path(line, &format!("{head}{tail}")) {
                let what = format!("the absolute path {head}{tail}");
                faults.push(Fault::new(
                    path,
                    index + 1,
                    what,
                    "name it from the root of the tree, or by a variable",
                ));
            }
        }
        for (head, tail) in HOSTS {
            if line.contains(&format!("{head}{tail}")) {
                let what = format!("the registry host {head}{tail}");
                faults.push(Fault::new(
                    path,
                    index + 1,
                    what,
                    "name the package and let the ordinary client find it",
                ));
            }
        }
    }
    faults
}

/// Whether `line` holds `place` at the beginning of a path, not in the middle of one.
fn has_path(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|letter| !letter.is_alphanumeric() && !"._-/}~*".contains(letter))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_a_machine_and_a_host_are_found() {
        let text =
            format!("cd {}{}me\nfrom https://{}{}/x\n", "/ho", "me/", "registry.npm", "js.org");
        assert_eq!(found("a.md", &text).iter().map(|fault| fault.line).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(found("a.md", &format!("routes{}{}x, ~/x, $HOME/x", "/ho", "me/")), []);
    }
}
