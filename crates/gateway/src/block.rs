//! What is out of service for a time: an endpoint, a vendor, a country. The guard's rules stay as
//! they are; a block only takes endpoints out of the choice.

use kaname_kernel::{ActId, InstitutionId, Principal, Timestamp};
use kaname_platform::{
    Act, DbError, Tx,
    db::{Conn, Row},
    params,
};
use serde::{Deserialize, Serialize};

use crate::{
    create_endpoint::require_administrator, error::Error, gateway::Gateway, model::Endpoint,
};

/// Longest time that something is out of service, a week.
pub(crate) const MINUTES_MAX: u32 = 10_080;
/// The act of a block that begins.
const KIND: &str = "gateway.blocked";

/// What a block is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", tag = "subject", content = "value")]
pub enum Blocked {
    /// One endpoint, by its id.
    Endpoint(String),
    /// Everything of a vendor.
    Vendor(String),
    /// Everything operated from a country.
    OperatorCountry(String),
    /// Everything hosted in a country.
    HostingCountry(String),
}

impl Blocked {
    /// Whether `endpoint` is out of service by it.
    pub(crate) fn holds(&self, endpoint: &Endpoint) -> bool {
        match self {
            Self::Endpoint(id) => endpoint.id.to_string() == *id,
            Self::Vendor(name) => endpoint.vendor == *name,
            Self::OperatorCountry(name) => endpoint.operator_country == *name,
            Self::HostingCountry(name) => endpoint.hosting_country == *name,
        }
    }

    /// The name of the kind and the value, as they are stored.
    pub(crate) fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Endpoint(value) => ("endpoint", value),
            Self::Vendor(value) => ("vendor", value),
            Self::OperatorCountry(value) => ("operator_country", value),
            Self::HostingCountry(value) => ("hosting_country", value),
        }
    }

    /// What these parts say; nothing for a kind that there is not.
    pub(crate) fn of_parts(subject: &str, value: String) -> Option<Self> {
        Some(match subject {
            "endpoint" => Self::Endpoint(value),
            "vendor" => Self::Vendor(value),
            "operator_country" => Self::OperatorCountry(value),
            "hosting_country" => Self::HostingCountry(value),
            _ => return None,
        })
    }
}

/// A block: from now, for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Block {
    /// Its id.
    pub id: String,
    /// What is out of service.
    #[serde(flatten)]
    pub blocked: Blocked,
    /// Since when.
    pub from_ms: i64,
    /// Until when.
    pub until_ms: i64,
    /// The act that put it there.
    #[schema(value_type = String)]
    pub act_id: ActId,
}

/// A new block.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
pub struct NewBlock {
    /// What is to be out of service.
    #[serde(flatten)]
    pub blocked: Blocked,
    /// For how many minutes, 1 to 10,080.
    pub minutes: u32,
    /// Why: an incident, an exercise.
    pub reason: String,
}

impl Gateway {
    /// Takes something out of service for a time. `by` is an administrator.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] by field.
    pub async fn block(&self, by: &Principal, new: NewBlock) -> Result<Block, Error> {
        require_administrator(by)?;
        crate::endpoint_fields::text("value", new.blocked.parts().1, 1..=100)?;
        crate::endpoint_fields::text("reason", &new.reason, 1..=300)?;
        if !(1..=MINUTES_MAX).contains(&new.minutes) {
            return Err(Error::invalid("minutes", "a block lasts 1 to 10,080 minutes"));
        }
        let mut tx = self.platform.db.begin().await?;
        let block = self.block_in(&mut tx, by, &new).await?;
        tx.commit().await?;
        Ok(block)
    }

    /// As [`Gateway::block`], in `tx`; the fields have been checked.
    pub(crate) async fn block_in(
        &self,
        tx: &mut Tx,
        by: &Principal,
        new: &NewBlock,
    ) -> Result<Block, Error> {
        let id: ActId = self.platform.ids.next();
        let (from_ms, until_ms) = self.span_of(new);
        let act = told(Act::by(by, KIND), (id, until_ms), (&new.blocked, &new.reason));
        let act_id = self.platform.append(tx, act).await?;
        let blocked = new.blocked.clone();
        let block = Block { id: id.to_string(), blocked, from_ms, until_ms, act_id };
        insert(tx, by.institution, &block).await?;
        Ok(block)
    }

    /// The block `new` as if it began now. What is kept in `tx` does not hold before
    /// [`Gateway::begin_block_in`]. The act `act_id` asked for it.
    pub(crate) async fn later_block_in(
        &self,
        tx: &mut Tx,
        institution: InstitutionId,
        (new, act_id): (&NewBlock, ActId),
    ) -> Result<Block, Error> {
        let id = self.platform.ids.next::<ActId>().to_string();
        let (from_ms, until_ms) = self.span_of(new);
        let block = Block { id, blocked: new.blocked.clone(), from_ms, until_ms, act_id };
        insert(tx, institution, &Block { until_ms: from_ms, ..block.clone() }).await?;
        Ok(block)
    }

    /// Begins what [`Gateway::later_block_in`] keeps, in `tx`; the act `asked` wanted it, for `reason`.
    pub(crate) async fn begin_block_in(
        &self,
        tx: &mut Tx,
        institution: InstitutionId,
        (asked, reason): (ActId, &str),
        block: &Block,
    ) -> Result<(), Error> {
        let id = block.id.parse().map_err(|_| inconsistent("block_id"))?;
        let act = Act::by_system(institution, KIND).with_id(block.act_id).following(asked);
        let act = told(act, (id, block.until_ms), (&block.blocked, reason));
        self.platform.append(tx, act).await?;
        let sql = "UPDATE endpoint_block SET from_ms = $3, until_ms = $4, act_id = $5 \
                   WHERE block_id = $1 AND institution_id = $2";
        let values = params![id, institution, block.from_ms, block.until_ms, block.act_id];
        Ok(tx.execute_one(sql, values).await?)
    }

    /// From when until when `new` holds if it begins now.
    fn span_of(&self, new: &NewBlock) -> (i64, i64) {
        let now = self.platform.now();
        let until = now.plus_millis(i64::from(new.minutes).saturating_mul(60_000));
        (now.as_millis(), until.as_millis())
    }

    /// The blocks of `institution` that have not ended, oldest first.
    pub async fn blocks(&self, institution: InstitutionId) -> Result<Vec<Block>, Error> {
        let mut tx = self.platform.db.read().await?;
        let rows = tx
            .fetch_few(
                "SELECT * FROM endpoint_block WHERE institution_id = $1 AND until_ms > $2 \
                 ORDER BY block_id",
                params![institution, self.platform.now()],
            )
            .await?;
        Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
    }

    /// Ends the block `id` of the institution of `by`, an administrator. With the block of a drill the
    /// drill ends as well, and has its report.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] also for one that has ended.
    pub async fn unblock(&self, by: &Principal, id: ActId) -> Result<(), Error> {
        require_administrator(by)?;
        if self.end_drill_of_block(by, id).await? {
            return Ok(());
        }
        let mut tx = self.platform.db.begin().await?;
        self.unblock_in(&mut tx, by, (id, self.platform.now())).await?;
        tx.commit().await?;
        Ok(())
    }

    /// As [`Gateway::unblock`], in `tx` and as of `now`.
    pub(crate) async fn unblock_in(
        &self,
        tx: &mut Tx,
        by: &Principal,
        (id, now): (ActId, Timestamp),
    ) -> Result<(), Error> {
        let ended = tx
            .execute(
                "UPDATE endpoint_block SET until_ms = $3 \
                 WHERE block_id = $1 AND institution_id = $2 AND until_ms > $3",
                params![id, by.institution, now],
            )
            .await?;
        if ended == 0 {
            return Err(Error::NotFound);
        }
        let act = Act::by(by, "gateway.unblocked").reference("block", id);
        self.platform.append(tx, act).await?;
        Ok(())
    }
}

/// `act` with what a block is about.
fn told(act: Act, (id, until_ms): (ActId, i64), (blocked, reason): (&Blocked, &str)) -> Act {
    let (subject, value) = blocked.parts();
    act.reference("block", id)
        .reference("subject", subject)
        .reference("until_ms", until_ms)
        .content("value", value)
        .content("reason", reason)
}

async fn insert(tx: &mut Tx, institution: InstitutionId, block: &Block) -> Result<(), DbError> {
    let (subject, value) = block.blocked.parts();
    let id = block.id.as_str();
    let (from, until) = (block.from_ms, block.until_ms);
    tx.execute_one(
        "INSERT INTO endpoint_block (block_id, institution_id, subject, value, from_ms, until_ms, \
         act_id) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![id, institution, subject, value, from, until, block.act_id],
    )
    .await
}

fn inconsistent(column: &str) -> DbError {
    DbError::Inconsistent { column: column.to_owned() }
}

fn read(row: &Row) -> Result<Block, DbError> {
    let subject: String = row.get("subject")?;
    let unknown = || inconsistent("subject");
    Ok(Block {
        id: row.get("block_id")?,
        blocked: Blocked::of_parts(&subject, row.get("value")?).ok_or_else(unknown)?,
        from_ms: row.get("from_ms")?,
        until_ms: row.get("until_ms")?,
        act_id: row.get("act_id")?,
    })
}

/// The blocks of `institution` that hold at `now`.
pub(crate) async fn active(
    conn: &mut Conn,
    institution: InstitutionId,
    now: Timestamp,
) -> Result<Vec<Blocked>, DbError> {
    let rows = conn
        .fetch_few(
            "SELECT * FROM endpoint_block \
             WHERE institution_id = $1 AND from_ms <= $2 AND until_ms > $2",
            params![institution, now],
        )
        .await?;
    rows.iter().map(|row| Ok(read(row)?.blocked)).collect()
}
