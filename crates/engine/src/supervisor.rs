//! The one task that owns the child process: starts it, hands requests down and answers up, and starts it again.
//!
//! A request holds its permit here until it is answered or its cancellation has gone down, so what is in the child
//! never exceeds the limit. The child is not trusted: a frame that no honest child would send ends it.

use std::{collections::BTreeMap, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, mpsc, watch},
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    checksum::ChecksumCache,
    config::EngineConfig,
    error::EngineError,
    health::{EngineState, Health},
    process::{ChildProcess, Heard},
    protocol::{self, Fault, FromChild, Generate, OpenFault, Ready, ToChild},
    request::{Event, GenerateRequest, Signal},
};

const FIRST_BACKOFF: Duration = Duration::from_millis(250);
const MAX_BACKOFF: Duration = Duration::from_secs(10);

/// What the handles ask of the supervisor.
#[derive(Debug)]
pub(crate) enum Command {
    Generate(Box<Job>),
    Cancel { id: u64 },
}

/// A request with the way back to its stream.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) id: u64,
    pub(crate) request: GenerateRequest,
    pub(crate) signals: mpsc::Sender<Signal>,
    pub(crate) permit: OwnedSemaphorePermit,
}

/// A request that is in the child.
#[derive(Debug)]
struct InFlight {
    signals: mpsc::Sender<Signal>,
    _permit: OwnedSemaphorePermit,
}

/// How the service of one child ended.
enum Ending {
    Stopped,
    Crashed(String),
}

/// The task's state.
pub(crate) struct Supervisor {
    config: EngineConfig,
    inbox: mpsc::Receiver<Command>,
    health: watch::Sender<Health>,
    stopping: CancellationToken,
    checksums: ChecksumCache,
    /// Crashes since the last answer that came to its end.
    crashes_in_a_row: u32,
    not_before: Option<Instant>,
    in_flight: BTreeMap<u64, InFlight>,
}

impl Supervisor {
    pub(crate) fn new(
        config: EngineConfig,
        inbox: mpsc::Receiver<Command>,
        health: watch::Sender<Health>,
        stopping: CancellationToken,
    ) -> Self {
        Self {
            config,
            inbox,
            health,
            stopping,
            checksums: ChecksumCache::default(),
            crashes_in_a_row: 0,
            not_before: None,
            in_flight: BTreeMap::new(),
        }
    }

    /// Runs until the engine is shut down or its last handle is gone.
    pub(crate) async fn run(mut self) {
        let stopping = self.stopping.clone();
        loop {
            let command = tokio::select! {
                () = stopping.cancelled() => break,
                command = self.inbox.recv() => command,
            };
            match command {
                None => break,
                Some(Command::Cancel { .. }) => {}
                Some(Command::Generate(job)) if job.signals.is_closed() => drop(job),
                Some(Command::Generate(job)) => self.start_for(*job, &stopping).await,
            }
        }
        self.close();
    }

    /// Starts a child for this first request and serves it until it ends.
    async fn start_for(&mut self, job: Job, stopping: &CancellationToken) {
        let started = tokio::select! {
            () = stopping.cancelled() => Err(EngineError::ShutDown),
            started = self.start() => started,
        };
        let child = match started {
            Ok(child) => child,
            Err(error) => return self.refuse(&job, error),
        };
        if let Ending::Crashed(how) = self.serve(child, job, stopping).await {
            self.record_crash(&how);
            self.fail_all(&EngineError::Crashed);
        }
    }

    fn refuse(&self, job: &Job, error: EngineError) {
        self.health.send_modify(|health| {
            health.child_gone(EngineState::Idle);
            health.last_failure = Some(error.to_string());
        });
        let _ = job.signals.try_send(Signal::Failed(error));
    }

    fn record_crash(&mut self, how: &str) {
        tracing::warn!(how, "the engine process ended unexpectedly");
        let exponent = self.crashes_in_a_row.min(16);
        let wait = FIRST_BACKOFF.saturating_mul(2_u32.saturating_pow(exponent)).min(MAX_BACKOFF);
        self.crashes_in_a_row = self.crashes_in_a_row.saturating_add(1);
        self.not_before = Some(Instant::now() + wait);
        self.health.send_modify(|health| {
            health.child_gone(EngineState::Idle);
            health.crashes += 1;
            health.last_failure = Some(format!("the engine process ended unexpectedly: {how}"));
        });
    }

    fn fail_all(&mut self, error: &EngineError) {
        for request in std::mem::take(&mut self.in_flight).into_values() {
            let _ = request.signals.try_send(Signal::Failed(error.clone()));
        }
    }

    /// Fails what still waits, and lets `shut_down` return by closing the channel.
    fn close(mut self) {
        self.health.send_modify(|health| health.child_gone(EngineState::Stopped));
        self.inbox.close();
        while let Ok(command) = self.inbox.try_recv() {
            if let Command::Generate(job) = command {
                let _ = job.signals.try_send(Signal::Failed(EngineError::ShutDown));
            }
        }
    }

    async fn start(&mut self) -> Result<ChildProcess, EngineError> {
        if let Some(not_before) = self.not_before.take() {
            self.enter(EngineState::BackingOff);
            sleep_until(not_before).await;
        }
        self.enter(EngineState::Starting);
        let file_bytes = self.verify_model().await?;
        let mut child = ChildProcess::start(&self.config)
            .map_err(|error| EngineError::StartFailed { detail: error.to_string() })?;
        let pid = child.pid();
        self.health.send_modify(|health| {
            health.pid = pid;
            health.starts += 1;
        });
        let greeted =
            timeout(self.config.load_deadline, greet(&mut child, self.opening(file_bytes)));
        let silent = Hello::Gone("the model was not loaded within the deadline".to_owned());
        let ready = match greeted.await.unwrap_or(Err(silent)) {
            Ok(ready) => ready,
            Err(Hello::Refused(fault)) => return Err(self.open_error(fault)),
            Err(Hello::Gone(how)) => {
                child.kill().await;
                self.record_crash(&how);
                return Err(EngineError::StartFailed { detail: how });
            }
        };
        tracing::info!(model = %ready.model.name, sandbox = ?ready.sandbox, "the engine is ready");
        self.health.send_modify(|health| {
            health.state = EngineState::Ready;
            health.model = Some(ready.model);
            health.sandbox = Some(ready.sandbox);
        });
        Ok(child)
    }

    fn enter(&self, state: EngineState) {
        self.health.send_modify(|health| health.state = state);
    }

    async fn verify_model(&mut self) -> Result<u64, EngineError> {
        let (path, expected) = (self.config.model_path.clone(), self.config.expected_sha256);
        let mut checksums = std::mem::take(&mut self.checksums);
        let checked = tokio::task::spawn_blocking(move || {
            let checked = checksums.verify(&path, expected);
            (checksums, checked)
        });
        let (checksums, checked) = checked
            .await
            .map_err(|error| EngineError::StartFailed { detail: error.to_string() })?;
        self.checksums = checksums;
        checked
    }

    fn opening(&self, file_bytes: u64) -> protocol::Open {
        protocol::Open {
            protocol: protocol::VERSION,
            model_path: self.config.model_path.clone(),
            context_tokens: self.config.context_tokens,
            parallel_sequences: self.config.parallel_sequences,
            batch_tokens: self.config.batch_tokens,
            threads: self.config.threads,
            request_limit: self.config.request_limit(),
            memory_limit_bytes: self.config.memory_limit(file_bytes),
        }
    }

    fn open_error(&self, fault: OpenFault) -> EngineError {
        match fault {
            OpenFault::ModelUnreadable { detail } => {
                EngineError::ModelUnreadable { path: self.config.model_path.clone(), detail }
            }
            OpenFault::Context { detail } => EngineError::StartFailed { detail },
            OpenFault::Protocol { version } => EngineError::StartFailed {
                detail: format!(
                    "the engine program speaks protocol {version}, not {}; install one version",
                    protocol::VERSION
                ),
            },
        }
    }

    async fn serve(
        &mut self,
        mut child: ChildProcess,
        first: Job,
        stopping: &CancellationToken,
    ) -> Ending {
        let mut next = Some(Command::Generate(Box::new(first)));
        loop {
            if let Some(command) = next.take()
                && let Err(error) = self.hand_down(&mut child, command).await
            {
                child.kill().await;
                return Ending::Crashed(format!("it took no more input: {error}"));
            }
            let silence =
                if self.in_flight.is_empty() { None } else { Some(self.config.stall_deadline) };
            tokio::select! {
                () = stopping.cancelled() => return self.stop(child).await,
                command = self.inbox.recv() => match command {
                    Some(command) => next = Some(command),
                    None => return self.stop(child).await,
                },
                heard = hear_within(&mut child, silence) => if let Err(how) = self.take(heard) {
                    child.kill().await;
                    return Ending::Crashed(how);
                },
            }
        }
    }

    async fn stop(&mut self, child: ChildProcess) -> Ending {
        self.fail_all(&EngineError::ShutDown);
        let how = child.shut_down().await;
        tracing::info!(how, "the engine process was shut down");
        Ending::Stopped
    }

    async fn hand_down(
        &mut self,
        child: &mut ChildProcess,
        command: Command,
    ) -> std::io::Result<()> {
        match command {
            Command::Generate(job) if job.signals.is_closed() => Ok(()),
            Command::Generate(job) => {
                let Job { id, request, signals, permit } = *job;
                self.in_flight.insert(id, InFlight { signals, _permit: permit });
                child.send(&ToChild::Generate(Box::new(wire_request(id, request)))).await
            }
            Command::Cancel { id } if self.in_flight.contains_key(&id) => {
                let sent = child.send(&ToChild::Cancel { id }).await;
                self.in_flight.remove(&id);
                sent
            }
            Command::Cancel { .. } => Ok(()),
        }
    }

    /// Acts on what the child said; an error says why it must be ended.
    fn take(&mut self, heard: Heard) -> Result<(), String> {
        let frame = match heard {
            Heard::Frame(frame) => frame,
            Heard::Log(line) => {
                tracing::warn!(line, "the engine process wrote to its log");
                return Ok(());
            }
            Heard::Gone(how) => return Err(how),
        };
        match frame {
            FromChild::Accepted { id, prompt_tokens } => {
                self.answer(id, Signal::Accepted { prompt_tokens })
            }
            FromChild::Delta { id, text } => self.answer(id, Signal::Event(Event::Delta(text))),
            FromChild::Done(done) => {
                self.crashes_in_a_row = 0;
                let event = Event::Done {
                    finish_reason: done.finish_reason,
                    prompt_tokens: done.prompt_tokens,
                    completion_tokens: done.completion_tokens,
                };
                self.answer_last(done.id, Signal::Event(event))
            }
            FromChild::Failed { id, fault } => {
                let error = self.request_error(fault);
                self.answer_last(id, Signal::Failed(error))
            }
            FromChild::Stats(stats) => {
                self.health.send_modify(|health| health.apply(stats));
                Ok(())
            }
            FromChild::Ready(_) | FromChild::Refused { .. } => {
                Err("it said hello twice".to_owned())
            }
        }
    }

    fn answer(&self, id: u64, signal: Signal) -> Result<(), String> {
        let Some(request) = self.in_flight.get(&id) else { return Ok(()) };
        match request.signals.try_send(signal) {
            // The channel holds all that an honest child sends; a closed one has its cancellation under way.
            Err(mpsc::error::TrySendError::Full(_)) => {
                Err("it sent more than was asked for".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn answer_last(&mut self, id: u64, signal: Signal) -> Result<(), String> {
        let answered = self.answer(id, signal);
        self.in_flight.remove(&id);
        answered
    }

    fn request_error(&self, fault: Fault) -> EngineError {
        match fault {
            Fault::Busy => EngineError::Busy { limit: self.config.request_limit() },
            Fault::PromptTooLong { prompt_tokens, context_tokens } => {
                EngineError::PromptTooLong { prompt_tokens, context_tokens }
            }
            Fault::NoChatTemplate { detail } => EngineError::NoChatTemplate { detail },
            Fault::InvalidRequest { detail } => EngineError::InvalidRequest { detail },
            Fault::Generation { detail } => EngineError::Generation { detail },
        }
    }
}

fn wire_request(id: u64, request: GenerateRequest) -> Generate {
    Generate {
        id,
        input: request.input.into(),
        max_tokens: request.max_tokens,
        temperature: request.temperature,
        top_p: request.top_p,
        seed: request.seed,
        stop: request.stop,
        json_schema: request.json_schema,
    }
}

/// Why there was no hello.
enum Hello {
    Refused(OpenFault),
    Gone(String),
}

/// Tells the child what to load and waits for its hello.
async fn greet(child: &mut ChildProcess, open: protocol::Open) -> Result<Ready, Hello> {
    let sent = child.send(&ToChild::Open(open)).await;
    sent.map_err(|error| Hello::Gone(format!("it took no input: {error}")))?;
    loop {
        return match child.hear().await {
            Heard::Frame(FromChild::Ready(ready)) if ready.protocol == protocol::VERSION => {
                Ok(*ready)
            }
            Heard::Frame(FromChild::Ready(ready)) => {
                Err(Hello::Refused(OpenFault::Protocol { version: ready.protocol }))
            }
            Heard::Frame(FromChild::Refused { fault }) => Err(Hello::Refused(fault)),
            Heard::Frame(_) => Err(Hello::Gone("it spoke before its hello".to_owned())),
            Heard::Gone(how) => Err(Hello::Gone(how)),
            Heard::Log(line) => {
                tracing::warn!(line, "the engine process wrote to its log");
                continue;
            }
        };
    }
}

/// The child's next word; silence for too long while it has work counts as its end.
async fn hear_within(child: &mut ChildProcess, silence: Option<Duration>) -> Heard {
    let Some(silence) = silence else { return child.hear().await };
    match timeout(silence, child.hear()).await {
        Ok(heard) => heard,
        Err(_) => Heard::Gone("it was silent for too long".to_owned()),
    }
}
