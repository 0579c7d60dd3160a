use super::super::call::Limits;
use super::*;

#[test]
fn limits_and_room_have_causes_of_their_own() {
    let limits = Limits::new(Some(4), None);
    let mut sink = Sink::owned(Call::new(&limits, None));
    assert!(sink.write(b"abcd").is_ok());
    assert_eq!(sink.write(b"e").map_err(|e| e.kind()), Err(Kind::Limit));
    let mut room = [0; 3];
    let mut fixed = Fixed(&mut room);
    let limits = Limits::default();
    let mut sink = Sink::caller(Call::new(&limits, None), &mut fixed);
    let error = sink.write(b"abcd").expect_err("too small");
    assert_eq!((error.kind(), error.details().needed), (Kind::Space, Some(4)));
    assert!(sink.write(b"abc").is_ok());
}

#[test]
fn spare_never_passes_the_limit() {
    let limits = Limits::new(Some(100), None);
    let mut sink = Sink::owned(Call::new(&limits, None));
    assert_eq!(sink.spare(1).map(|s| s.len()).ok(), Some(100));
    sink.advance(100);
    assert_eq!(sink.spare(1).map(|s| s.len()).map_err(|e| e.kind()), Err(Kind::Limit));
}

#[test]
fn a_coder_with_a_bound_gets_what_there_is_and_the_cause() {
    let limits = Limits::new(Some(10), None);
    let mut sink = Sink::owned(Call::new(&limits, None));
    assert_eq!((sink.up_to(8).len(), sink.up_to(20).len()), (8, 10));
    assert_eq!(sink.too_little(20).kind(), Kind::Limit);
    let limits = Limits::new(None, Some(30));
    let mut sink = Sink::owned(Call::new(&limits, None));
    assert_eq!(sink.up_to(40).len(), 30);
    assert_eq!(sink.too_little(40).kind(), Kind::Limit);
    let (mut room, limits) = ([0; 3], Limits::default());
    let mut fixed = Fixed(&mut room);
    let mut sink = Sink::caller(Call::new(&limits, None), &mut fixed);
    assert_eq!(sink.up_to(5).len(), 3);
    assert_eq!(sink.too_little(5).kind(), Kind::Space);
}

#[test]
fn memory_that_was_not_there_is_not_counted() {
    let limits = Limits::new(None, Some(u64::MAX));
    let call = Call::new(&limits, None);
    let mut sink = Sink::scratch(call);
    sink.prepare(isize::MAX as usize);
    assert_eq!((sink.room(), call.memory_left()), (0, u64::MAX));
}

#[test]
fn limits_say_whose_they_are_and_count_no_gaps() {
    let limits = Limits::new(Some(4), None);
    let call = Call::new(&limits, None);
    let text = Sink::between(call).take(1 << 20).expect_err("too much").to_string();
    assert!(text.contains("from one stage to the next"), "{text}");
    let mut room = [0; 9];
    let mut fixed = Fixed(&mut room);
    let mut sink = Sink::caller(call, &mut fixed);
    assert_eq!(sink.take_span(4, 9).map(|room| room.len()).ok(), Some(9));
    sink.retract(9);
    assert_eq!(sink.take_span(5, 9).map(|_| ()).map_err(|e| e.kind()), Err(Kind::Limit));
    assert_eq!(sink.take_span(4, 10).map(|_| ()).map_err(|e| e.kind()), Err(Kind::Space));
}

#[test]
fn memory_is_counted_while_the_sink_lives() {
    let limits = Limits::new(None, Some(1000));
    let call = Call::new(&limits, None);
    let mut sink = Sink::scratch(call);
    assert!(sink.take(900).is_ok());
    assert!(call.scratch(200).is_err());
    drop(sink);
    assert!(call.scratch(200).is_ok());
}
