//! Fifty people at once.

use futures_util::future::join_all;
use kaname_kernel::Label;
use kaname_testkit::on_both;

use crate::world::{Events, World};

const STREAMS: usize = 50;

#[tokio::test]
async fn fifty_streams_at_once_all_end_well() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 3).await;
        let paths = join_all((0..STREAMS).map(|_| world.begin(&hanako))).await;
        let texts: Vec<String> = (0..STREAMS).map(|n| format!("質問{n}の手数料")).collect();
        let asked = paths.iter().zip(&texts).map(|(path, text)| world.post(&hanako, path, text));
        let streams: Vec<Events> = join_all(asked).await.into_iter().map(Events::of).collect();
        // All fifty are open before the first is answered.
        let mut scripts = Vec::new();
        for _ in 0..STREAMS {
            scripts.push(world.next_script().await);
        }
        let answer = scripts.iter().map(async |script| {
            for piece in ["答え:", &script.question.text] {
                script.say(piece).await;
            }
            script.finish(Label::of_rank(1)).await;
        });
        let follow = streams.into_iter().zip(&texts).map(async |(mut events, text)| {
            events.expect("started").await;
            events.expect("delta").await;
            events.expect("delta").await;
            let done = events.expect("done").await;
            assert_eq!(
                done["message"]["text"],
                format!("答え:{text}"),
                "nobody gets another's answer"
            );
            assert!(events.next().await.is_none());
        });
        tokio::join!(join_all(answer), join_all(follow));
        let answered =
            world.acts().await.iter().filter(|act| act.0 == "workspace.answered").count();
        assert_eq!(answered, STREAMS);
    })
    .await;
}
