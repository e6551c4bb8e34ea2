//! One call of a batch: judged, made and recorded like any other, in the name of the batch's maker.

use std::time::Duration;

use axum::{body::to_bytes, http::StatusCode, response::Response};
use bytes::Bytes;
use kaname_identity::{Error as IdentityError, principal_of};
use kaname_kernel::Principal;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{
    model::{Batch, Line},
    run::BatchJob,
    store,
};
use crate::{error::Error, v1};

/// How long to wait before a call is made again that was refused for a moment.
const PAUSES: [Duration; 3] =
    [Duration::from_secs(1), Duration::from_secs(4), Duration::from_secs(16)];
const CALLER_GONE: (&str, &str) = (
    "caller_gone",
    "The API key that made the batch was revoked or has expired, or the person was switched off.",
);
const ABOVE_CLEARANCE: (&str, &str) = (
    "above_clearance",
    "The clearance of the batch's maker does not reach its label any more, so the call was not made.",
);

impl BatchJob {
    /// Makes the call of `line`, unless the batch has been stopped, and notes what came of it.
    pub(super) async fn call_line(
        &self,
        batch: &Batch,
        line: &Line,
        stopped: &CancellationToken,
    ) -> Result<(), Error> {
        // Before the line is noted as under way: whoever cannot be looked up has called nothing.
        let caller = self.caller(batch).await?;
        let db = &self.gateway.platform.db;
        let mut tx = db.begin().await?;
        let begun = store::begin_line(&mut tx, batch.id, line.number).await?;
        tx.commit().await?;
        if !begun {
            return Ok(());
        }
        let (good, result) = match caller {
            Ok(caller) => self.answered(batch, line, (caller, stopped)).await?,
            Err(why) => (false, refused(batch, line, why)),
        };
        let mut tx = db.begin().await?;
        store::end_line(&mut tx, batch.id, (line.number, good, &result)).await?;
        Ok(tx.commit().await?)
    }

    /// The maker of the batch as the person or key is now; why not, if they may not call any more,
    /// or could not read what comes of it.
    async fn caller(
        &self,
        batch: &Batch,
    ) -> Result<Result<Principal, (&'static str, &'static str)>, Error> {
        let owner = (batch.owner.institution, batch.owner.user);
        match principal_of(&self.identity, owner, &batch.actor).await {
            Ok(caller) if !caller.clearance.dominates(&batch.label) => Ok(Err(ABOVE_CLEARANCE)),
            Ok(caller) => Ok(Ok(caller)),
            Err(IdentityError::NotSignedIn | IdentityError::NotFound) => Ok(Err(CALLER_GONE)),
            Err(other) => Err(other.into()),
        }
    }

    async fn answered(
        &self,
        batch: &Batch,
        line: &Line,
        (caller, stopped): (Principal, &CancellationToken),
    ) -> Result<(bool, String), Error> {
        let mut pauses = PAUSES.iter();
        loop {
            let call = v1::Single {
                caller: caller.clone(),
                label: Some(&batch.label),
                body: Bytes::from(line.body.clone()),
                parent: batch.act,
            };
            let answer = v1::answer_one(&self.gateway, batch.path, call).await;
            let (status, act) = (answer.status(), act_of(&answer));
            let body = to_bytes(answer.into_body(), self.gateway.config.answer_bytes_max).await;
            let body = String::from_utf8_lossy(&body.unwrap_or_default()).into_owned();
            if is_momentary(status, &body)
                && let Some(pause) = pauses.next()
            {
                tokio::select! {
                    () = tokio::time::sleep(*pause) => continue,
                    () = stopped.cancelled() => {}
                }
            }
            return Ok((status.is_success(), told(batch, line, (status, &act, &body))));
        }
    }
}

fn act_of(answer: &Response) -> String {
    let act = answer.headers().get("x-kaname-act").and_then(|value| value.to_str().ok());
    act.unwrap_or_default().to_owned()
}

/// Whether the same call may pass in a moment: too many at once, or every endpoint rests. A budget
/// that is used up does not open so soon.
fn is_momentary(status: StatusCode, body: &str) -> bool {
    match status {
        StatusCode::TOO_MANY_REQUESTS => !body.contains("guard.budget_exhausted"),
        StatusCode::SERVICE_UNAVAILABLE => body.contains("gateway.resting"),
        _ => false,
    }
}

/// A line of results: what was answered, with its status.
fn told(batch: &Batch, line: &Line, (status, act, body): (StatusCode, &str, &str)) -> String {
    // Outside its texts, JSON may be broken into lines anywhere, and is as well in one.
    let body = body.replace(['\n', '\r'], " ");
    let body = if body.trim().is_empty() { "null" } else { body.trim() };
    format!(
        "{{\"id\":{},\"custom_id\":{},\"response\":{{\"status_code\":{},\"request_id\":{},\"body\":{body}}},\"error\":null}}",
        json!(id_of(batch, line)),
        json!(line.custom_id),
        status.as_u16(),
        json!(act),
    )
}

/// A line of results: why there is no answer.
pub(super) fn refused(batch: &Batch, line: &Line, (code, message): (&str, &str)) -> String {
    json!({
        "id": id_of(batch, line),
        "custom_id": line.custom_id,
        "response": null,
        "error": { "code": code, "message": message, "line": line.number },
    })
    .to_string()
}

fn id_of(batch: &Batch, line: &Line) -> String {
    format!("batch_req_{}_{}", batch.id.as_uuid().simple(), line.number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_in_a_moment_is_tried_again_and_a_used_up_budget_is_not() {
        let too_many = StatusCode::TOO_MANY_REQUESTS;
        assert!(is_momentary(too_many, "{\"code\":\"guard.rate_limited\"}"));
        assert!(!is_momentary(too_many, "{\"code\":\"guard.budget_exhausted\"}"));
        assert!(is_momentary(StatusCode::SERVICE_UNAVAILABLE, "{\"code\":\"gateway.resting\"}"));
        assert!(!is_momentary(StatusCode::SERVICE_UNAVAILABLE, "gateway.embedded_no_model"));
        assert!(!is_momentary(StatusCode::BAD_GATEWAY, ""));
    }
}
