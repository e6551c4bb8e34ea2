//! Starts a drill: a block for a time, kept with its reason, and a job that ends it.

use kaname_kernel::{Principal, Timestamp};
use kaname_platform::{
    Act, DbError, Tx,
    jobs::{NewJob, enqueue_at},
};
use serde_json::json;

use super::{
    drill::{Drill, DrillState},
    error::ContinuityError,
    exit::named,
    job, store,
};
use crate::{
    block::{Blocked, MINUTES_MAX, NewBlock},
    create_endpoint::require_administrator,
    gateway::Gateway,
    model::Endpoint,
    store as endpoints,
};

impl Gateway {
    /// Takes something out of service for a time as a drill. `by` is an administrator.
    ///
    /// # Errors
    ///
    /// [`ContinuityError::Invalid`] by field, also where no endpoint is such;
    /// [`ContinuityError::Running`] while another drill runs.
    pub async fn start_drill(
        &self,
        by: &Principal,
        new: NewBlock,
    ) -> Result<Drill, ContinuityError> {
        require_administrator(by)?;
        check(&new)?;
        self.close_due(by.institution).await?;
        let mut tx = self.platform.db.begin().await?;
        let known = endpoints::all(&mut tx, by.institution).await?;
        let _at_least_one = affected(&known, &new.blocked)?;
        if store::running(&mut tx, by.institution).await?.is_some() {
            return Err(ContinuityError::Running);
        }
        let drill = self.begin_in(&mut tx, by, new).await?;
        // Whoever was faster has the one place of a drill under way.
        tx.commit().await.map_err(running)?;
        Ok(drill)
    }

    async fn begin_in(
        &self,
        tx: &mut Tx,
        by: &Principal,
        new: NewBlock,
    ) -> Result<Drill, ContinuityError> {
        let block = self.block_in(tx, by, &new).await?;
        let block_id = block.id.parse().map_err(|_| inconsistent("block_id"))?;
        let id = self.platform.ids.next();
        let (subject, value) = new.blocked.parts();
        let act = Act::by(by, "gateway.drill_started")
            .reference("drill", id)
            .reference("block", block_id)
            .reference("subject", subject)
            .reference("until_ms", block.until_ms)
            .content("value", value)
            .content("reason", new.reason.as_str());
        let drill = Drill {
            id,
            institution: by.institution,
            without: new.blocked,
            reason: new.reason.trim().to_owned(),
            state: DrillState::Running,
            from_ms: block.from_ms,
            until_ms: block.until_ms,
            ended_ms: None,
            block_id,
            start_act_id: self.platform.append(tx, act).await?,
            end_act_id: None,
            report: None,
            report_sha256: None,
        };
        store::insert(tx, &drill).await.map_err(running)?;
        let job = NewJob {
            institution: by.institution,
            kind: job::KIND,
            payload: json!({ "drill_id": id.to_string() }),
            subject: [("drill_id".to_owned(), id.to_string())].into(),
            created_by: None,
        };
        let at = Timestamp::from_millis(drill.until_ms);
        enqueue_at(&self.platform, tx, job, at).await?;
        Ok(drill)
    }
}

fn check(new: &NewBlock) -> Result<(), ContinuityError> {
    let fits = |text: &str, most: usize| {
        (1..=most).contains(&text.trim().chars().count()) && !text.chars().any(char::is_control)
    };
    if !fits(new.blocked.parts().1, 100) {
        return Err(ContinuityError::invalid("value", "say what to do without"));
    }
    if !fits(&new.reason, 300) {
        return Err(ContinuityError::invalid(
            "reason",
            "say why in 1 to 300 characters on one line",
        ));
    }
    if !(1..=MINUTES_MAX).contains(&new.minutes) {
        return Err(ContinuityError::invalid("minutes", "a drill lasts 1 to 10,080 minutes"));
    }
    Ok(())
}

/// Those of `endpoints` that `without` is about.
///
/// # Errors
///
/// [`ContinuityError::Invalid`] where there is none: a slip of the pen would look like safety.
pub(super) fn affected(
    endpoints: &[Endpoint],
    without: &Blocked,
) -> Result<Vec<super::NamedEndpoint>, ContinuityError> {
    let found: Vec<_> = endpoints.iter().filter(|one| without.holds(one)).map(named).collect();
    if found.is_empty() {
        let (subject, value) = without.parts();
        let what = subject.replace('_', " ");
        let detail = format!("no endpoint of this institution has the {what} `{value}`");
        return Err(ContinuityError::invalid("value", detail));
    }
    Ok(found)
}

fn running(error: DbError) -> ContinuityError {
    match error {
        DbError::Conflict(_) => ContinuityError::Running,
        other => other.into(),
    }
}

fn inconsistent(column: &str) -> ContinuityError {
    DbError::Inconsistent { column: column.to_owned() }.into()
}
