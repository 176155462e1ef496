//! A service on loopback that replies as a test tells it to, and records its requests.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// `GET /path?query`.
    pub(super) what: String,
    /// Its header lines.
    pub(super) headers: Vec<String>,
    pub(super) body: String,
}

/// A reply of the service.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// A header line besides those of every reply.
    pub(super) header: &'static str,
    pub(super) body: String,
}

/// The service. It answers until the test process ends.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Answer {
    pub(super) fn of(body: impl Into<String>) -> Self {
        Self { status: 200, header: "", body: body.into() }
    }

    pub(super) fn refusal(status: u16, body: &str) -> Self {
        Self { status, header: "", body: body.to_owned() }
    }
}

impl Asked {
    /// The value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let named = |line: &String| line.split_once(':').is_some_and(|(is, _)| is.eq_ignore_ascii_case(name));
        let line = self.headers.iter().find(|line| named(line))?;
        line.split_once(':').map(|(_, value)| value.trim())
    }
}

impl Service {
    pub(super) fn start(answer: impl Fn(&Asked) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let keep = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that has gone hears no answer.
                let _gone = serve(&stream, &answer, &keep);
            }
        });
        Self { url, asked }
    }

    /// Returns the requests received so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(
    stream: &TcpStream,
    answer: &impl Fn(&Asked) -> Answer,
    keep: &Mutex<Vec<Asked>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let first = if lines.is_empty() { String::new() } else { lines.remove(0) };
    let mut asked =
        Asked { what: first.trim_end_matches(" HTTP/1.1").to_owned(), headers: lines, body: String::new() };
    let length: u64 = asked.header("content-length").map_or(0, |length| length.parse().unwrap());
    reader.take(length).read_to_string(&mut asked.body)?;
    let Answer { status, header, body } = answer(&asked);
    keep.lock().unwrap().push(asked);
    let more = if header.is_empty() { String::new() } else { format!("{header}\r\n") };
    let head =
        format!("HTTP/1.1 {status} OK\r\nconnection: close\r\ncontent-length: {}\r\n{more}\r\n", body.len());
    { stream }.write_all((head + &body).as_bytes())
}
