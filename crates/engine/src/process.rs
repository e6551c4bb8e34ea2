//! The child process as the parent holds it: started with a closed environment, spoken to in frames, ended when dropped.

use std::{io, process::Stdio, time::Duration};

use futures_util::StreamExt;
use tokio::{
    io::AsyncWriteExt,
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
    time::timeout,
};
use tokio_util::codec::{FramedRead, LengthDelimitedCodec, LinesCodec};

use crate::{
    config::EngineConfig,
    protocol::{
        FromChild, MAX_FRAME_FROM_CHILD_BYTES, MAX_FRAME_TO_CHILD_BYTES, ToChild, write_frame,
    },
};

/// All of the child's environment: its computing threads sleep while they wait for each other, since spinning takes
/// the processor from the rest of the platform.
const WAITING: [(&str, &str); 2] = [("OMP_WAIT_POLICY", "passive"), ("GOMP_SPINCOUNT", "0")];
const MAX_LOG_LINE_BYTES: usize = 2048;
/// An honest child always reads; one that does not for this long is hung.
const WRITE_DEADLINE: Duration = Duration::from_secs(10);
const EXIT_DEADLINE: Duration = Duration::from_secs(5);

/// What the child did.
#[derive(Debug)]
pub(crate) enum Heard {
    Frame(FromChild),
    /// It said something on its standard error, which is logged.
    Log(String),
    /// Its output ended, or is not what the protocol allows.
    Gone(String),
}

/// A running child.
#[derive(Debug)]
pub(crate) struct ChildProcess {
    child: Child,
    input: Option<ChildStdin>,
    frames: FramedRead<ChildStdout, LengthDelimitedCodec>,
    log: Option<FramedRead<ChildStderr, LinesCodec>>,
}

impl ChildProcess {
    pub(crate) fn start(config: &EngineConfig) -> io::Result<Self> {
        let mut command = Command::new(&config.program);
        command
            .args(&config.args)
            .env_clear()
            .envs(WAITING)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        // A signal from the terminal must not end the child before the parent has shut it down.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(input), Some(output), Some(errors)) = pipes else {
            return Err(io::Error::other("the child has no pipes"));
        };
        let codec = LengthDelimitedCodec::builder()
            .max_frame_length(MAX_FRAME_FROM_CHILD_BYTES)
            .new_codec();
        let lines = LinesCodec::new_with_max_length(MAX_LOG_LINE_BYTES);
        Ok(Self {
            child,
            input: Some(input),
            frames: FramedRead::new(output, codec),
            log: Some(FramedRead::new(errors, lines)),
        })
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Sends one frame. An error means that the child is of no more use.
    pub(crate) async fn send(&mut self, frame: &ToChild) -> io::Result<()> {
        let mut bytes = Vec::new();
        write_frame(&mut bytes, frame)?;
        let input = self.input.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        let write = async {
            input.write_all(&bytes).await?;
            input.flush().await
        };
        timeout(WRITE_DEADLINE, write).await?
    }

    /// Waits for the child's next word.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub(crate) async fn hear(&mut self) -> Heard {
        tokio::select! {
            biased;
            frame = self.frames.next() => match frame {
                Some(Ok(bytes)) => match serde_json::from_slice(&bytes) {
                    Ok(frame) => Heard::Frame(frame),
                    Err(error) => Heard::Gone(format!("it sent an unreadable frame: {error}")),
                },
                Some(Err(error)) => Heard::Gone(format!("its output broke: {error}")),
                None => Heard::Gone(self.exit().await),
            },
            line = next_line(&mut self.log) => Heard::Log(line),
        }
    }

    /// Ends the child: politely where it still listens, by force after a few seconds. Says how it ended.
    pub(crate) async fn shut_down(mut self) -> String {
        let _ = self.send(&ToChild::ShutDown).await;
        self.exit().await
    }

    /// Ends the child by force.
    pub(crate) async fn kill(mut self) {
        let _ = self.child.kill().await;
    }

    async fn exit(&mut self) -> String {
        self.input = None;
        if let Ok(Ok(status)) = timeout(EXIT_DEADLINE, self.child.wait()).await {
            return status.to_string();
        }
        let _ = self.child.kill().await;
        "killed".to_owned()
    }
}

/// The next line of the child's log; pending for ever once there is no more.
async fn next_line(log: &mut Option<FramedRead<ChildStderr, LinesCodec>>) -> String {
    while let Some(lines) = log {
        match lines.next().await {
            Some(Ok(line)) => return line,
            Some(Err(_)) => {}
            None => *log = None,
        }
    }
    std::future::pending().await
}

/// Whether a text is surely too large for a frame, so that it need not be written out to know.
pub(crate) fn exceeds_frame(text_bytes: usize) -> bool {
    // Room for the schema, stop strings and JSON escapes; what still does not fit is refused by the child.
    text_bytes > MAX_FRAME_TO_CHILD_BYTES / 2
}
