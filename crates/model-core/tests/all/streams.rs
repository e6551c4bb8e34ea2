//! Streams: what is written is read back, in whatever portions it comes.

use kaname_model_core::{
    Collector, Decoder, Dialect, Encoder, Request, Response, Stamp, StreamError, StreamEvent,
};
use proptest::prelude::*;

use crate::make::{ANTHROPIC, CALLERS, CHAT, RESPONSES, events, response};

/// What is read from `bytes`, cut at `cuts`, and how it ended.
pub(crate) fn read(
    dialect: Dialect,
    bytes: &[u8],
    cuts: &[usize],
) -> (Vec<StreamEvent>, Result<(), StreamError>) {
    let mut decoder = Decoder::new(dialect, Decoder::EVENT_BYTES_MAX);
    let mut cuts: Vec<_> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
    cuts.push(bytes.len());
    cuts.sort_unstable();
    let (mut found, mut from) = (Vec::new(), 0);
    for to in cuts {
        if let Err(error) = decoder.push(&bytes[from..to], &mut found) {
            return (found, Err(error));
        }
        from = to;
    }
    let end = decoder.finish(&mut found);
    (found, end)
}

pub(crate) fn write(dialect: Dialect, response: &Response, events: &[StreamEvent]) -> Vec<u8> {
    let asked = Request { include_usage: true, ..Request::default() };
    let stamp = Stamp {
        id: response.id.clone(),
        model: response.model.clone(),
        created_s: response.created_s.unwrap_or_default(),
    };
    let mut encoder = Encoder::new(dialect, &asked, stamp).unwrap();
    let mut bytes = Vec::new();
    for event in events {
        encoder.write(event, &mut bytes);
    }
    bytes
}

fn any_answer() -> impl Strategy<Value = (Dialect, Response)> {
    prop_oneof![
        response(CHAT).prop_map(|response| (CHAT, response)),
        response(RESPONSES).prop_map(|response| (RESPONSES, response)),
        response(ANTHROPIC).prop_map(|response| (ANTHROPIC, response)),
    ]
}

proptest! {
    #[test]
    fn a_stream_comes_back_in_any_portions(
        (dialect, response) in any_answer(),
        piece in 1_usize..5,
        cuts in prop::collection::vec(any::<usize>(), 0..12),
    ) {
        let told = events(&response, piece);
        let bytes = write(dialect, &response, &told);
        let (found, end) = read(dialect, &bytes, &cuts);
        prop_assert_eq!(end, Ok(()), "{}", String::from_utf8_lossy(&bytes));
        prop_assert_eq!(&found, &told);
        let mut collector = Collector::new();
        for event in &found {
            collector.add(event);
        }
        prop_assert_eq!(collector.into_response(), response);
    }

    /// A stream that is cut anywhere is either noticed, or lacks nothing but its last line ends.
    #[test]
    fn a_cut_is_noticed((dialect, response) in any_answer(), cut in any::<prop::sample::Index>()) {
        let told = events(&response, 3);
        let bytes = write(dialect, &response, &told);
        let cut = cut.index(bytes.len());
        let (found, end) = read(dialect, &bytes[..cut], &[]);
        match end {
            Ok(()) => {
                prop_assert_eq!(found, told);
                let left = &bytes[cut..];
                prop_assert!(left.iter().all(|byte| *byte == b'\n'));
            }
            Err(error) => {
                prop_assert!(matches!(error, StreamError::Cut | StreamError::MissingTerminator));
                prop_assert!(!found.contains(&StreamEvent::End));
                prop_assert!(told.starts_with(&found));
            }
        }
    }

    /// Whatever else may be wrong with a stream, the portions make no difference.
    #[test]
    fn a_damaged_stream_reads_the_same_in_any_portions(
        (dialect, response) in any_answer(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cuts in prop::collection::vec(any::<usize>(), 0..12),
    ) {
        let mut bytes = write(dialect, &response, &events(&response, 3));
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        prop_assert_eq!(read(dialect, &bytes, &cuts), read(dialect, &bytes, &[]));
    }

    #[test]
    fn no_bytes_bring_a_reader_down(bytes: Vec<u8>, text in "(data: [{}\":a-z,\\[\\]]{0,20}\n\n){0,4}") {
        for dialect in Dialect::ALL {
            let _ = read(dialect, &bytes, &[]);
            let _ = read(dialect, text.as_bytes(), &[]);
        }
    }

    /// A stream of one vendor, told to a caller of another dialect, is whole for that caller.
    #[test]
    fn every_caller_can_be_told_every_answer(
        (_, response) in any_answer(), caller in prop::sample::select(CALLERS.to_vec())
    ) {
        let bytes = write(caller, &response, &events(&response, 2));
        let (found, end) = read(caller, &bytes, &[]);
        prop_assert_eq!(end, Ok(()));
        let texts = |events: &[StreamEvent]| -> String {
            let text = events.iter().filter_map(|event| match event {
                StreamEvent::Delta(text) => Some(text.as_str()),
                _ => None,
            });
            text.collect()
        };
        prop_assert_eq!(texts(&found), texts(&events(&response, 2)));
    }
}
