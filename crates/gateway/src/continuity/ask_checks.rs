//! The job that asks the check questions of a drill: all of them before anything is out of service,
//! then it begins the block, and asks them again.
//!
//! It may be killed at any moment and is simply run again: a result is on disk before it counts, and
//! what has one is not asked again. A question is a call like any other, in the name of whoever
//! started the drill.

use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, future::BoxFuture, stream};
use kaname_identity::{Error as IdentityError, Identity, principal_of};
use kaname_kernel::{ActId, DrillId, Principal, Timestamp};
use kaname_model_core::{Dialect, Finish, Notes, Part, json::Json};
use kaname_platform::{
    DbError,
    http::Fault as _,
    jobs::{JobFailure, JobHandler, JobRun},
};
use serde_json::{Value, json};

use super::{
    checks::{CheckAnswer, CheckOutcome, CheckQuestion},
    drill::{Drill, DrillState},
    store::{self, Round},
};
use crate::{
    batches::{actor_of, via_of},
    error::{Error, UpstreamFault},
    gateway::Gateway,
    order::Settled,
    v1,
};

/// The kind of job.
pub(super) const KIND: &str = "gateway.check_drill";
/// Most tokens of an answer to a check question.
const ANSWER_TOKENS: u32 = 512;
/// Questions that are asked at once.
const AT_ONCE: usize = 4;
/// After so long the first round begins no further question, so that it does not hold up the drill.
const FIRST_ROUND_MS: i64 = 10 * 60_000;

/// Asks the check questions of drills.
#[derive(Debug, Clone)]
pub(crate) struct CheckJob {
    pub(crate) gateway: Gateway,
    pub(crate) identity: Identity,
}

/// What the job of `drill` needs to ask in the name of `by`.
pub(super) fn payload(drill: DrillId, by: &Principal) -> Value {
    let (via, via_id) = via_of(&by.actor);
    json!({
        "drill_id": drill.to_string(), "user_id": by.user.to_string(), "via": via, "via_id": via_id,
    })
}

/// Refuses to go on with a job that is to stop.
fn stopped(run: &JobRun) -> Result<(), Error> {
    if run.cancelled.is_cancelled() { Err(kaname_guard::Error::Stopping.into()) } else { Ok(()) }
}

impl JobHandler for CheckJob {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run(&self, run: JobRun) -> BoxFuture<'_, Result<(), JobFailure>> {
        async move {
            self.work(&run).await.map_err(|error| JobFailure {
                code: error.code(),
                detail: error.to_string(),
                retry: true,
            })
        }
        .boxed()
    }
}

impl CheckJob {
    async fn work(&self, run: &JobRun) -> Result<(), Error> {
        let Some(drill) = self.found(run).await? else { return Ok(()) };
        if drill.state == DrillState::Checking {
            self.ask_all(run, &drill).await?;
            // Whoever stopped the questions does not expect what they were asked for.
            stopped(run)?;
            self.gateway.begin_drill(&drill).await?;
        }
        let begun = self.found(run).await?.filter(|drill| drill.state == DrillState::Running);
        match begun {
            Some(drill) => self.ask_all(run, &drill).await,
            None => Ok(()),
        }
    }

    /// The drill of the job, unless it has ended.
    async fn found(&self, run: &JobRun) -> Result<Option<Drill>, Error> {
        self.gateway.close_due(run.job.institution).await?;
        let Some(id) = told(run, "drill_id").parse().ok() else { return Ok(None) };
        let mut tx = self.gateway.platform.db.read().await?;
        let drill = store::by_id(&mut tx, run.job.institution, id).await?;
        Ok(drill.filter(|drill| drill.state != DrillState::Ended))
    }

    /// Asks what has no result in the round of `drill`.
    async fn ask_all(&self, run: &JobRun, drill: &Drill) -> Result<(), Error> {
        let round = round_of(drill);
        // From when it can be asked: the job may have had to wait for its turn.
        let until = match round {
            Round::Before => self.now().as_millis().saturating_add(FIRST_ROUND_MS),
            Round::During => drill.until_ms,
        };
        let mut tx = self.gateway.platform.db.read().await?;
        let checks = store::checks(&mut tx, drill).await?;
        drop(tx);
        let open = (0_i64..).zip(checks).filter(|(_, check)| match round {
            Round::Before => check.before.is_none(),
            Round::During => check.during.is_none(),
        });
        stream::iter(open)
            .map(Ok)
            .try_for_each_concurrent(AT_ONCE, |(number, check)| async move {
                self.ask(run, (drill, until), (number, &check.question)).await
            })
            .await
    }

    /// Asks one question and notes what came of it, unless its round is over, as it is at `until`.
    async fn ask(
        &self,
        run: &JobRun,
        (drill, until): (&Drill, i64),
        (number, question): (i64, &CheckQuestion),
    ) -> Result<(), Error> {
        stopped(run)?;
        if self.is_over(run, (drill, until)).await? {
            return Ok(());
        }
        let answer = self.answer(run, drill, question).await?;
        let mut tx = self.gateway.platform.db.begin().await?;
        store::note_check(&mut tx, drill, (number, round_of(drill), &answer)).await?;
        tx.commit().await?;
        let mut tx = self.gateway.platform.db.read().await?;
        let (done, all) = store::checks_done(&mut tx, drill).await?;
        drop(tx);
        Ok(run.progress(done, Some(all), None).await?)
    }

    async fn is_over(&self, run: &JobRun, (drill, until): (&Drill, i64)) -> Result<bool, Error> {
        let now = self.found(run).await?;
        Ok(now.is_none_or(|now| now.state != drill.state) || self.now().as_millis() >= until)
    }

    async fn answer(
        &self,
        run: &JobRun,
        drill: &Drill,
        question: &CheckQuestion,
    ) -> Result<CheckAnswer, Error> {
        let began = self.now();
        let took_ms = || self.now().as_millis().saturating_sub(began.as_millis());
        let unanswered = |code: &str, act_id| CheckAnswer {
            outcome: CheckOutcome::Unanswered,
            code: Some(code.to_owned()),
            endpoint: None,
            cut_short: false,
            took_ms: took_ms(),
            act_id,
        };
        let caller = match self.caller(run).await {
            Ok(caller) => caller,
            Err(gone @ (IdentityError::NotSignedIn | IdentityError::NotFound)) => {
                return Ok(unanswered(gone.code(), None));
            }
            Err(other) => return Err(other.into()),
        };
        let (body, parent) = (body_of(question), drill.start_act_id);
        let call = v1::Single { caller, label: None, body: body.into(), parent };
        let settled = match v1::chat_once(&self.gateway, call).await {
            Ok(settled) => settled,
            // Nothing is known of a call that the stop of the program cut off: it is made again.
            Err(failure) if run.cancelled.is_cancelled() => return Err(failure.error),
            Err(failure) => return Ok(unanswered(failure.error.code(), failure.act)),
        };
        let took = took_ms();
        let Some((text, cut_short)) = said(&settled) else {
            return Ok(unanswered(UpstreamFault::Malformed.code(), Some(settled.act)));
        };
        Ok(CheckAnswer {
            outcome: question.judge(&text),
            code: None,
            endpoint: self.who_answered(drill, (began, settled.act)).await?,
            cut_short,
            took_ms: took,
            act_id: Some(settled.act),
        })
    }

    /// Whoever started the drill, as the person is now.
    async fn caller(&self, run: &JobRun) -> Result<Principal, IdentityError> {
        let user = told(run, "user_id").parse().map_err(|_| IdentityError::NotFound)?;
        let actor = actor_of(told(run, "via"), told(run, "via_id"))?;
        principal_of(&self.identity, (run.job.institution, user), &actor).await
    }

    /// The public name of the endpoint that gave the answer.
    async fn who_answered(
        &self,
        drill: &Drill,
        asked: (Timestamp, ActId),
    ) -> Result<Option<String>, DbError> {
        let mut tx = self.gateway.platform.db.read().await?;
        store::who_answered(&mut tx, drill.institution, asked).await
    }

    fn now(&self) -> Timestamp {
        self.gateway.platform.now()
    }
}

fn told<'a>(run: &'a JobRun, field: &str) -> &'a str {
    run.job.payload.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn round_of(drill: &Drill) -> Round {
    if drill.state == DrillState::Checking { Round::Before } else { Round::During }
}

fn body_of(check: &CheckQuestion) -> String {
    json!({
        "model": check.model,
        "messages": [{ "role": "user", "content": check.question }],
        "temperature": 0,
        "max_tokens": ANSWER_TOKENS,
    })
    .to_string()
}

/// The text of an answer, and whether it stopped at its longest. What a model thinks is no answer.
fn said(answer: &Settled<bytes::Bytes>) -> Option<(String, bool)> {
    let json = Json::parse(&answer.answer).ok()?;
    let response = Dialect::OpenAiChat.read_response(json, &mut Notes::new()).ok()?;
    let text = response.parts.iter().filter_map(|part| match part {
        Part::Text(text) => Some(text.as_str()),
        _ => None,
    });
    Some((text.collect(), response.finish == Finish::Length))
}
