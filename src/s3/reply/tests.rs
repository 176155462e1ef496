use aws_smithy_types::byte_stream::ByteStream;

use super::*;

/// Yields a byte after each of these pauses, then nothing.
struct Dripping {
    pauses: Vec<Duration>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Body for Dripping {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.sleep.is_none() {
            let Some(pause) = self.pauses.pop() else { return Poll::Pending };
            self.sleep = Some(Box::pin(tokio::time::sleep(pause)));
        }
        if let Some(sleep) = &mut self.sleep {
            ready!(sleep.as_mut().poll(context));
        }
        self.sleep = None;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b" ")))))
    }
}

#[tokio::test(flavor = "current_thread")]
async fn white_space_keeps_a_reply_alive_and_silence_ends_it() {
    let second = Duration::from_secs(1);
    let dripping = Dripping { pauses: vec![second * 3 / 4; 3], sleep: None };
    let body = IdleBody::new(SdkBody::from_body_1_x(dripping), second);
    let mut stream = ByteStream::new(SdkBody::from_body_1_x(body));
    for _ in 0..3 {
        assert_eq!(stream.next().await.unwrap().unwrap(), " ");
    }
    let since = std::time::Instant::now();
    let mut cause: &dyn std::error::Error = &stream.next().await.unwrap().unwrap_err();
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    assert_eq!(cause.to_string(), "the reply stalled: no data for 1 s");
    assert!(cause.is::<Stalled>());
    assert!(since.elapsed() >= second);
}
