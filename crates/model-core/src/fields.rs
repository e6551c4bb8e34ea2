//! The members of one object, taken out one by one, so that what nobody took can be named.

use crate::{
    json::{Json, Members, Number},
    notes::{Notes, TranslateError},
};

type Taken<T> = Result<Option<T>, TranslateError>;

/// What is left of an object. A member that is `null` counts as absent.
#[derive(Debug)]
pub(crate) struct Fields {
    path: String,
    members: Members,
}

impl Fields {
    /// The members of `json`, which lies at `path`.
    pub(crate) fn of(json: Json, path: impl Into<String>) -> Result<Self, TranslateError> {
        let path = path.into();
        match json {
            Json::Object(members) => Ok(Self { path, members }),
            _ => Err(TranslateError::wrong(path, "must be an object")),
        }
    }

    /// The path of a member.
    pub(crate) fn at(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The path of the object.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Takes a member out.
    pub(crate) fn take(&mut self, key: &str) -> Option<Json> {
        let place = self.members.iter().position(|(name, _)| name == key)?;
        let (_, value) = self.members.remove(place);
        if value.is_null() { None } else { Some(value) }
    }

    pub(crate) fn text(&mut self, key: &str) -> Taken<String> {
        match self.take(key) {
            None => Ok(None),
            Some(Json::Text(text)) => Ok(Some(text)),
            Some(_) => Err(TranslateError::wrong(self.at(key), "must be a text")),
        }
    }

    pub(crate) fn need_text(&mut self, key: &str) -> Result<String, TranslateError> {
        self.text(key)?.ok_or_else(|| self.missing(key))
    }

    pub(crate) fn flag(&mut self, key: &str) -> Taken<bool> {
        match self.take(key) {
            None => Ok(None),
            Some(Json::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(TranslateError::wrong(self.at(key), "must be true or false")),
        }
    }

    pub(crate) fn count(&mut self, key: &str) -> Taken<u64> {
        match self.take(key) {
            None => Ok(None),
            Some(json) => {
                let count = json.as_u64();
                let why = "must be a whole number of 0 or more";
                count.map(Some).ok_or_else(|| TranslateError::wrong(self.at(key), why))
            }
        }
    }

    pub(crate) fn number(&mut self, key: &str) -> Taken<Number> {
        match self.take(key) {
            None => Ok(None),
            Some(Json::Number(number)) => Ok(Some(number)),
            Some(_) => Err(TranslateError::wrong(self.at(key), "must be a number")),
        }
    }

    pub(crate) fn list(&mut self, key: &str) -> Taken<Vec<Json>> {
        match self.take(key) {
            None => Ok(None),
            Some(Json::List(values)) => Ok(Some(values)),
            Some(_) => Err(TranslateError::wrong(self.at(key), "must be an array")),
        }
    }

    /// The objects of an array, each with its path.
    pub(crate) fn objects(&mut self, key: &str) -> Result<Vec<Self>, TranslateError> {
        let path = self.at(key);
        let values = self.list(key)?.unwrap_or_default();
        let each = |(index, value)| Self::of(value, format!("{path}[{index}]"));
        values.into_iter().enumerate().map(each).collect()
    }

    /// The texts of an array.
    pub(crate) fn texts(&mut self, key: &str) -> Result<Vec<String>, TranslateError> {
        let path = self.at(key);
        let values = self.list(key)?.unwrap_or_default();
        let each = |value| match value {
            Json::Text(text) => Ok(text),
            _ => Err(TranslateError::wrong(path.as_str(), "must be an array of texts")),
        };
        values.into_iter().map(each).collect()
    }

    pub(crate) fn object(&mut self, key: &str) -> Taken<Self> {
        let path = self.at(key);
        self.take(key).map(|json| Self::of(json, path)).transpose()
    }

    pub(crate) fn need_object(&mut self, key: &str) -> Result<Self, TranslateError> {
        self.object(key)?.ok_or_else(|| self.missing(key))
    }

    /// A member that only hints, and may be lost.
    pub(crate) fn hint(&mut self, key: &str, what: &'static str, notes: &mut Notes) {
        if self.take(key).is_some() {
            notes.add(self.at(key), what);
        }
    }

    /// A member that asks for something only this one vendor serves.
    pub(crate) fn refuse(&mut self, key: &str, why: &'static str) -> Result<(), TranslateError> {
        match self.take(key) {
            Some(_) => Err(TranslateError::unsupported(self.at(key), why)),
            None => Ok(()),
        }
    }

    pub(crate) fn missing(&self, key: &str) -> TranslateError {
        TranslateError::wrong(self.at(key), "is missing")
    }

    /// Nothing may be left but `null`s.
    pub(crate) fn done(self) -> Result<(), TranslateError> {
        let left = self.members.iter().find(|(_, value)| !value.is_null());
        match left {
            Some((key, _)) => {
                Err(TranslateError::unsupported(self.at(key), "this field cannot be translated"))
            }
            None => Ok(()),
        }
    }
}
