//! The job that ends a drill at its time, also where the program was started anew meanwhile.

use futures_util::future::BoxFuture;
use kaname_platform::{
    http::Fault as _,
    jobs::{JobFailure, JobHandler, JobRun},
};

use crate::gateway::Gateway;

/// The kind of job.
pub(super) const KIND: &str = "gateway.end_drill";

/// Ends drills whose time has passed. Idempotent: one that has ended is passed over.
#[derive(Debug, Clone)]
pub struct DrillJob {
    gateway: Gateway,
}

impl DrillJob {
    /// The handler, to be given to the workers.
    pub fn new(gateway: Gateway) -> Self {
        Self { gateway }
    }
}

impl JobHandler for DrillJob {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run(&self, run: JobRun) -> BoxFuture<'_, Result<(), JobFailure>> {
        Box::pin(async move {
            let closed = self.gateway.close_due(run.job.institution).await;
            closed.map_err(|error| JobFailure {
                code: error.code(),
                detail: error.to_string(),
                retry: true,
            })
        })
    }
}
