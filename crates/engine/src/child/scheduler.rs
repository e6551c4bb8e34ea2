//! Decodes all running requests together: each step carries one token of every generating sequence and, in the room
//! that is left, pieces of prompts that are still to be read.
//!
//! Invariants: the cells reserved by the running sequences never exceed the context; a request that ended holds no
//! cell, no slot and no memory; with no sequence running, nothing is computed.

use std::{
    collections::VecDeque,
    io::{self, BufWriter, Write},
};

use llama_cpp_2::{context::LlamaContext, llama_batch::LlamaBatch, token::LlamaToken};

use super::{model::Loaded, picker::Picker, prompt, text::TextGate};
use crate::protocol::{Done, Fault, FinishReason, FromChild, Generate, Open, Stats, write_frame};

/// A request, checked and turned into tokens.
struct Request {
    id: u64,
    prompt: Vec<LlamaToken>,
    prompt_tokens: u32,
    max_tokens: u32,
    picker: Picker,
    gate: TextGate,
}

impl Request {
    /// The cells of the context that it may come to hold.
    fn cells(&self) -> u32 {
        self.prompt_tokens.saturating_add(self.max_tokens)
    }
}

/// A request that has a slot of the context.
struct Running {
    request: Request,
    slot: u32,
    /// How many prompt tokens are decoded.
    read: usize,
    /// The position of the next token in its sequence.
    position: i32,
    /// The token chosen last, which the next step decodes.
    next: Option<LlamaToken>,
    /// Where the step in progress leaves what the next token is chosen from.
    place: Option<i32>,
    completion_tokens: u32,
}

/// How the token just chosen leaves its sequence.
enum Turn {
    Continues,
    Ended(FinishReason),
    Failed(String),
}

/// The child's working state.
pub(super) struct Scheduler<'model, W: Write> {
    loaded: &'model Loaded,
    context: LlamaContext<'model>,
    batch: LlamaBatch<'static>,
    batch_tokens: usize,
    context_tokens: u32,
    request_context: u32,
    request_limit: usize,
    waiting: VecDeque<Request>,
    running: Vec<Running>,
    free_slots: Vec<u32>,
    reserved_cells: u32,
    stats: Stats,
    published: Stats,
    output: BufWriter<W>,
}

impl<'model, W: Write> Scheduler<'model, W> {
    pub(super) fn new(
        loaded: &'model Loaded,
        context: LlamaContext<'model>,
        open: &Open,
        output: BufWriter<W>,
    ) -> Self {
        let batch_tokens = open.batch_tokens.max(open.parallel_sequences);
        let batch_tokens = usize::try_from(batch_tokens).unwrap_or(usize::MAX);
        Self {
            loaded,
            context,
            batch: LlamaBatch::new(batch_tokens, 1),
            batch_tokens,
            context_tokens: open.context_tokens,
            request_context: loaded.request_context(open),
            request_limit: open.request_limit,
            waiting: VecDeque::new(),
            running: Vec::new(),
            free_slots: (0..open.parallel_sequences).rev().collect(),
            reserved_cells: 0,
            stats: Stats::default(),
            published: Stats::default(),
            output,
        }
    }

    pub(super) fn is_idle(&self) -> bool {
        self.running.is_empty() && self.waiting.is_empty()
    }

    /// Takes a request into the queue, or says why not.
    pub(super) fn queue(&mut self, request: Generate) -> io::Result<()> {
        let id = request.id;
        match self.prepare(request) {
            Ok(request) => {
                let prompt_tokens = request.prompt_tokens;
                self.waiting.push_back(request);
                self.say(&FromChild::Accepted { id, prompt_tokens })?;
            }
            Err(fault) => self.say(&FromChild::Failed { id, fault })?,
        }
        self.publish()
    }

    fn prepare(&self, request: Generate) -> Result<Request, Fault> {
        if self.waiting.len() + self.running.len() >= self.request_limit {
            return Err(Fault::Busy);
        }
        let invalid = |detail: String| Fault::InvalidRequest { detail };
        let prompt = prompt::tokens_of(self.loaded, &request.input, self.request_context)?;
        let prompt_tokens =
            u32::try_from(prompt.len()).map_err(|error| invalid(error.to_string()))?;
        let matcher = match &request.json_schema {
            Some(schema) => {
                let grammars =
                    self.loaded.grammars().map_err(|detail| Fault::Generation { detail })?;
                let matcher = grammars.matcher(schema.clone());
                Some(matcher.map_err(|detail| invalid(format!("the JSON schema: {detail}")))?)
            }
            None => None,
        };
        let picker = Picker::new(&request, matcher);
        let room = self.request_context.saturating_sub(prompt_tokens);
        Ok(Request {
            id: request.id,
            prompt,
            prompt_tokens,
            max_tokens: request.max_tokens.min(room),
            picker,
            gate: TextGate::new(request.stop),
        })
    }

    /// Forgets a request; from now on it costs nothing.
    pub(super) fn cancel(&mut self, id: u64) -> io::Result<()> {
        self.waiting.retain(|request| request.id != id);
        if let Some(index) = self.running.iter().position(|running| running.request.id == id) {
            self.release(index);
        }
        self.publish()
    }

    /// Decodes one batch and gives out what came of it.
    pub(super) fn step(&mut self) -> io::Result<()> {
        self.admit();
        if self.running.is_empty() {
            return Ok(());
        }
        if let Err(detail) = self.decode() {
            return self.fail_step(&detail);
        }
        self.harvest()?;
        self.publish()
    }

    /// Moves requests from the queue into free slots, in their order, as long as the context surely has room.
    fn admit(&mut self) {
        while let Some(request) = self.waiting.front() {
            let cells = request.cells();
            if self.reserved_cells.saturating_add(cells) > self.context_tokens {
                return;
            }
            let Some(slot) = self.free_slots.pop() else { return };
            let Some(request) = self.waiting.pop_front() else { return };
            self.reserved_cells += cells;
            self.running.push(Running {
                request,
                slot,
                read: 0,
                position: 0,
                next: None,
                place: None,
                completion_tokens: 0,
            });
        }
    }

    fn decode(&mut self) -> Result<(), String> {
        self.batch.clear();
        let mut sequences = 0;
        for running in &mut self.running {
            if let Some(token) = running.next.take() {
                running.feed(&mut self.batch, token, true)?;
                sequences += 1;
            }
        }
        for running in &mut self.running {
            let room = self.batch_tokens.saturating_sub(in_batch(&self.batch));
            let read = running.feed_prompt(&mut self.batch, room)?;
            self.stats.prompt_tokens += u64::from(read);
            sequences += u32::from(read > 0);
        }
        self.context.decode(&mut self.batch).map_err(|error| error.to_string())?;
        self.stats.decode_steps += 1;
        self.stats.max_sequences_in_decode = self.stats.max_sequences_in_decode.max(sequences);
        Ok(())
    }

    /// Chooses the next token of every sequence whose turn it is. Goes backwards, since an ended one is removed.
    fn harvest(&mut self) -> io::Result<()> {
        for index in (0..self.running.len()).rev() {
            let Some(running) = self.running.get_mut(index) else { continue };
            let Some(place) = running.place.take() else { continue };
            let before = running.completion_tokens;
            let (text, turn) = running.choose(self.loaded, &self.context, place);
            let id = running.request.id;
            self.stats.completion_tokens += u64::from(running.completion_tokens - before);
            if !text.is_empty() {
                self.say(&FromChild::Delta { id, text })?;
            }
            match turn {
                Turn::Continues => {}
                Turn::Ended(finish_reason) => self.end(index, finish_reason)?,
                Turn::Failed(detail) => {
                    self.release(index);
                    self.say(&FromChild::Failed { id, fault: Fault::Generation { detail } })?;
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, index: usize, finish_reason: FinishReason) -> io::Result<()> {
        let Some(ended) = self.release(index) else { return Ok(()) };
        self.say(&FromChild::Done(Done {
            id: ended.request.id,
            finish_reason,
            prompt_tokens: ended.request.prompt_tokens,
            completion_tokens: ended.completion_tokens,
        }))
    }

    /// A step that failed leaves the context in doubt: every running request fails, and all cells are cleared.
    fn fail_step(&mut self, detail: &str) -> io::Result<()> {
        while let Some(ended) =
            self.running.len().checked_sub(1).and_then(|last| self.release(last))
        {
            let fault = Fault::Generation { detail: detail.to_owned() };
            self.say(&FromChild::Failed { id: ended.request.id, fault })?;
        }
        self.context.clear_kv_cache();
        self.publish()
    }

    /// Takes a sequence out of its slot and clears its cells.
    fn release(&mut self, index: usize) -> Option<Running> {
        if index >= self.running.len() {
            return None;
        }
        let ended = self.running.remove(index);
        // A whole sequence can always be removed; the outcome tells nothing more.
        let _ = self.context.clear_kv_cache_seq(Some(ended.slot), None, None);
        self.reserved_cells = self.reserved_cells.saturating_sub(ended.request.cells());
        self.free_slots.push(ended.slot);
        Some(ended)
    }

    fn say(&mut self, frame: &FromChild) -> io::Result<()> {
        write_frame(&mut self.output, frame)
    }

    /// Sends the counters if they changed, and everything said before.
    fn publish(&mut self) -> io::Result<()> {
        self.stats.active = u32::try_from(self.running.len()).unwrap_or(u32::MAX);
        self.stats.waiting = u32::try_from(self.waiting.len()).unwrap_or(u32::MAX);
        if self.stats != self.published {
            self.published = self.stats;
            self.say(&FromChild::Stats(self.published))?;
        }
        self.output.flush()
    }
}

impl Running {
    fn feed(
        &mut self,
        batch: &mut LlamaBatch<'_>,
        token: LlamaToken,
        chooses: bool,
    ) -> Result<(), String> {
        let slot = i32::try_from(self.slot).map_err(|error| error.to_string())?;
        let place = batch.n_tokens();
        batch.add(token, self.position, &[slot], chooses).map_err(|error| error.to_string())?;
        self.position += 1;
        if chooses {
            self.place = Some(place);
        }
        Ok(())
    }

    /// Puts as much of the unread prompt into the batch as there is room for, and says how much.
    fn feed_prompt(&mut self, batch: &mut LlamaBatch<'_>, room: usize) -> Result<u32, String> {
        let prompt = std::mem::take(&mut self.request.prompt);
        let last = prompt.len();
        let mut fed = 0;
        for token in prompt.iter().skip(self.read).take(room) {
            self.read += 1;
            self.feed(batch, *token, self.read == last)?;
            fed += 1;
        }
        // A prompt that is read is not needed again.
        if self.read < last {
            self.request.prompt = prompt;
        } else {
            self.read = 0;
        }
        Ok(fed)
    }

    /// Chooses the next token; gives the text that may be shown now, and how things go on.
    fn choose(
        &mut self,
        loaded: &Loaded,
        context: &LlamaContext<'_>,
        place: i32,
    ) -> (String, Turn) {
        let token = match self.request.picker.pick(context, place) {
            Ok(token) => token,
            Err(detail) => return (String::new(), Turn::Failed(detail)),
        };
        let vocabulary = loaded.model.vocab();
        if vocabulary.is_eog(token) {
            return (self.request.gate.finish(), Turn::Ended(FinishReason::Stop));
        }
        self.completion_tokens += 1;
        let mut passed = self.request.gate.push(&vocabulary.token_to_piece(token, false, None));
        if passed.stopped {
            return (passed.text, Turn::Ended(FinishReason::Stop));
        }
        let finish_reason = if self.request.picker.is_complete() {
            FinishReason::Stop
        } else if self.completion_tokens >= self.request.max_tokens {
            FinishReason::Length
        } else {
            self.next = Some(token);
            return (passed.text, Turn::Continues);
        };
        passed.text.push_str(&self.request.gate.finish());
        (passed.text, Turn::Ended(finish_reason))
    }
}

fn in_batch(batch: &LlamaBatch<'_>) -> usize {
    usize::try_from(batch.n_tokens()).unwrap_or(usize::MAX)
}
