//! Values in and out of a statement: four plain column types, the same on both databases.

use rusqlite::types::Value as SqlValue;
use sqlx::{Row as _, postgres::PgRow};

use super::{DbError, sqlite::SqliteRow};

/// One parameter of a statement. Each variant keeps its type when it is NULL.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// BIGINT; booleans are 0 and 1.
    Int(Option<i64>),
    /// TEXT.
    Text(Option<String>),
    /// BYTEA, BLOB on SQLite.
    Bytes(Option<Vec<u8>>),
    /// DOUBLE PRECISION.
    Real(Option<f64>),
}

macro_rules! value_from {
    ($($type:ty => $variant:ident($convert:expr)),+ $(,)?) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::$variant(Some($convert(value)))
            }
        }

        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                Self::$variant(value.map($convert))
            }
        }
    )+};
}

value_from! {
    i64 => Int(|v| v),
    bool => Int(i64::from),
    String => Text(|v| v),
    &str => Text(|v: &str| v.to_owned()),
    Vec<u8> => Bytes(|v| v),
    &[u8] => Bytes(|v: &[u8]| v.to_vec()),
    f64 => Real(|v| v),
    kaname_kernel::Timestamp => Int(kaname_kernel::Timestamp::as_millis),
    &kaname_kernel::Label => Text(|v: &kaname_kernel::Label| v.to_string()),
}

macro_rules! value_from_id {
    ($($name:ident),+ $(,)?) => {$(
        value_from!(kaname_kernel::$name => Text(|id: kaname_kernel::$name| id.to_string()));

        impl Column for kaname_kernel::$name {
            fn read(row: &Row, name: &str) -> Result<Self, DbError> {
                parse(&row.get::<String>(name)?, name)
            }
        }

        impl Column for Option<kaname_kernel::$name> {
            fn read(row: &Row, name: &str) -> Result<Self, DbError> {
                row.get::<Option<String>>(name)?.map(|text| parse(&text, name)).transpose()
            }
        }
    )+};
}

value_from_id!(
    ActId,
    BatchId,
    BudgetId,
    CollectionId,
    ConversationId,
    DepartmentId,
    DocumentId,
    DrillId,
    EndpointId,
    FileId,
    InstitutionId,
    JobId,
    KeyId,
    MessageId,
    RouteId,
    SessionId,
    TeamId,
    UserId,
);

/// One row of an answer.
#[derive(Debug)]
pub struct Row(pub(super) RowInner);

#[derive(Debug)]
pub(super) enum RowInner {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    /// The column `name` as `T`.
    ///
    /// # Errors
    ///
    /// [`DbError::Inconsistent`] when the column is missing or does not hold a `T`.
    pub fn get<T: Column>(&self, name: &str) -> Result<T, DbError> {
        T::read(self, name)
    }
}

/// A type that a column can be read as.
pub trait Column: Sized {
    /// Reads the column `name` of `row`.
    fn read(row: &Row, name: &str) -> Result<Self, DbError>;
}

fn parse<T: std::str::FromStr>(text: &str, name: &str) -> Result<T, DbError> {
    text.parse().map_err(|_| DbError::Inconsistent { column: name.to_owned() })
}

macro_rules! plain_column {
    ($($type:ty => $variant:ident),+ $(,)?) => {$(
        impl Column for $type {
            fn read(row: &Row, name: &str) -> Result<Self, DbError> {
                row.get::<Option<$type>>(name)?.ok_or_else(|| unexpected(name))
            }
        }

        impl Column for Option<$type> {
            fn read(row: &Row, name: &str) -> Result<Self, DbError> {
                match &row.0 {
                    RowInner::Sqlite(row) => match row.get(name) {
                        Some(SqlValue::$variant(value)) => Ok(Some(value.clone())),
                        Some(SqlValue::Null) => Ok(None),
                        _ => Err(unexpected(name)),
                    },
                    RowInner::Postgres(row) => row.try_get(name).map_err(|_| unexpected(name)),
                }
            }
        }
    )+};
}

plain_column!(i64 => Integer, String => Text, Vec<u8> => Blob, f64 => Real);

fn unexpected(name: &str) -> DbError {
    DbError::Inconsistent { column: name.to_owned() }
}

impl Column for bool {
    fn read(row: &Row, name: &str) -> Result<Self, DbError> {
        Ok(row.get::<i64>(name)? != 0)
    }
}

impl Column for kaname_kernel::Timestamp {
    fn read(row: &Row, name: &str) -> Result<Self, DbError> {
        Ok(Self::from_millis(row.get(name)?))
    }
}

impl Column for Option<kaname_kernel::Timestamp> {
    fn read(row: &Row, name: &str) -> Result<Self, DbError> {
        Ok(row.get::<Option<i64>>(name)?.map(kaname_kernel::Timestamp::from_millis))
    }
}

impl Column for kaname_kernel::Label {
    fn read(row: &Row, name: &str) -> Result<Self, DbError> {
        parse(&row.get::<String>(name)?, name)
    }
}

impl Column for Option<kaname_kernel::Label> {
    fn read(row: &Row, name: &str) -> Result<Self, DbError> {
        row.get::<Option<String>>(name)?.map(|text| parse(&text, name)).transpose()
    }
}

/// The parameters of a statement: `params![a, b]`, each anything that is `Into<Value>`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        ::std::vec![$($crate::db::Value::from($value)),*]
    };
}
