//! Where in the database a text lies: every column of every table is searched, byte by byte.

use std::fmt::Write as _;

use kaname_platform::{Conn, params};

use crate::TestPlatform;

impl TestPlatform {
    /// `table.column` of every place that holds `text`, written out or inside something longer.
    ///
    /// # Panics
    ///
    /// When the database cannot be read.
    pub async fn places_of(&self, text: &str) -> Vec<String> {
        let hex = text.bytes().fold(String::new(), |mut hex, byte| {
            let _infallible = write!(hex, "{byte:02X}");
            hex
        });
        let mut tx = self.platform.db.read().await.expect("a transaction");
        let mut places = Vec::new();
        for (table, column, of_bytes) in columns(&mut tx).await {
            let digits = match (tx.is_postgres(), of_bytes) {
                (false, _) => format!("hex({column})"),
                (true, true) => format!("upper(encode({column}, 'hex'))"),
                (true, false) => {
                    format!("upper(encode(convert_to({column}::text, 'UTF8'), 'hex'))")
                }
            };
            let sql = format!("SELECT COUNT(*) AS rows FROM {table} WHERE {digits} LIKE $1");
            // Statements live as long as the program; a test has few columns.
            let sql: &'static str = Box::leak(sql.into_boxed_str());
            let row = tx.fetch_one(sql, params![format!("%{hex}%")]).await.expect("a count");
            if row.get::<i64>("rows").expect("a number") > 0 {
                places.push(format!("{table}.{column}"));
            }
        }
        places
    }
}

/// Table, column, and whether it holds bytes.
async fn columns(conn: &mut Conn) -> Vec<(String, String, bool)> {
    let sql = if conn.is_postgres() {
        "SELECT table_name AS in_table, column_name AS name, data_type AS type \
         FROM information_schema.columns WHERE table_schema = current_schema()"
    } else {
        "SELECT t.name AS in_table, c.name AS name, c.type AS type \
         FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'"
    };
    let rows = conn.fetch_all(sql, params![]).await.expect("the schema");
    assert!(rows.len() > 50, "the schema has many columns, not {}", rows.len());
    rows.iter()
        .map(|row| {
            let text = |name: &'static str| row.get::<String>(name).expect("a name");
            (text("in_table"), text("name"), text("type") == "bytea")
        })
        .collect()
}
