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
        let (subject, value) = new.blocked.parts();
        let (id, now) = (self.platform.ids.next::<ActId>(), self.platform.now());
        let until = now.plus_millis(i64::from(new.minutes).saturating_mul(60_000));
        let act = Act::by(by, "gateway.blocked")
            .reference("block", id)
            .reference("subject", subject)
            .reference("until_ms", until.as_millis())
            .content("value", value)
            .content("reason", new.reason.as_str());
        let act_id = self.platform.append(tx, act).await?;
        tx.execute_one(
            "INSERT INTO endpoint_block (block_id, institution_id, subject, value, from_ms, until_ms, \
             act_id) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            params![id, by.institution, subject, value, now, until, act_id],
        )
        .await?;
        let (from_ms, until_ms, blocked) =
            (now.as_millis(), until.as_millis(), new.blocked.clone());
        Ok(Block { id: id.to_string(), blocked, from_ms, until_ms, act_id })
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

fn read(row: &Row) -> Result<Block, DbError> {
    let subject: String = row.get("subject")?;
    let unknown = || DbError::Inconsistent { column: "subject".to_owned() };
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
