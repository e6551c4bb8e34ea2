//! Makes accounts from a CSV file: all of them, or none and a list of what is wrong where.
//!
//! Columns: `user_name,display_name,roles,department,clearance`, in any order; several roles are
//! joined by `;`, none means staff; the department is given by key or name; no clearance means 1.

use std::collections::{BTreeMap, BTreeSet};

use kaname_kernel::{DepartmentId, Label, Principal, Role};
use kaname_platform::Act;

use crate::{
    Access, Error, FieldError, Identity, Password, RefusalError,
    create_user::{self, NewUser},
    field, store,
};

/// Rows of a file at most: each needs a password hash.
pub const ROWS_MAX: usize = 1000;
/// The columns that a file must have.
const COLUMNS: [&str; 5] = ["user_name", "display_name", "roles", "department", "clearance"];

/// What is wrong with one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFault {
    /// The line in the file, from 1.
    pub line: u64,
    /// The column at fault; empty for the line as a whole.
    pub field: &'static str,
    /// The stable code.
    pub code: &'static str,
    /// What is wrong.
    pub detail: String,
}

/// What an import did, or would do.
#[derive(Debug, Default)]
pub struct Imported {
    /// Accounts made; 0 in a dry run.
    pub created: usize,
    /// Everything that is wrong; when not empty, nothing was made.
    pub faults: Vec<LineFault>,
    /// User names and temporary passwords of the accounts made.
    pub users: Vec<(String, Password)>,
}

/// Imports `csv` into the institution of `by`, an administrator.
///
/// # Errors
///
/// [`RefusalError::UnreadableImport`] when it cannot be read as CSV at all.
pub async fn import_users(
    identity: &Identity,
    by: &Principal,
    csv: &[u8],
    dry_run: bool,
) -> Result<Imported, Error> {
    Access::Person(&[Role::Administrator]).check(by)?;
    let rows = read_rows(csv)?;
    let (new, faults) = check_rows(identity, by, &rows).await?;
    if dry_run || !faults.is_empty() {
        // All or nothing: one fault, and nobody would be added.
        let created = if faults.is_empty() { new.len() } else { 0 };
        return Ok(Imported { created, faults, ..Imported::default() });
    }
    let institution = crate::find_institution(&identity.platform, by.institution).await?;
    let mut prepared = Vec::with_capacity(new.len());
    for (_, user) in new {
        prepared.push(create_user::prepare(identity, by, &institution.name, user).await?);
    }
    let mut tx = identity.platform.db.begin().await?;
    let mut users = Vec::with_capacity(prepared.len());
    for (account, temporary) in prepared {
        create_user::insert(identity, &mut tx, by, &account).await?;
        users.extend(temporary.map(|password| (account.user.user_name, password)));
    }
    let act = Act::by(by, "identity.users_imported").reference("users", users.len());
    identity.platform.append(&mut tx, act).await?;
    tx.commit().await?;
    Ok(Imported { created: users.len(), faults, users })
}

type Row = (u64, Result<BTreeMap<&'static str, String>, LineFault>);

/// The file's rows by column; a row with too few or too many fields is a fault of its own.
fn read_rows(csv: &[u8]) -> Result<Vec<Row>, Error> {
    let unreadable = || Error::from(RefusalError::UnreadableImport);
    let text = std::str::from_utf8(csv).map_err(|_| unreadable())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let Some(Ok(header)) = records.next() else { return Err(unreadable()) };
    if let Some(missing) = COLUMNS.iter().find(|column| !header.iter().any(|name| name == **column))
    {
        return Ok(vec![(1, Err(fault(1, missing, "the header does not name this column")))]);
    }
    let mut rows = Vec::new();
    for record in records {
        let record = record.map_err(|_| unreadable())?;
        let line = record.position().map_or(0, csv::Position::line);
        if rows.len() >= ROWS_MAX {
            return Err(unreadable());
        }
        let whole = record.len() == header.len();
        let by_column = COLUMNS.iter().filter_map(|column| {
            let place = header.iter().position(|name| name == *column)?;
            Some((*column, record.get(place)?.to_owned()))
        });
        let row = if whole {
            Ok(by_column.collect())
        } else {
            Err(fault(line, "", "the line has more or fewer fields than the header"))
        };
        rows.push((line, row));
    }
    Ok(rows)
}

/// Holds every row against the rules and against what is there.
async fn check_rows(
    identity: &Identity,
    by: &Principal,
    rows: &[Row],
) -> Result<(Vec<(u64, NewUser)>, Vec<LineFault>), Error> {
    let mut tx = identity.platform.db.read().await?;
    let departments = store::departments::list(&mut tx, by.institution, ("", i64::MAX)).await?;
    let departments: BTreeMap<&str, DepartmentId> = departments
        .iter()
        .flat_map(|found| [(found.name.as_str(), found.id), (found.key.as_str(), found.id)])
        .collect();
    let (mut new, mut faults, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (line, row) in rows {
        let row = match row {
            Ok(row) => row,
            Err(fault) => {
                faults.push(fault.clone());
                continue;
            }
        };
        let (user, mut wrong) = check_row(row, &departments);
        if let Ok(name) = field::user_name(&user.user_name) {
            let there = store::accounts::by_name(&mut tx, by.institution, &name).await?.is_some();
            if there || !seen.insert(name) {
                wrong.push(FieldError::Taken { field: "user_name" });
            }
        }
        faults.extend(wrong.into_iter().map(|error| of_field(*line, &error)));
        new.push((*line, user));
    }
    Ok((new, faults))
}

/// The account of one row, and everything that is wrong with it.
fn check_row(
    row: &BTreeMap<&'static str, String>,
    departments: &BTreeMap<&str, DepartmentId>,
) -> (NewUser, Vec<FieldError>) {
    let text = |column: &str| row.get(column).map(String::as_str).unwrap_or_default();
    let mut wrong = Vec::new();
    let mut note = |error: FieldError| wrong.push(error);
    field::user_name(text("user_name")).map_or_else(&mut note, drop);
    field::name(text("display_name"), "display_name").map_or_else(&mut note, drop);
    let roles = match text("roles") {
        "" => BTreeSet::from([Role::Staff]),
        names => field::roles(names.split(';').map(str::trim)).unwrap_or_else(|error| {
            note(error);
            BTreeSet::new()
        }),
    };
    let clearance = match text("clearance") {
        "" => Label::of_rank(1),
        label => field::clearance(label).unwrap_or_else(|error| {
            note(error);
            Label::default()
        }),
    };
    let department = departments.get(text("department")).copied();
    if department.is_none() && !text("department").is_empty() {
        note(FieldError::Unknown { field: "department" });
    }
    let user = NewUser {
        user_name: text("user_name").to_owned(),
        display_name: text("display_name").to_owned(),
        roles,
        department,
        clearance,
        password: None,
        must_change_password: true,
    };
    (user, wrong)
}

fn of_field(line: u64, error: &FieldError) -> LineFault {
    LineFault { line, field: error.field(), code: error.code(), detail: error.to_string() }
}

fn fault(line: u64, field: &'static str, detail: &str) -> LineFault {
    LineFault { line, field, code: "identity.invalid_csv", detail: detail.to_owned() }
}
