//! Extractors whose refusals are problems that name the field and what is wrong with it.

use std::str::FromStr;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, de::DeserializeOwned};

use super::{Fault, respond};

/// Items on a page when the caller does not say.
pub const DEFAULT_LIMIT: i64 = 50;
/// Items on a page at most.
pub const MAX_LIMIT: i64 = 200;

/// Why a request could not be read.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error("the body must be JSON: send content-type application/json")]
    NotJson,
    #[error("the body is not well-formed JSON: {0}")]
    Malformed(String),
    #[error("{detail}")]
    Invalid { field: String, detail: String },
    #[error("{0}")]
    Query(String),
    #[error("there is nothing here")]
    NotFound,
}

impl Fault for ReadError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotJson => "http.not_json",
            Self::Malformed(_) => "http.malformed_json",
            Self::Invalid { .. } => "http.invalid_body",
            Self::Query(_) => "http.invalid_query",
            Self::NotFound => "http.not_found",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Malformed(_) | Self::Query(_) => StatusCode::BAD_REQUEST,
            Self::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NotFound => StatusCode::NOT_FOUND,
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::Invalid { field, .. } => Some(field.clone()),
            _ => None,
        }
    }
}

/// The answer where nothing is.
pub fn not_found() -> Response {
    respond(&ReadError::NotFound)
}

/// A JSON body. Refused with the path of the field that does not fit.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        if !kind.is_some_and(|kind| kind.trim_start().starts_with("application/json")) {
            return Err(respond(&ReadError::NotJson));
        }
        let bytes =
            Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        read_json(&bytes).map(Self).map_err(|error| respond(&error))
    }
}

fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ReadError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let field = error.path().to_string();
        let inner = error.into_inner();
        if inner.is_data() {
            // The position says nothing to a caller who sees the field.
            let text = inner.to_string();
            let detail = text.split(" at line ").next().unwrap_or_default().to_owned();
            ReadError::Invalid { field, detail }
        } else {
            ReadError::Malformed(inner.to_string())
        }
    })?;
    reader.end().map_err(|error| ReadError::Malformed(error.to_string()))?;
    Ok(value)
}

/// The query of the URL.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(refused) => Err(respond(&ReadError::Query(refused.body_text()))),
        }
    }
}

/// The one id in the path. Whatever is no id is not there: 404.
#[derive(Debug, Clone, Copy)]
pub struct Id<T>(pub T);

impl<T: FromStr + Send, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let id = path.ok().and_then(|Path(text)| text.parse().ok());
        id.map(Self).ok_or_else(|| respond(&ReadError::NotFound))
    }
}

/// Which page of a list: `?cursor=&limit=`.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Where the page before ended: its `next_cursor`.
    pub cursor: Option<String>,
    /// Items on the page, 1 to 200; 50 when absent.
    pub limit: Option<i64>,
}

impl Page {
    /// Items asked for, within bounds.
    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT)
    }
}
