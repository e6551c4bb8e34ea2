//! A Rust file with its comments and texts blanked out, and its texts beside it.
//!
//! Enough of the grammar to find functions and braces: comments (nested ones too), plain, raw and
//! byte strings, characters and lifetimes. Positions are counted in characters.

/// A text that stands in quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// Position of its first quote.
    pub at: usize,
    /// Counted from 1.
    pub line: usize,
    /// What is between the quotes, as written.
    pub value: String,
}

/// A Rust file, read.
#[derive(Debug, Clone)]
pub struct Source {
    /// Path from the root of the repository.
    pub path: String,
    /// The file as written.
    pub text: String,
    /// As many characters as `text`: line ends and code as written, all else blank.
    pub masked: Vec<char>,
    /// The texts in quotes, in order.
    pub literals: Vec<Literal>,
}

impl Source {
    /// Reads the file at `path` that holds `text`.
    pub fn new(path: &str, text: &str) -> Self {
        let (masked, literals) = Reader::new(text).read();
        Self { path: path.to_owned(), text: text.to_owned(), masked, literals }
    }

    /// Whether what the file holds ships: no tests, no test kit.
    pub fn ships(&self) -> bool {
        let tests = ["/tests/", "/examples/", "/benches/"];
        self.path.starts_with("crates/")
            && !self.path.starts_with("crates/testkit/")
            && !tests.iter().any(|folder| self.path.contains(folder))
            && !self.path.ends_with("/tests.rs")
    }

    /// The masked file without what follows `#[cfg(test)]`.
    pub fn shipped_code(&self) -> Vec<char> {
        let mut code = self.masked.clone();
        let mark: Vec<char> = "#[cfg(test)]".chars().collect();
        let mut at = 0;
        while let Some(start) = find(&code, &mark, at) {
            let end = end_of_item(&code, start + mark.len());
            for place in code.iter_mut().take(end).skip(start).filter(|place| **place != '\n') {
                *place = ' ';
            }
            at = end;
        }
        code
    }

    /// The line of a position, counted from 1.
    pub fn line_of(&self, at: usize) -> usize {
        self.masked.iter().take(at).filter(|letter| **letter == '\n').count() + 1
    }
}

/// The first place of `mark` in `code` from `from` on.
pub fn find(code: &[char], mark: &[char], from: usize) -> Option<usize> {
    let rest = code.get(from..)?;
    rest.windows(mark.len()).position(|window| window == mark).map(|place| place + from)
}

/// Where the item ends that begins after `from`: behind its block, or behind its semicolon.
pub fn end_of_item(code: &[char], from: usize) -> usize {
    let mut depth = 0_usize;
    for (place, letter) in code.iter().enumerate().skip(from) {
        match letter {
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return place + 1;
                }
            }
            ';' if depth == 0 => return place + 1,
            _ => {}
        }
    }
    code.len()
}

struct Reader {
    letters: Vec<char>,
    at: usize,
    line: usize,
    masked: Vec<char>,
    literals: Vec<Literal>,
}

impl Reader {
    fn new(text: &str) -> Self {
        let letters: Vec<char> = text.chars().collect();
        let masked = Vec::with_capacity(letters.len());
        Self { letters, at: 0, line: 1, masked, literals: Vec::new() }
    }

    fn read(mut self) -> (Vec<char>, Vec<Literal>) {
        while let Some(letter) = self.peek(0) {
            match (letter, self.peek(1)) {
                ('/', Some('/')) => self.blank_while(|reader| reader.peek(0) != Some('\n')),
                ('/', Some('*')) => self.block_comment(),
                ('"', _) => self.string(0),
                ('r', Some('"' | '#')) if !self.in_word() => self.raw_or_code(),
                ('b', Some('r')) if !self.in_word() && matches!(self.peek(2), Some('"' | '#')) => {
                    self.keep();
                    self.raw_or_code();
                }
                ('\'', next) => self.quote(next),
                _ => self.keep(),
            }
        }
        (self.masked, self.literals)
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.letters.get(self.at + ahead).copied()
    }

    fn in_word(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|place| self.letters.get(place));
        before.is_some_and(|letter| letter.is_alphanumeric() || *letter == '_')
    }

    fn step(&mut self, shown: bool) {
        let Some(letter) = self.peek(0) else { return };
        self.masked.push(if shown || letter == '\n' { letter } else { ' ' });
        self.line += usize::from(letter == '\n');
        self.at += 1;
    }

    fn keep(&mut self) {
        self.step(true);
    }

    fn blank_while(&mut self, more: impl Fn(&Self) -> bool) {
        while self.peek(0).is_some() && more(self) {
            self.step(false);
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        while let Some(letter) = self.peek(0) {
            match (letter, self.peek(1)) {
                ('/', Some('*')) => depth += 1,
                ('*', Some('/')) => depth -= 1,
                _ => {
                    self.step(false);
                    continue;
                }
            }
            self.step(false);
            self.step(false);
            if depth == 0 {
                return;
            }
        }
    }

    /// A raw string, or the letter `r` of a raw name.
    fn raw_or_code(&mut self) {
        let hashes =
            self.letters.iter().skip(self.at + 1).take_while(|letter| **letter == '#').count();
        if self.peek(1 + hashes) != Some('"') {
            return self.keep();
        }
        for _ in 0..=hashes {
            self.step(false);
        }
        self.string(hashes + 1);
    }

    /// From the first quote to behind the last. `raw`: 0, or the number of hashes and one.
    fn string(&mut self, raw: usize) {
        let (at, line) = (self.at, self.line);
        let mut value = String::new();
        self.step(false);
        while let Some(letter) = self.peek(0) {
            let ends = letter == '"' && (1..raw).all(|ahead| self.peek(ahead) == Some('#'));
            if ends {
                break;
            }
            value.push(letter);
            self.step(false);
            if raw == 0 && letter == '\\' {
                value.extend(self.peek(0));
                self.step(false);
            }
        }
        for _ in 0..raw.max(1) {
            self.step(false);
        }
        self.literals.push(Literal { at, line, value });
    }

    /// A character, or the tick of a lifetime.
    fn quote(&mut self, next: Option<char>) {
        if next == Some('\\') {
            self.step(false);
            self.step(false);
            self.step(false);
            self.blank_while(|reader| reader.peek(0) != Some('\''));
            self.step(false);
        } else if self.peek(2) == Some('\'') {
            (0..3).for_each(|_| self.step(false));
        } else {
            self.keep();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        Source::new("crates/x/src/a.rs", text).masked.iter().collect()
    }

    #[test]
    fn comments_and_texts_become_blank_and_nothing_moves() {
        let text = "let a = \"{ \\\" //\"; // }\n/* { /* } */ */ let b = '{'; fn f<'a>() {}";
        let found = masked(text);
        assert_eq!(found.chars().count(), text.chars().count());
        assert_eq!(found.matches(['{', '}']).collect::<String>(), "{}");
        assert!(found.contains("fn f<'a>() {}"));
    }

    #[test]
    fn raw_texts_end_at_their_hashes() {
        let source =
            Source::new("a.rs", "let a = r#\"x \" { y\"#; let r#type = br\"}\"; '\\''; '\\u{7b}'");
        let values: Vec<_> = source.literals.iter().map(|literal| literal.value.as_str()).collect();
        assert_eq!(values, ["x \" { y", "}"]);
        assert!(!source.masked.contains(&'{'));
    }

    #[test]
    fn what_is_for_tests_is_left_out() {
        let text =
            "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() {}\n}\n#[cfg(test)]\nmod t;\nfn c() {}";
        let code: String = Source::new("a.rs", text).shipped_code().iter().collect();
        assert!(code.contains("fn a") && code.contains("fn c") && !code.contains("fn b"));
        assert_eq!(code.lines().count(), text.lines().count());
    }
}
