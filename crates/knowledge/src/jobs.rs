//! Jobs as people see them: what runs for them or for their collections, and stopping it.

use kaname_kernel::{JobId, Principal, Role};
use kaname_platform::{
    Act,
    jobs::{self, Job},
};

use crate::{Error, IMPORT_JOB, Knowledge, import_job::Payload, model::FileFault};

impl Knowledge {
    /// The newest jobs that `by` may see: their own, or all for an administrator.
    pub async fn list_jobs(&self, by: &Principal, limit: i64) -> Result<Vec<Job>, Error> {
        let mut tx = self.platform.db.read().await?;
        let mut found = jobs::list(&mut tx, by.institution, limit).await?;
        found.retain(|job| sees(by, job));
        Ok(found)
    }

    /// The job `id`, if `by` may see it.
    pub async fn find_job(&self, by: &Principal, id: JobId) -> Result<Job, Error> {
        let mut tx = self.platform.db.read().await?;
        let found = jobs::find(&mut tx, by.institution, id).await?;
        found.filter(|job| sees(by, job)).ok_or(Error::NotFound)
    }

    /// Asks a job to stop. One that waits is stopped at once, with the files that wait for it.
    pub async fn cancel_job(&self, by: &Principal, id: JobId) -> Result<(), Error> {
        let job = self.find_job(by, id).await?;
        let mut tx = self.platform.db.begin().await?;
        jobs::cancel(&self.platform, &mut tx, &job).await?;
        let now = jobs::find(&mut tx, by.institution, id).await?;
        let stopped = now.is_some_and(|job| job.state == jobs::JobState::Cancelled);
        if stopped
            && job.kind == IMPORT_JOB
            && let Ok(payload) = serde_json::from_value::<Payload>(job.payload)
        {
            let fault = FileFault::cancelled();
            self.mark_failed(&mut tx, by.institution, (&payload, &fault)).await?;
        }
        let act = Act::by(by, "knowledge.job_cancelled").reference("job", id);
        self.platform.append(&mut tx, act).await?;
        Ok(tx.commit().await?)
    }
}

fn sees(by: &Principal, job: &Job) -> bool {
    job.created_by == Some(by.user) || by.is(Role::Administrator)
}
