//! Measures an engine with one model: `measure CHILD MODEL SHA256 [THREADS] [PARALLEL] [BATCH]`. Prints tokens per CPU second.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measuring tool for a developer's terminal"
)]

use futures_util::{StreamExt, future::join_all};
use kaname_engine::{Engine, EngineConfig, Event, GenerateRequest, Message, Role};
use std::{env, fs, sync::Arc, time::Instant};

/// User and system time of a process, in seconds.
fn cpu_seconds(pid: u32) -> f64 {
    let line = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = line.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = [11, 12].into_iter().map(|at| fields[at].parse::<f64>().unwrap()).sum();
    ticks / 100.0
}

fn peak_memory(pid: u32) -> String {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    status
        .lines()
        .filter(|line| line.starts_with("VmHWM") || line.starts_with("RssAnon"))
        .collect::<Vec<_>>()
        .join(", ")
}

async fn run(engine: &Engine, request: GenerateRequest) -> (u32, u32, String) {
    let mut generation = engine.generate(request).await.unwrap();
    let mut text = String::new();
    while let Some(event) = generation.next().await {
        match event.unwrap() {
            Event::Delta(delta) => text.push_str(&delta),
            Event::Done { prompt_tokens, completion_tokens, .. } => {
                return (prompt_tokens, completion_tokens, text);
            }
        }
    }
    (0, 0, text)
}

#[tokio::main]
async fn main() {
    let given: Vec<String> = env::args().skip(1).collect();
    let number =
        |at: usize, default: u32| given.get(at).map_or(default, |text| text.parse().unwrap());
    let spawn = Arc::new(|_name, task| {
        let _detached = tokio::runtime::Handle::current().spawn(task);
    });
    let config = EngineConfig::new(
        given[0].clone().into(),
        given[1].clone().into(),
        given[2].parse().unwrap(),
        spawn,
    );
    let engine = Engine::spawn(EngineConfig {
        threads: number(3, 1),
        parallel_sequences: number(4, 4),
        batch_tokens: number(5, 256),
        ..config
    });
    let chat = Message { role: Role::User, content: "What is the capital of France?".to_owned() };
    let started = Instant::now();
    let (_, _, text) =
        run(&engine, GenerateRequest { max_tokens: 24, ..GenerateRequest::chat(vec![chat]) }).await;
    let health = engine.health();
    let pid = health.pid.unwrap();
    println!(
        "first answer after {:.2} s, {:.2} CPU-s in the child: {text}",
        started.elapsed().as_secs_f64(),
        cpu_seconds(pid)
    );
    println!("{:?}\n{:?}", health.sandbox, health.model);
    let numbers = |max_tokens| GenerateRequest {
        max_tokens,
        ..GenerateRequest::prompt("1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,")
    };
    let long = GenerateRequest {
        max_tokens: 1,
        ..GenerateRequest::prompt("The town office is open from nine to five. ".repeat(60))
    };
    let (before, wall) = (cpu_seconds(pid), Instant::now());
    let (tokens, _, _) = run(&engine, long).await;
    let spent = cpu_seconds(pid) - before;
    println!(
        "prompt: {tokens} tokens, {:.0} per CPU-s, {:.0} per s",
        f64::from(tokens) / spent,
        f64::from(tokens) / wall.elapsed().as_secs_f64()
    );
    for together in [1_u32, 2, 4, 8] {
        let (before, wall) = (cpu_seconds(pid), Instant::now());
        let outcomes = join_all((0..together).map(|_| run(&engine, numbers(128)))).await;
        let tokens: u32 = outcomes.iter().map(|(_, tokens, _)| tokens).sum();
        let (spent, seconds) = (cpu_seconds(pid) - before, wall.elapsed().as_secs_f64());
        println!(
            "{together} together: {tokens} tokens, {:.1} per CPU-s, {:.1} per s",
            f64::from(tokens) / spent,
            f64::from(tokens) / seconds
        );
    }
    println!("{}", peak_memory(pid));
    engine.shut_down().await;
}
