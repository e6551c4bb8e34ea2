//! Which paragraph styles are headings, and of what level.

use std::collections::HashMap;

use crate::{
    error::ExtractError,
    xml::{self, Node},
};

/// Styles inherit from one another no deeper than this.
const BASED_ON_MAX: usize = 16;

#[derive(Debug, Default)]
pub(super) struct Styles {
    by_id: HashMap<String, Style>,
}

#[derive(Debug, Default)]
struct Style {
    level: Option<u8>,
    is_title: bool,
    is_list: bool,
    based_on: Option<String>,
}

impl Styles {
    pub(super) fn read(part: &str, max_depth: usize) -> Result<Self, ExtractError> {
        let mut by_id = HashMap::new();
        let mut open: Option<(String, Style)> = None;
        xml::walk(part, "docx", max_depth, &mut |node| {
            match node {
                Node::Start("style", attributes) => {
                    open = attributes.get("styleId").map(|id| (id, Style::default()));
                }
                Node::End("style") => by_id.extend(open.take()),
                Node::Start(name, attributes) => {
                    if let Some((_, style)) = &mut open {
                        style.take(name, &attributes.get("val").unwrap_or_default());
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(Self { by_id })
    }

    /// The heading level of a style, its own or inherited, from 1.
    pub(super) fn level(&self, id: &str) -> Option<u8> {
        self.lineage(id).find_map(|style| style.level)
    }

    pub(super) fn is_title(&self, id: &str) -> bool {
        self.by_id.get(id).is_some_and(|style| style.is_title)
    }

    pub(super) fn is_list(&self, id: &str) -> bool {
        self.lineage(id).any(|style| style.is_list)
    }

    fn lineage(&self, id: &str) -> impl Iterator<Item = &Style> {
        let first = self.by_id.get(id);
        std::iter::successors(first, |style| self.by_id.get(style.based_on.as_ref()?))
            .take(BASED_ON_MAX)
    }
}

impl Style {
    fn take(&mut self, element: &str, value: &str) {
        match element {
            "name" => {
                let name = value.trim().to_lowercase();
                self.level = self.level.or_else(|| level_of_name(&name));
                self.is_title = matches!(name.as_str(), "title" | "表題" | "タイトル");
            }
            "basedOn" => self.based_on = Some(value.to_owned()),
            "outlineLvl" => self.level = level_of_outline(value),
            "numId" => self.is_list = value != "0",
            _ => {}
        }
    }
}

/// `heading 2`, `見出し 2`, `見出し２`.
fn level_of_name(name: &str) -> Option<u8> {
    let rest = name.strip_prefix("heading").or_else(|| name.strip_prefix("見出し"))?;
    let digit = match rest.trim().chars().next()? {
        wide @ '１'..='９' => u8::try_from(u32::from(wide) - u32::from('０')).ok()?,
        digit => u8::try_from(digit.to_digit(10)?).ok()?,
    };
    (1..=9).contains(&digit).then_some(digit)
}

/// Outline levels count from 0; 9 is body text.
pub(super) fn level_of_outline(value: &str) -> Option<u8> {
    value.parse::<u8>().ok().filter(|&level| level < 9).map(|level| level + 1)
}
