//! The child side: reads what to load, locks itself in, loads it, and then serves until its input ends.
//!
//! One thread owns model and context and does all the work; a second one only reads frames. When the parent dies, the
//! input ends: the owner then stops at the next step, and if it does not within seconds (a step that hangs), the reader
//! aborts the process. That replaces the kernel's parent-death signal, which follows the parent's thread rather than
//! its process and would fire when a runtime retires a worker.

mod model;
mod picker;
mod prompt;
mod sandbox;
mod scheduler;
mod text;

use std::{
    io::{self, BufReader, BufWriter, Read, Write},
    sync::mpsc::{
        Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError, channel, sync_channel,
    },
    thread,
    time::Duration,
};

use llama_cpp_2::llama_backend::LlamaBackend;
use model::Loaded;
use scheduler::Scheduler;

use crate::protocol::{
    self, FromChild, MAX_FRAME_TO_CHILD_BYTES, OpenFault, Ready, ToChild, read_frame, write_frame,
};

/// How many frames may lie between reader and owner; the parent's own limits keep it below.
const INBOX_FRAMES: usize = 4096;
const STOP_DEADLINE: Duration = Duration::from_secs(5);

/// Why the child ended badly.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChildError {
    /// Reading from or writing to the parent failed.
    #[error("the connection to the parent broke")]
    Io(#[from] io::Error),
    /// The first frame was not `open`.
    #[error("the parent did not say what to load")]
    NotOpened,
    /// The model library could not be set up.
    #[error("the model library could not be set up: {0}")]
    Backend(String),
}

/// Serves as the engine's child process until the input ends. Call it from `main`, before any other thread exists.
///
/// # Errors
/// When the connection to the parent breaks. A model that cannot be loaded is reported to the parent, not here.
pub fn run_child(input: impl Read + Send + 'static, output: impl Write) -> Result<(), ChildError> {
    let mut input = BufReader::new(input);
    let mut output = BufWriter::new(output);
    let Some(ToChild::Open(open)) = read_frame(&mut input, MAX_FRAME_TO_CHILD_BYTES)? else {
        return Err(ChildError::NotOpened);
    };
    if open.protocol != protocol::VERSION {
        return refuse(&mut output, OpenFault::Protocol { version: protocol::VERSION });
    }
    let sandbox = sandbox::lock_in(&open);
    let (inbox, _alive) = start_reader(input)?;
    let mut backend =
        LlamaBackend::init().map_err(|error| ChildError::Backend(error.to_string()))?;
    backend.void_logs();
    let loaded = match Loaded::load(&backend, &open) {
        Ok(loaded) => loaded,
        Err(fault) => return refuse(&mut output, fault),
    };
    let context = match loaded.new_context(&backend, &open) {
        Ok(context) => context,
        Err(fault) => return refuse(&mut output, fault),
    };
    let ready = Ready { protocol: protocol::VERSION, model: loaded.facts(&open), sandbox };
    write_frame(&mut output, &FromChild::Ready(Box::new(ready)))?;
    output.flush()?;
    let mut scheduler = Scheduler::new(&loaded, context, &open, output);
    serve(&mut scheduler, &inbox)?;
    Ok(())
}

fn refuse(output: &mut impl Write, fault: OpenFault) -> Result<(), ChildError> {
    write_frame(output, &FromChild::Refused { fault })?;
    Ok(output.flush()?)
}

/// Takes frames as they come: waits for them while there is nothing to decode, and looks between two steps otherwise.
fn serve<W: Write>(scheduler: &mut Scheduler<'_, W>, inbox: &Receiver<ToChild>) -> io::Result<()> {
    loop {
        let next = if scheduler.is_idle() {
            inbox.recv().map_err(|_| TryRecvError::Disconnected)
        } else {
            inbox.try_recv()
        };
        match next {
            Ok(ToChild::Generate(request)) => scheduler.queue(*request)?,
            Ok(ToChild::Cancel { id }) => scheduler.cancel(id)?,
            Err(TryRecvError::Empty) => scheduler.step()?,
            Ok(ToChild::ShutDown | ToChild::Open(_)) | Err(TryRecvError::Disconnected) => {
                return Ok(());
            }
        }
    }
}

/// Starts the reading thread. It ends with the input; the returned sender tells it that the owner is done.
fn start_reader(
    mut input: impl Read + Send + 'static,
) -> io::Result<(Receiver<ToChild>, Sender<()>)> {
    let (frames, inbox) = sync_channel(INBOX_FRAMES);
    let (alive, owner) = channel::<()>();
    thread::Builder::new().name("engine-reader".to_owned()).spawn(move || {
        forward(&mut input, &frames);
        drop(frames);
        if owner.recv_timeout(STOP_DEADLINE) == Err(RecvTimeoutError::Timeout) {
            std::process::abort();
        }
    })?;
    Ok((inbox, alive))
}

fn forward(input: &mut impl Read, frames: &SyncSender<ToChild>) {
    // A broken frame counts as the end: what follows it cannot be trusted to begin where it seems to.
    while let Ok(Some(frame)) = read_frame(input, MAX_FRAME_TO_CHILD_BYTES) {
        if frames.try_send(frame).is_err() {
            return;
        }
    }
}
