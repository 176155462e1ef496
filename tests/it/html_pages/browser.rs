//! Chromium without a window, driven by the `DevTools` protocol over a pipe: messages are JSON, each ended by a NUL.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The longest wait for one answer.
const PATIENCE: Duration = Duration::from_mins(1);

pub(super) struct Browser {
    process: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    last: u64,
    session: Option<String>,
    /// Events that nobody has waited for yet.
    events: Vec<Value>,
    _profile: TempDir,
}

pub(super) fn data_url(png: &[u8]) -> String {
    format!("data:image/png;base64,{}", BASE64_STANDARD.encode(png))
}

impl Browser {
    pub(super) fn start() -> Self {
        let program =
            std::env::var("ASOF_TEST_CHROMIUM").expect("ASOF_TEST_CHROMIUM is not set: see tests/run.sh");
        let profile = tempfile::tempdir().unwrap();
        // The pipe is the file descriptors 3 and 4.
        let script = "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1";
        let mut command = Command::new("sh");
        command.args(["-c", script, &program, "--headless", "--remote-debugging-pipe", "--no-sandbox"]);
        command.args(["--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run"]);
        command.arg("--force-color-profile=srgb");
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            for message in BufReader::new(output).split(0) {
                let Ok(message) = message else { return };
                if sender.send(serde_json::from_slice(&message).unwrap()).is_err() {
                    return;
                }
            }
        });
        let (events, session) = (Vec::new(), None);
        let mut browser = Self { process, input, messages, last: 0, session, events, _profile: profile };
        let target = browser.send("Target.createTarget", &json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = browser.send("Target.attachToTarget", &attach);
        browser.session = Some(session["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.send(&format!("{domain}.enable"), &json!({}));
        }
        browser
    }

    fn receive(&self) -> Value {
        self.messages.recv_timeout(PATIENCE).expect("the browser has not answered")
    }

    /// Returns the result of a command.
    fn send(&mut self, method: &str, parameters: &Value) -> Value {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.input.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let mut answer = self.receive();
            if answer["id"] == json!(self.last) {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].take();
            }
            self.events.push(answer);
        }
    }

    /// Opens a file as on a screen of this width, in pixels.
    pub(super) fn open(&mut self, page: &Path, width: u32, scheme: &str) {
        let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.send("Emulation.setDeviceMetricsOverride", &size);
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        self.send("Emulation.setEmulatedMedia", &json!({ "features": [feature] }));
        self.events.clear();
        self.send("Page.navigate", &json!({ "url": format!("file://{}", page.display()) }));
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let event = self.receive();
            self.events.push(event);
        }
    }

    /// Returns the value of a script, or that of its promise.
    pub(super) fn evaluate(&mut self, script: &str) -> Value {
        let asked = json!({ "expression": script, "awaitPromise": true, "returnByValue": true });
        let mut answer = self.send("Runtime.evaluate", &asked);
        assert!(answer["exceptionDetails"].is_null(), "{answer}");
        answer["result"]["value"].take()
    }

    /// Returns the page as a PNG, cut to this height.
    pub(super) fn picture(&mut self, tallest: u32) -> Vec<u8> {
        let layout = self.send("Page.getLayoutMetrics", &json!({}));
        let mut clip = layout["cssContentSize"].clone();
        clip["height"] = json!(clip["height"].as_f64().unwrap().min(f64::from(tallest)));
        clip["scale"] = json!(1);
        let how = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let picture = self.send("Page.captureScreenshot", &how);
        BASE64_STANDARD.decode(picture["data"].as_str().unwrap()).unwrap()
    }

    /// Returns what the page has said to the console, and the requests it has sent besides the one for itself.
    pub(super) fn messages(&self) -> Vec<String> {
        let of = |method: &'static str| self.events.iter().filter(move |event| event["method"] == method);
        let spoken = ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"];
        let requests = of("Network.requestWillBeSent").skip(1);
        spoken.into_iter().flat_map(of).chain(requests).map(ToString::to_string).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let close = json!({ "id": self.last + 1, "method": "Browser.close" });
        drop(self.input.write_all(format!("{close}\0").as_bytes()));
        for _ in 0..100 {
            if self.process.try_wait().is_ok_and(|ended| ended.is_some()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
