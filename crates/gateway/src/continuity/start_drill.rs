//! Starts a drill: a block for a time, kept with its reason, and a job that ends it. Where there are
//! check questions, a job asks them first and then begins it.

use kaname_kernel::{InstitutionId, Principal, Timestamp};
use kaname_platform::{
    Act, DbError, Tx,
    jobs::{NewJob, enqueue, enqueue_at},
};
use serde_json::{Value, json};

use super::{
    ask_checks,
    checks::{self, CheckQuestion},
    drill::{Drill, DrillState, NewDrill},
    end_drill::latest_begin_ms,
    error::ContinuityError,
    exit::named,
    job, store,
};
use crate::{
    block::{Block, Blocked, MINUTES_MAX, NewBlock},
    create_endpoint::require_administrator,
    error::Error,
    gateway::Gateway,
    model::Endpoint,
    routes::store as routes,
    store as endpoints,
};

impl Gateway {
    /// Takes something out of service for a time as a drill, once its check questions were asked.
    /// `by` is an administrator, in whose name they are.
    ///
    /// # Errors
    ///
    /// [`ContinuityError::Invalid`] by field, also where no endpoint is such;
    /// [`ContinuityError::Running`] while another drill runs.
    pub async fn start_drill(
        &self,
        by: &Principal,
        new: NewDrill,
    ) -> Result<Drill, ContinuityError> {
        require_administrator(by)?;
        check(&new.block)?;
        checks::check(&new.checks)?;
        self.close_due(by.institution).await?;
        let mut tx = self.platform.db.begin().await?;
        let known = endpoints::all(&mut tx, by.institution).await?;
        let _at_least_one = affected(&known, &new.block.blocked)?;
        require_known(&mut tx, by.institution, &new.checks).await?;
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
        NewDrill { block: new, checks }: NewDrill,
    ) -> Result<Drill, ContinuityError> {
        let waits = !checks.is_empty();
        let (block, start_act_id) = if waits {
            let act_id = self.platform.ids.next();
            (self.later_block_in(tx, by.institution, (&new, act_id)).await?, act_id)
        } else {
            (self.block_in(tx, by, &new).await?, self.platform.ids.next())
        };
        let drill = Drill {
            id: self.platform.ids.next(),
            institution: by.institution,
            without: new.blocked,
            reason: new.reason.trim().to_owned(),
            state: if waits { DrillState::Checking } else { DrillState::Running },
            from_ms: block.from_ms,
            until_ms: block.until_ms,
            ended_ms: None,
            block_id: block.id.parse().map_err(|_| inconsistent("block_id"))?,
            start_act_id,
            end_act_id: None,
            report: None,
            report_sha256: None,
        };
        let act = told(Act::by(by, "gateway.drill_started"), &drill, (&new.reason, &checks));
        self.platform.append(tx, act.with_id(start_act_id)).await?;
        store::insert(tx, &drill).await.map_err(running)?;
        if waits {
            store::insert_checks(tx, &drill, &checks).await?;
            let job = job_of(&drill, ask_checks::KIND, ask_checks::payload(drill.id, by));
            enqueue(&self.platform, tx, job).await?;
        } else {
            self.end_later(tx, &drill).await?;
        }
        Ok(drill)
    }

    /// Begins `drill`, whose questions have been asked once, unless it has ended meanwhile or it is too
    /// late for it.
    pub(super) async fn begin_drill(&self, drill: &Drill) -> Result<(), Error> {
        let now = self.platform.now();
        if now.as_millis() >= latest_begin_ms(drill) {
            return self.close_due(drill.institution).await;
        }
        let until = now.plus_millis(drill.until_ms.saturating_sub(drill.from_ms));
        let span = (now.as_millis(), until.as_millis());
        let mut tx = self.platform.db.begin().await?;
        if !store::begin(&mut tx, drill, span).await? {
            return Ok(());
        }
        let block = Block {
            id: drill.block_id.to_string(),
            blocked: drill.without.clone(),
            from_ms: span.0,
            until_ms: span.1,
            act_id: self.platform.ids.next(),
        };
        let why = (drill.start_act_id, drill.reason.as_str());
        self.begin_block_in(&mut tx, drill.institution, why, &block).await?;
        self.end_later(&mut tx, &Drill { until_ms: span.1, ..drill.clone() }).await?;
        Ok(tx.commit().await?)
    }

    /// Has a job end `drill` at its time.
    async fn end_later(&self, tx: &mut Tx, drill: &Drill) -> Result<(), DbError> {
        let job = job_of(drill, job::KIND, json!({ "drill_id": drill.id.to_string() }));
        enqueue_at(&self.platform, tx, job, Timestamp::from_millis(drill.until_ms)).await?;
        Ok(())
    }
}

fn job_of(drill: &Drill, kind: &'static str, payload: Value) -> NewJob {
    NewJob {
        institution: drill.institution,
        kind,
        payload,
        subject: [("drill_id".to_owned(), drill.id.to_string())].into(),
        created_by: None,
    }
}

/// `act` with what `drill` is to be; the questions and what is expected of them are fixed by it.
fn told(act: Act, drill: &Drill, (reason, checks): (&str, &[CheckQuestion])) -> Act {
    let (subject, value) = drill.without.parts();
    let act = act
        .reference("drill", drill.id)
        .reference("block", drill.block_id)
        .reference("subject", subject)
        .content("value", value)
        .content("reason", reason);
    if checks.is_empty() {
        return act.reference("until_ms", drill.until_ms);
    }
    act.reference("checks", checks.len()).content("checks", json!(checks).to_string())
}

/// Every question asks a model that there is.
async fn require_known(
    tx: &mut Tx,
    institution: InstitutionId,
    checks: &[CheckQuestion],
) -> Result<(), ContinuityError> {
    for (place, CheckQuestion { model, .. }) in checks.iter().enumerate() {
        let is_route = routes::by_public_name(tx, institution, model).await?.is_some();
        if !is_route && endpoints::by_public_name(tx, institution, model).await?.is_none() {
            let detail = format!("no route or endpoint of this institution is called `{model}`");
            return Err(ContinuityError::invalid(format!("checks[{place}].model"), detail));
        }
    }
    Ok(())
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
