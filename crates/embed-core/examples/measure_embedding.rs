//! Measures the encoder: `cargo run -p kaname-embed-core --example measure_embedding -- FOLDER_OF_THE_MODEL`.
//! Prints processor time, not wall time, so that a busy machine gives the same figures.
#![expect(
    clippy::cast_precision_loss,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for the terminal"
)]

use std::fs;
use std::path::Path;
use std::time::Instant;

use kaname_embed_core::Encoder;

const PASSAGE: &str = "粗大ごみの収集は、事前の申込みが必要です。電話または町のホームページから申し込み、受付番号を控えて\
ください。処理手数料は一点につき三百円から千五百円までで、品目ごとに定めています。手数料納付済証を町内の取扱店で購入し、\
受付番号を記入して品物に貼り、収集日の朝八時までに玄関先へ出してください。引っ越しなどで一度に多量に出る場合は、\
環境課の窓口へ御相談ください。なお、家電四品目は町では収集しません。";

fn main() {
    let folder = std::env::args().nth(1).unwrap();
    let (wall, cpu) = (Instant::now(), cpu_seconds());
    let encoder = Encoder::open(Path::new(&folder)).unwrap();
    println!(
        "load: {:.0} ms wall, {:.0} ms cpu",
        wall.elapsed().as_secs_f64() * 1e3,
        (cpu_seconds() - cpu) * 1e3
    );
    println!("memory after load: {} now, {} at most", memory("VmRSS"), memory("VmHWM"));
    let passage: String = PASSAGE.chars().take(199).collect();
    for (name, text) in [
        ("passage of 199 characters", passage.as_str()),
        ("question", "粗大ごみの手数料はいくらですか"),
    ] {
        let rounds = 200;
        let cpu = cpu_seconds();
        for _ in 0..rounds {
            std::hint::black_box(encoder.embed(std::hint::black_box(text)));
        }
        let per_text = (cpu_seconds() - cpu) * 1e3 / f64::from(rounds);
        println!("{name}, {} tokens: {per_text:.2} ms cpu", encoder.token_count(text));
    }
    let sentences: Vec<&str> = PASSAGE.split_inclusive('。').collect();
    let cpu = cpu_seconds();
    for _ in 0..50 {
        std::hint::black_box(encoder.embed_all(std::hint::black_box(&sentences)));
    }
    let per_text = (cpu_seconds() - cpu) * 1e3 / 50.0 / sentences.len() as f64;
    println!("{} sentences together: {per_text:.2} ms cpu each", sentences.len());
    let long = passage.repeat(1000);
    let cpu = cpu_seconds();
    let count = encoder.token_count(&long);
    println!(
        "token_count: {count} tokens of {:.1} MB in {:.2} s cpu",
        long.len() as f64 / 1e6,
        cpu_seconds() - cpu
    );
    println!("memory at the end: {} now, {} at most", memory("VmRSS"), memory("VmHWM"));
}

/// Processor time of all threads of this process in seconds (Linux, in steps of 10 ms).
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks = |index: usize| fields[index].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / 100.0
}

/// A line of the memory report of this process (Linux).
fn memory(name: &str) -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
}
