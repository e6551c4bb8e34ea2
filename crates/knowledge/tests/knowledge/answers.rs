//! Answers: verbatim, cited, labelled, recorded before they are given out; or honestly none.

use futures_util::StreamExt as _;
use kaname_knowledge::{AnswerMode, Ask, AskEvent};
use kaname_testkit::on_both;

use crate::support::World;

const LIBRARY: &str = "# 図書館の利用\n\n## 休館日\n\n図書館は毎週月曜日と年末年始に休みます。\n\n## 貸出し\n\n\
    | 種類 | 点数 | 期間 |\n|---|---|---|\n| 図書 | 10点まで | 2週間 |\n| 視聴覚資料 | 3点まで | 1週間 |\n";

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_quotes_its_source_to_the_byte_and_is_recorded() {
    on_both(|test| async {
        let world = World::new(test).await;
        let home = world.collection("living", "1").await;
        let sent = world.add(home.id, &[("library.md", LIBRARY.as_bytes())]).await;
        let by = world.person(None, "1");
        let answer =
            world.knowledge.ask(&by, Ask::new("図書館が休むのはいつですか")).await.unwrap();
        assert_eq!(answer.mode, AnswerMode::Quotation);
        assert_eq!(answer.citations[0].hit.quote, "図書館は毎週月曜日と年末年始に休みます。");
        assert_eq!(answer.citations[0].number, 1);
        assert_eq!(answer.label.to_string(), "1");
        let text = world.knowledge.read_text(&by, sent.documents[0].id, (None, 0)).await.unwrap();
        for citation in &answer.citations {
            assert_eq!(&text.text[citation.hit.start..citation.hit.end], citation.hit.quote);
        }
        let mut tx = world.test.platform.db.read().await.unwrap();
        let row = tx
            .fetch_one(
                "SELECT a.kind AS kind, b.kind AS parent FROM act a JOIN act b \
                 ON b.act_id = a.parent_act_id WHERE a.act_id = $1",
                kaname_platform::params![answer.act],
            )
            .await
            .unwrap();
        assert_eq!(row.get::<String>("kind").unwrap(), "knowledge.answered");
        assert_eq!(row.get::<String>("parent").unwrap(), "knowledge.asked");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_a_table_is_quoted_whole_and_told_with_its_columns() {
    on_both(|test| async {
        let world = World::new(test).await;
        let home = world.collection("living", "1").await;
        world.add(home.id, &[("library.md", LIBRARY.as_bytes())]).await;
        let by = world.person(None, "1");
        let question = "視聴覚資料は何点まで借りられますか";
        let answer = world.knowledge.ask(&by, Ask::new(question)).await.unwrap();
        assert_eq!(answer.citations[0].hit.quote, "視聴覚資料\t3点まで\t1週間");
        assert!(answer.answer.starts_with("種類: 視聴覚資料 / 点数: 3点まで"), "{}", answer.answer);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_document_answers_is_declined() {
    on_both(|test| async {
        let world = World::new(test).await;
        let home = world.collection("living", "1").await;
        world.add(home.id, &[("library.md", LIBRARY.as_bytes())]).await;
        let by = world.person(None, "1");
        let question = "軽自動車の廃車手続に必要な書類は何ですか";
        let answer = world.knowledge.ask(&by, Ask::new(question)).await.unwrap();
        assert_eq!((answer.mode, answer.citations.len()), (AnswerMode::NotFound, 0));
        assert_eq!(answer.answer, "");
        assert_eq!(world.acts("knowledge.answered").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_ends_with_the_whole_answer_and_does_nothing_until_it_is_polled() {
    on_both(|test| async {
        let world = World::new(test).await;
        let home = world.collection("living", "1").await;
        world.add(home.id, &[("library.md", LIBRARY.as_bytes())]).await;
        let by = world.person(None, "1");
        let ask = || Ask::new("図書館が休むのはいつですか");
        drop(world.knowledge.ask_stream(by.clone(), ask()));
        assert_eq!(world.acts("knowledge.asked").await, 0);
        let events: Vec<AskEvent> =
            world.knowledge.ask_stream(by, ask()).map(Result::unwrap).collect().await;
        assert_eq!(events[0], AskEvent::Searching);
        let AskEvent::Delta(text) = &events[1] else { panic!("{events:?}") };
        let AskEvent::Citations(citations) = &events[2] else { panic!("{events:?}") };
        let AskEvent::Done(answer) = &events[3] else { panic!("{events:?}") };
        assert_eq!((&answer.answer, &answer.citations), (text, citations));
        assert_eq!(events.len(), 4);
    })
    .await;
}
