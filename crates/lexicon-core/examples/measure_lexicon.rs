//! Measures the lexicon: `cargo run -p kaname-lexicon-core --example measure_lexicon -- IPADIC_FOLDER [TEXT_FILE]`.
//! Prints processor time of one thread, not wall time, so that a busy machine gives the same figures.
#![expect(
    clippy::cast_precision_loss,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for the terminal"
)]

use std::fs;
use std::path::Path;

use kaname_lexicon_core::tantivy::LexiconTokenizer;
use kaname_lexicon_core::{Lexicon, Mode};
use tantivy::schema::{IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{Index, IndexWriter, doc};

const PASSAGE: &str = "粗大ごみの収集は、事前の申込みが必要です。電話または町のホームページから申し込み、受付番号を控えて\
ください。処理手数料は一点につき300円から1,500円までで、品目ごとに定めています（別表第２）。手数料納付済証を町内の取扱店で\
購入し、受付番号を記入して品物に貼り、収集日の朝８時までに玄関先へ出してください。引っ越しなどで一度に多量に出る場合は、\
環境課の窓口へ御相談ください。なお、家電四品目（エアコン、テレビ、冷蔵庫、洗濯機）は町では収集しません。\n";

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap();
    let dictionary = Lexicon::prepare(Path::new(&folder)).unwrap();
    let cpu = cpu_seconds();
    let lexicon = Lexicon::open(&dictionary).unwrap();
    println!("open: {:.1} ms cpu", (cpu_seconds() - cpu) * 1e3);
    let text = arguments
        .next()
        .map_or_else(|| PASSAGE.repeat(4000), |path| fs::read_to_string(path).unwrap());
    let megabytes = text.len() as f64 / 1e6;
    let report = |name: &str, count: usize, cpu: f64| {
        println!(
            "{name}: {megabytes:.2} MB, {count} in {cpu:.2} s cpu = {:.1} MB/s",
            megabytes / cpu
        );
    };

    let cpu = cpu_seconds();
    let folded =
        text.lines().map(|line| kaname_lexicon_core::fold::fold(line).as_str().len()).sum();
    report("fold", folded, cpu_seconds() - cpu);
    let cpu = cpu_seconds();
    let words = text.lines().map(|line| lexicon.words(line).len()).sum();
    report("words", words, cpu_seconds() - cpu);
    let cpu = cpu_seconds();
    let terms = text.lines().map(|line| lexicon.search_terms(line, Mode::Index).len()).sum();
    report("terms", terms, cpu_seconds() - cpu);
    let cpu = cpu_seconds();
    let documents = index(&lexicon, &text);
    report("full-text index, one thread and its merges", documents, cpu_seconds() - cpu);
    println!("memory: {}", memory());
}

/// Indexes every line as a document; returns their number.
fn index(lexicon: &Lexicon, text: &str) -> usize {
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("japanese")
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let body = schema.add_text_field("body", TextOptions::default().set_indexing_options(indexing));
    let index = Index::create_in_ram(schema.build());
    let tokenizer = LexiconTokenizer::new(lexicon.clone(), Mode::Index);
    index.tokenizers().register("japanese", TextAnalyzer::builder(tokenizer).build());
    let mut writer: IndexWriter = index.writer_with_num_threads(1, 50_000_000).unwrap();
    let mut documents = 0;
    for line in text.lines() {
        writer.add_document(doc!(body => line)).unwrap();
        documents += 1;
    }
    writer.commit().unwrap();
    writer.wait_merging_threads().unwrap();
    documents
}

/// Processor time of all threads of this process in seconds (Linux, in steps of 10 ms).
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks = |index: usize| fields[index].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / 100.0
}

/// Resident memory now and at most (Linux).
fn memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let wanted =
        status.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"));
    wanted
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join(", ")
}
