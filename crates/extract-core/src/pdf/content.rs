//! The content of a page, operator by operator: which text is shown where, and how large.

use std::{collections::HashMap, rc::Rc};

use lopdf::{Dictionary, Document, Object, ObjectId, content::Content, content::Operation};

use super::font::Font;
use crate::{error::ExtractError, model::Limits};

/// Forms inside one another.
const FORM_DEPTH_MAX: usize = 8;
/// Saved states inside one another.
const STATE_DEPTH_MAX: usize = 128;
/// Operators of a whole document, so that forms that show each other end.
const OPERATIONS_MAX: usize = 50_000_000;

/// A piece of text on a page, in points from the lower left corner.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Span {
    pub(crate) text: String,
    pub(crate) start: f32,
    pub(crate) end: f32,
    /// Where the baseline is: the height, or for vertical writing the distance from the right.
    pub(crate) baseline: f32,
    pub(crate) size: f32,
    pub(crate) is_vertical: bool,
}

/// Where the unit steps to the right and upwards lead, and where the origin lies.
#[derive(Debug, Clone, Copy)]
struct Matrix {
    right: (f32, f32),
    up: (f32, f32),
    origin: (f32, f32),
}

impl Matrix {
    const UNIT: Self = Self { right: (1.0, 0.0), up: (0.0, 1.0), origin: (0.0, 0.0) };

    /// First `self`, then `after`.
    fn then(self, after: Self) -> Self {
        let turn = |(x, y): (f32, f32)| {
            (x * after.right.0 + y * after.up.0, x * after.right.1 + y * after.up.1)
        };
        let origin = turn(self.origin);
        Self {
            right: turn(self.right),
            up: turn(self.up),
            origin: (origin.0 + after.origin.0, origin.1 + after.origin.1),
        }
    }

    fn shift(x: f32, y: f32) -> Self {
        Self { origin: (x, y), ..Self::UNIT }
    }

    /// How much a length grows upwards.
    fn scale(self) -> f32 {
        self.up.0.hypot(self.up.1)
    }
}

#[derive(Clone)]
struct State<'d> {
    page: Matrix,
    font: Option<Rc<Font<'d>>>,
    size: f32,
    char_space: f32,
    word_space: f32,
    stretch: f32,
    leading: f32,
    rise: f32,
}

pub(super) struct Interpreter<'d> {
    document: &'d Document,
    limits: &'d Limits,
    fonts: HashMap<*const Dictionary, Rc<Font<'d>>>,
    operations: usize,
    expanded_bytes: usize,
    pub(super) unreadable: usize,
}

impl<'d> Interpreter<'d> {
    pub(super) fn new(document: &'d Document, limits: &'d Limits) -> Self {
        Self {
            document,
            limits,
            fonts: HashMap::new(),
            operations: 0,
            expanded_bytes: 0,
            unreadable: 0,
        }
    }

    /// The text of a page in the order in which the page shows it.
    pub(super) fn read_page(
        &mut self,
        page: ObjectId,
        check_cancel: &dyn Fn() -> Result<(), ExtractError>,
    ) -> Result<Vec<Span>, ExtractError> {
        check_cancel()?;
        let left = self.limits.expanded_bytes.saturating_sub(self.expanded_bytes);
        let content = self.document.get_page_content_with_limit(page, left);
        let content = content.map_err(|_| ExtractError::Bomb { what: "expanded size" })?;
        let mut resources = Vec::new();
        if let Ok((inline, referenced)) = self.document.get_page_resources(page) {
            resources.extend(inline);
            resources
                .extend(referenced.iter().filter_map(|&id| self.document.get_dictionary(id).ok()));
        }
        let mut spans = Vec::new();
        let mut frame = Frame { resources, spans: &mut spans, check_cancel, depth: 0 };
        self.run(&content, Matrix::UNIT, &mut frame)?;
        Ok(spans)
    }

    fn run(
        &mut self,
        content: &[u8],
        page: Matrix,
        frame: &mut Frame<'_, 'd>,
    ) -> Result<(), ExtractError> {
        self.expanded_bytes = self.expanded_bytes.saturating_add(content.len());
        let mut text = Text::new(page);
        for operation in Content::decode_iter(content) {
            let Ok(operation) = operation else { return Ok(()) };
            self.operations += 1;
            if self.operations > OPERATIONS_MAX {
                return Err(ExtractError::Bomb { what: "operators" });
            }
            if self.operations.is_multiple_of(1000) {
                (frame.check_cancel)()?;
            }
            match operation.operator.as_str() {
                "Tf" => self.set_font(&operation, &mut text, frame),
                "Do" => self.show_form(&operation, &text, frame)?,
                _ => self.unreadable += text.take(&operation, frame.spans),
            }
        }
        Ok(())
    }

    fn set_font(&mut self, operation: &Operation, text: &mut Text<'d>, frame: &Frame<'_, 'd>) {
        let [Object::Name(name), size, ..] = operation.operands.as_slice() else { return };
        text.state.size = size.as_float().unwrap_or(0.0);
        let font = frame.resource(self.document, b"Font", name);
        text.state.font = font.and_then(|object| object.as_dict().ok()).map(|dictionary| {
            let read = || Rc::new(Font::read(self.document, dictionary));
            Rc::clone(self.fonts.entry(std::ptr::from_ref(dictionary)).or_insert_with(read))
        });
    }

    fn show_form(
        &mut self,
        operation: &Operation,
        text: &Text<'d>,
        frame: &mut Frame<'_, 'd>,
    ) -> Result<(), ExtractError> {
        let Some(Object::Name(name)) = operation.operands.first() else { return Ok(()) };
        let object = frame.resource(self.document, b"XObject", name);
        let Some(Object::Stream(form)) = object else { return Ok(()) };
        let is_form =
            form.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|n| n == b"Form");
        if !is_form || frame.depth >= FORM_DEPTH_MAX {
            return Ok(());
        }
        let left = self.limits.expanded_bytes.saturating_sub(self.expanded_bytes);
        let content = if form.is_compressed() {
            form.decompressed_content_with_limit(left)
        } else {
            Ok(form.content.clone())
        };
        let Ok(content) = content else { return Ok(()) };
        let own = form.dict.get_deref(b"Matrix", self.document).and_then(Object::as_array);
        let own = own.ok().and_then(|matrix| matrix_of(matrix)).unwrap_or(Matrix::UNIT);
        let mut resources = frame.resources.clone();
        if let Ok(form_resources) = form.dict.get_deref(b"Resources", self.document)
            && let Ok(form_resources) = form_resources.as_dict()
        {
            resources.insert(0, form_resources);
        }
        let (spans, check_cancel, depth) = (&mut *frame.spans, frame.check_cancel, frame.depth + 1);
        let mut inner = Frame { resources, spans, check_cancel, depth };
        self.run(&content, own.then(text.state.page), &mut inner)
    }
}

/// Where a content stream finds its fonts and leaves its text.
struct Frame<'f, 'd> {
    resources: Vec<&'d Dictionary>,
    spans: &'f mut Vec<Span>,
    check_cancel: &'f dyn Fn() -> Result<(), ExtractError>,
    depth: usize,
}

impl<'d> Frame<'_, 'd> {
    fn resource(&self, document: &'d Document, kind: &[u8], name: &[u8]) -> Option<&'d Object> {
        self.resources.iter().find_map(|resources| {
            let of_kind = resources.get_deref(kind, document).ok()?.as_dict().ok()?;
            of_kind.get_deref(name, document).ok()
        })
    }
}

struct Text<'d> {
    state: State<'d>,
    saved: Vec<State<'d>>,
    at: Matrix,
    line: Matrix,
}

impl Text<'_> {
    fn new(page: Matrix) -> Self {
        let state = State {
            page,
            font: None,
            size: 0.0,
            char_space: 0.0,
            word_space: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
        };
        Self { state, saved: Vec::new(), at: Matrix::UNIT, line: Matrix::UNIT }
    }

    /// Carries out an operator; answers how many glyphs it showed that mean nothing known.
    fn take(&mut self, operation: &Operation, spans: &mut Vec<Span>) -> usize {
        let operands = operation.operands.as_slice();
        let number =
            |place: usize| operands.get(place).and_then(|o| o.as_float().ok()).unwrap_or(0.0);
        match operation.operator.as_str() {
            "q" if self.saved.len() < STATE_DEPTH_MAX => self.saved.push(self.state.clone()),
            "Q" => self.state = self.saved.pop().unwrap_or_else(|| self.state.clone()),
            "cm" => {
                if let Some(matrix) = matrix_of(operands) {
                    self.state.page = matrix.then(self.state.page);
                }
            }
            "BT" => (self.at, self.line) = (Matrix::UNIT, Matrix::UNIT),
            "Tc" => self.state.char_space = number(0),
            "Tw" => self.state.word_space = number(0),
            "Tz" => self.state.stretch = number(0) / 100.0,
            "TL" => self.state.leading = number(0),
            "Ts" => self.state.rise = number(0),
            "Td" => self.next_line(number(0), number(1)),
            "TD" => {
                self.state.leading = -number(1);
                self.next_line(number(0), number(1));
            }
            "Tm" => {
                if let Some(matrix) = matrix_of(operands) {
                    (self.at, self.line) = (matrix, matrix);
                }
            }
            "T*" => self.next_line(0.0, -self.state.leading),
            "Tj" => return self.show_operand(operands.first(), spans),
            "'" => {
                self.next_line(0.0, -self.state.leading);
                return self.show_operand(operands.first(), spans);
            }
            "\"" => {
                (self.state.word_space, self.state.char_space) = (number(0), number(1));
                self.next_line(0.0, -self.state.leading);
                return self.show_operand(operands.get(2), spans);
            }
            "TJ" => return self.show_adjusted(operands.first(), spans),
            _ => {}
        }
        0
    }

    fn next_line(&mut self, x: f32, y: f32) {
        self.line = Matrix::shift(x, y).then(self.line);
        self.at = self.line;
    }

    fn show_operand(&mut self, operand: Option<&Object>, spans: &mut Vec<Span>) -> usize {
        match operand {
            Some(Object::String(bytes, _)) => self.show(bytes, spans),
            _ => 0,
        }
    }

    fn show_adjusted(&mut self, operand: Option<&Object>, spans: &mut Vec<Span>) -> usize {
        let Some(Object::Array(parts)) = operand else { return 0 };
        let mut unreadable = 0;
        for part in parts {
            if let Object::String(bytes, _) = part {
                unreadable += self.show(bytes, spans);
            } else if let Ok(adjustment) = part.as_float() {
                self.advance(-adjustment / 1000.0 * self.state.size);
            }
        }
        unreadable
    }

    fn advance(&mut self, length: f32) {
        let is_vertical = self.state.font.as_ref().is_some_and(|font| font.is_vertical);
        let (x, y) = if is_vertical { (0.0, -length) } else { (length * self.state.stretch, 0.0) };
        self.at = Matrix::shift(x, y).then(self.at);
    }

    fn show(&mut self, bytes: &[u8], spans: &mut Vec<Span>) -> usize {
        let Some(font) = self.state.font.clone() else { return 0 };
        let (glyphs, unreadable) = font.decode(bytes);
        let start = self.place();
        let mut text = String::new();
        for glyph in glyphs {
            text.push_str(&glyph.text);
            let word_space = if glyph.is_single_space { self.state.word_space } else { 0.0 };
            let advance = if font.is_vertical { 1.0 } else { glyph.advance };
            self.advance(advance * self.state.size + self.state.char_space + word_space);
        }
        let end = self.place();
        let size = self.state.size.abs() * self.at.then(self.state.page).scale();
        let is_vertical = font.is_vertical;
        let (start, end, baseline) =
            if is_vertical { (-start.1, -end.1, -start.0) } else { (start.0, end.0, start.1) };
        let is_finite = start.is_finite() && end.is_finite() && baseline.is_finite();
        if is_finite && size.is_finite() && !text.is_empty() {
            spans.push(Span { text, start, end, baseline, size, is_vertical });
        }
        unreadable
    }

    fn place(&self) -> (f32, f32) {
        Matrix::shift(0.0, self.state.rise).then(self.at).then(self.state.page).origin
    }
}

fn matrix_of(operands: &[Object]) -> Option<Matrix> {
    let mut matrix = [0.0; 6];
    for (place, value) in matrix.iter_mut().enumerate() {
        *value = operands.get(place)?.as_float().ok()?;
    }
    let [right_x, right_y, up_x, up_y, x, y] = matrix;
    Some(Matrix { right: (right_x, right_y), up: (up_x, up_y), origin: (x, y) })
}
