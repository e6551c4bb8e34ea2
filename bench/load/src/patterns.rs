//! In which pattern the targets are called, and what is said of it.
//!
//! `sequential` calls one target after another in every round, so that a busy machine slows all
//! alike; `open` sends on a schedule and counts from when a call was due; `closed` keeps a number of
//! connections busy.

use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::{
    calls::{Ask, Line, Target, Took},
    usage,
};

/// What to do.
#[derive(Debug, Deserialize)]
pub(crate) struct Plan {
    targets: Vec<Target>,
    #[serde(flatten)]
    ask: Ask,
    #[serde(flatten)]
    pattern: Pattern,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case", tag = "pattern")]
enum Pattern {
    Sequential { rounds: usize, calls: usize, warm_ups: usize },
    Open { rounds: usize, per_second: u32, seconds: u32, connections: usize },
    Closed { rounds: usize, seconds: u32, connections: usize },
}

/// What was found of one target.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Found {
    name: String,
    calls: usize,
    failed: usize,
    last_error: Option<String>,
    /// Of all calls, in milliseconds.
    best_ms: f64,
    p50_ms: f64,
    p90_ms: f64,
    p99_ms: f64,
    first_best_ms: f64,
    first_p50_ms: f64,
    /// The median of the rounds' medians.
    median_of_medians_ms: f64,
    calls_per_s: f64,
    cpu_ms_per_call: f64,
    resident_mb: f64,
}

#[derive(Default)]
struct Tally {
    rounds: Vec<Vec<Took>>,
    failed: usize,
    last_error: Option<String>,
    wall: Duration,
    cpu: Duration,
}

impl Plan {
    /// Runs it.
    pub(crate) async fn run(&self) -> anyhow::Result<Vec<Found>> {
        let mut tallies: Vec<Tally> = self.targets.iter().map(|_| Tally::default()).collect();
        let rounds = match self.pattern {
            Pattern::Sequential { rounds, warm_ups, .. } => {
                for target in &self.targets {
                    let mut line = Line::open(target, self.ask).await?;
                    for _ in 0..warm_ups {
                        line.call().await?;
                    }
                }
                rounds
            }
            Pattern::Open { rounds, .. } | Pattern::Closed { rounds, .. } => rounds,
        };
        for _ in 0..rounds {
            for (target, tally) in self.targets.iter().zip(&mut tallies) {
                let (cpu, begun) = (usage::cpu(&target.pids), Instant::now());
                self.round(target, tally).await?;
                tally.wall += begun.elapsed();
                tally.cpu += usage::cpu(&target.pids).saturating_sub(cpu);
            }
        }
        let found = self.targets.iter().zip(tallies).map(|(target, tally)| tally.told(target));
        Ok(found.collect())
    }

    async fn round(&self, target: &Target, tally: &mut Tally) -> anyhow::Result<()> {
        let took = match self.pattern {
            Pattern::Sequential { calls, .. } => {
                let mut line = Line::open(target, self.ask).await?;
                let mut took = Vec::with_capacity(calls);
                for _ in 0..calls {
                    took.push(line.call().await);
                }
                took
            }
            Pattern::Closed { seconds, connections, .. } => {
                let until = Instant::now() + Duration::from_secs(seconds.into());
                let lines = FuturesUnordered::new();
                for _ in 0..connections {
                    let line = Line::open(target, self.ask).await?;
                    lines.push(busy(line, until));
                }
                lines.collect::<Vec<_>>().await.into_iter().flatten().collect()
            }
            Pattern::Open { per_second, seconds, connections, .. } => {
                self.on_schedule(target, (per_second, seconds), connections).await?
            }
        };
        let mut round = Vec::with_capacity(took.len());
        for one in took {
            match one {
                Ok(one) => round.push(one),
                Err(error) => {
                    tally.failed += 1;
                    tally.last_error = Some(format!("{error:#}"));
                }
            }
        }
        tally.rounds.push(round);
        Ok(())
    }

    /// Calls at fixed times, whoever is still waiting; each is counted from when it was due.
    async fn on_schedule(
        &self,
        target: &Target,
        (per_second, seconds): (u32, u32),
        connections: usize,
    ) -> anyhow::Result<Vec<anyhow::Result<Took>>> {
        let mut lines = Vec::with_capacity(connections);
        for _ in 0..connections {
            lines.push(Line::open(target, self.ask).await?);
        }
        let lines = Mutex::new(lines);
        let free = tokio::sync::Semaphore::new(connections);
        let (begun, gap) = (Instant::now(), Duration::from_secs(1) / per_second);
        let calls = (0..per_second * seconds).map(|number| {
            let (lines, free, due) = (&lines, &free, begun + gap * number);
            async move {
                tokio::time::sleep_until(due.into()).await;
                let _place = free.acquire().await?;
                let line = lines.lock().await.pop();
                let mut line = match line {
                    Some(line) => line,
                    None => Line::open(target, self.ask).await?,
                };
                let late = due.elapsed();
                let took = line.call().await?;
                lines.lock().await.push(line);
                Ok(Took { first: took.first + late, whole: took.whole + late })
            }
        });
        Ok(calls.collect::<FuturesUnordered<_>>().collect().await)
    }
}

async fn busy(mut line: Line, until: Instant) -> Vec<anyhow::Result<Took>> {
    let mut took = Vec::new();
    while Instant::now() < until {
        let one = line.call().await;
        let over = one.is_err();
        took.push(one);
        if over {
            break;
        }
    }
    took
}

impl Tally {
    fn told(self, target: &Target) -> Found {
        let mut whole: Vec<f64> = self.rounds.iter().flatten().map(|one| ms(one.whole)).collect();
        let mut first: Vec<f64> = self.rounds.iter().flatten().map(|one| ms(one.first)).collect();
        let mut medians: Vec<f64> = self
            .rounds
            .iter()
            .map(|round| at(&mut round.iter().map(|one| ms(one.whole)).collect::<Vec<_>>(), 0.5))
            .collect();
        let calls = u32::try_from(whole.len()).unwrap_or(u32::MAX);
        Found {
            name: target.name.clone(),
            calls: whole.len(),
            failed: self.failed,
            last_error: self.last_error,
            best_ms: at(&mut whole, 0.0),
            p50_ms: at(&mut whole, 0.5),
            p90_ms: at(&mut whole, 0.9),
            p99_ms: at(&mut whole, 0.99),
            first_best_ms: at(&mut first, 0.0),
            first_p50_ms: at(&mut first, 0.5),
            median_of_medians_ms: at(&mut medians, 0.5),
            calls_per_s: f64::from(calls) / self.wall.as_secs_f64(),
            cpu_ms_per_call: ms(self.cpu) / f64::from(calls.max(1)),
            resident_mb: mb(usage::resident_kib(&target.pids)),
        }
    }
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "a process has less than 2^53 KiB")]
fn mb(kib: u64) -> f64 {
    kib as f64 / 1024.0
}

/// The value below which `share` of all lie; 0 where there is none.
fn at(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a list"
    )]
    let place = (share * values.len() as f64) as usize;
    values.get(place.min(values.len().saturating_sub(1))).copied().unwrap_or_default()
}
