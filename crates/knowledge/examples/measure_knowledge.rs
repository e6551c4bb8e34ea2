//! Measures the index without embeddings, and `ask` on the demo town; `bench/knowledge` says how.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a measurement that cannot be made must stop, and says what it found"
)]

#[path = "../tests/knowledge/support.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod support;

use std::{path::Path, sync::Arc, time::Instant};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use kaname_gateway::{EmbeddedEmbedder, EmbeddedError};
use kaname_knowledge::{Ask, ImportOptions, NewFile};
use kaname_platform::outbound::{Permit, Target};
use kaname_testkit::{Backend, TestPlatform};

use support::World;

/// Gives every text the same vector, so that what is left is the index.
#[derive(Debug)]
struct Constant;

impl EmbeddedEmbedder for Constant {
    fn model(&self) -> &'static str {
        "constant"
    }

    fn dimensions(&self) -> usize {
        512
    }

    fn embed(
        &self,
        permit: Permit,
        texts: Vec<String>,
    ) -> BoxFuture<'static, Result<Vec<Vec<f32>>, EmbeddedError>> {
        Box::pin(async move {
            permit.spend(&Target::Embedded("constant".to_owned())).unwrap();
            Ok(vec![vec![0.044; 512]; texts.len()])
        })
    }
}

/// Seconds of processor time that this process has used.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks = |place: usize| fields[place].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / 100.0
}

fn demo() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo")
}

async fn index() {
    let test = TestPlatform::new(Backend::Sqlite).await;
    let world = World::embedding(test, Arc::new(Constant), |config| config.batch = 2_000).await;
    let home = world.collection("all", "1").await;
    let mut text = String::new();
    let mut paths: Vec<_> = ["living", "ordinances", "manuals", "internal", "minutes"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(demo().join("documents").join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "txt" || kind == "md"))
        .collect();
    paths.sort();
    for path in paths {
        text.push_str(&std::fs::read_to_string(path).unwrap());
        text.push('\n');
    }
    let files: Vec<(String, Bytes)> =
        (0..50).map(|number| (format!("{number}.md"), Bytes::from(text.clone()))).collect();
    let megabytes = text.len() as f64 * 50.0 / 1e6;
    let files = files.into_iter().map(|(file_name, bytes)| NewFile { file_name, bytes }).collect();
    let content = (files, ImportOptions::default());
    world.knowledge.import(&world.administrator, home.id, content).await.unwrap();
    let (wall, cpu) = (Instant::now(), cpu_s());
    world.work().await;
    let (wall_s, cpu_s) = (wall.elapsed().as_secs_f64(), cpu_s() - cpu);
    println!(
        "index without embeddings: {megabytes:.1} MB, wall {wall_s:.2} s, cpu {cpu_s:.2} s: {:.2} MB/s and core",
        megabytes / cpu_s
    );
}

async fn ask() {
    let world = World::new(TestPlatform::new(Backend::Sqlite).await).await;
    let home = world.collection("all", "1").await;
    for folder in std::fs::read_dir(demo().join("documents")).unwrap() {
        for entry in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            world.send(home.id, &[(&name, &std::fs::read(&path).unwrap())]).await;
        }
    }
    let (wall, cpu) = (Instant::now(), cpu_s());
    world.work().await;
    println!(
        "demo town read and embedded: wall {:.1} s, cpu {:.1} s",
        wall.elapsed().as_secs_f64(),
        cpu_s() - cpu
    );
    let mut took = Vec::new();
    for line in std::fs::read_to_string(demo().join("questions.jsonl")).unwrap().lines() {
        let question: serde_json::Value = serde_json::from_str(line).unwrap();
        let ask = Ask::new(question["question"].as_str().unwrap());
        let started = Instant::now();
        world.knowledge.ask(&world.administrator, ask).await.unwrap();
        took.push(started.elapsed().as_secs_f64() * 1e3);
    }
    took.sort_by(f64::total_cmp);
    println!(
        "ask, {} questions: p50 {:.1} ms, p95 {:.1} ms, worst {:.1} ms",
        took.len(),
        took[took.len() / 2],
        took[took.len() * 95 / 100],
        took[took.len() - 1]
    );
}

fn main() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        index().await;
        ask().await;
    });
    runtime.shutdown_background();
}
