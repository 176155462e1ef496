//! External programs named in a recovery file: lists of words, run without a shell unless the file asks for one.

use std::fmt;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStdout, Command};

use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;

/// A program and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Program {
    words: Vec<String>,
    /// The working directory, if not asof's own.
    dir: Option<PathBuf>,
}

/// Variables added to the environment that a program inherits from asof.
pub(crate) type Environment = Vec<(String, String)>;

/// The limits on one run of a program.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RunLimits<'a> {
    /// The program is killed after this.
    pub deadline: Option<Duration>,
    /// The program is killed when this is stopped. If `None`, it runs to its end.
    pub cancel: Option<&'a Cancel>,
}

impl Program {
    /// Creates a program from its words.
    pub(crate) fn new(words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { words: words.into_iter().map(Into::into).collect(), dir: None }
    }

    /// Sets the working directory, which a relative path of the program is also resolved against.
    pub(crate) fn run_in(&mut self, dir: &Path) {
        self.dir = Some(dir.to_owned());
    }

    /// The path to execute; a name without a slash is looked up on the PATH.
    fn path(&self) -> PathBuf {
        let name = self.words.first().unwrap_or(&EMPTY);
        match &self.dir {
            Some(dir) if name.contains('/') => dir.join(name),
            _ => PathBuf::from(name),
        }
    }

    /// Runs the program to its end. Its output goes to stderr: stdout is for asof's results.
    pub(crate) async fn run(
        &self,
        what: &str,
        environment: &Environment,
        run_limits: RunLimits<'_>,
    ) -> Result<()> {
        let stderr = std::io::stderr().as_fd().try_clone_to_owned()?;
        let started = self.start(what, environment, Stdio::from(stderr))?;
        let ended = run_limits.wait(what, started, async |child| child.wait().await).await?;
        self.judge(what, ended)
    }

    /// Runs the program to its end and returns its output.
    pub(crate) async fn read(
        &self,
        what: &str,
        environment: &Environment,
        run_limits: RunLimits<'_>,
    ) -> Result<String> {
        let started = self.start(what, environment, Stdio::piped())?;
        let mut printed = Vec::new();
        let mut is_too_long = false;
        let ended = run_limits.wait(what, started, async |child| {
            if let Some(stdout) = child.stdout.take() {
                let read = stdout.take(limits::PROGRAM_OUTPUT + 1).read_to_end(&mut printed).await?;
                is_too_long = read as u64 > limits::PROGRAM_OUTPUT;
            }
            if is_too_long { Err(std::io::ErrorKind::FileTooLarge.into()) } else { child.wait().await }
        });
        let ended = ended.await;
        if is_too_long {
            let message = format!("{what} ({self}) printed more than {} bytes", limits::PROGRAM_OUTPUT);
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        self.judge(what, ended?)?;
        String::from_utf8(printed).map_err(|_| {
            Error::new(ErrorKind::Invalid, format!("the output of {what} ({self}) is not UTF-8"))
        })
    }

    /// Runs the program to its end while `take` reads its output on a blocking thread.
    pub(crate) async fn pipe<T: Send + 'static>(
        &self,
        what: &str,
        environment: &Environment,
        run_limits: RunLimits<'_>,
        take: impl FnOnce(std::fs::File) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let mut started = self.start(what, environment, Stdio::piped())?;
        let stdout = started.child.stdout.take().map(ChildStdout::into_owned_fd).transpose()?;
        let Some(stdout) = stdout else { return Err(Error::internal(format!("{what} has no output"))) };
        let mut taking = tokio::task::spawn_blocking(move || take(stdout.into()));
        let mut taken = None;
        // A child of the program may hold the output open after the program has ended: that counts against the same
        // limits.
        let ended = run_limits.wait(what, started, async |child| {
            taken = Some((&mut taking).await?);
            child.wait().await
        });
        let ended = ended.await?;
        // A reader that stops early kills the program, so an error in its output comes before the exit status.
        let taken = taken.transpose()?;
        self.judge(what, ended)?;
        taken.ok_or_else(|| Error::internal(format!("{what} has no output")))
    }

    fn start(&self, what: &str, environment: &Environment, stdout: Stdio) -> Result<Started> {
        tracing::info!(%what, program = %self, "starting");
        let mut command = Command::new(self.path());
        if let Some(dir) = &self.dir {
            command.current_dir(dir);
        }
        command
            .args(self.words.iter().skip(1))
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(stdout)
            // Ctrl-C on a terminal is for asof, which lets a program that changes something finish first.
            .process_group(0)
            .kill_on_drop(true);
        Group::start(what, &mut command)?.map_err(|e| {
            Error::usage(format!("cannot start {what} ({self}): {e}"))
                .hint("check that the program exists and is on asof's PATH")
        })
    }

    /// Fails unless the program exited successfully.
    fn judge(&self, what: &str, ended: ExitStatus) -> Result<()> {
        if ended.success() {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Local, format!("{what} ({self}) failed: {ended}"))
            .hint("its output is above"))
    }
}

static EMPTY: String = String::new();

impl RunLimits<'_> {
    /// Waits for a program; at a limit, kills it with all its descendants.
    async fn wait(
        self,
        what: &str,
        Started { mut child, group }: Started,
        end: impl AsyncFnOnce(&mut Child) -> std::io::Result<ExitStatus>,
    ) -> Result<ExitStatus> {
        let late = async {
            match self.deadline {
                Some(deadline) => tokio::time::sleep(deadline).await,
                None => std::future::pending().await,
            }
        };
        let stopped = async {
            match self.cancel {
                Some(cancel) => cancel.stopped().await,
                None => std::future::pending().await,
            }
        };
        let error = tokio::select! {
            ended = end(&mut child) => {
                let ended = ended?;
                group.ended();
                return Ok(ended);
            }
            () = late => {
                let seconds = self.deadline.unwrap_or_default().as_secs_f32();
                Error::new(ErrorKind::Local, format!("{what} was stopped after {seconds} s"))
            }
            () = stopped => Error::new(ErrorKind::Interrupted, format!("interrupted while {what} was running")),
            () = group.asks() => {
                let asks = "it tried to read from the terminal, and commands run without one";
                Error::new(ErrorKind::Local, format!("{what} was stopped: {asks}")).hint(
                    "provide what it needs by a file, an agent or a variable; ssh -o BatchMode=yes, sudo -n and psql -w fail instead of asking",
                )
            }
        };
        drop(group);
        Err(error)
    }
}

/// A running program.
#[derive(Debug)]
struct Started {
    child: Child,
    group: Group,
}

/// The process group of a program, which includes a shell's children. Dropping it kills the group.
#[derive(Debug)]
struct Group(Option<Pid>);

/// The groups running now; `None` once all were killed, after which none can be started.
static RUNNING: Mutex<Option<Vec<Pid>>> = Mutex::new(Some(Vec::new()));

/// Kills every running program with its descendants and prevents new ones, for a process that exits without waiting.
pub(crate) fn kill_all() {
    let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner).take();
    running.into_iter().flatten().for_each(kill);
}

fn kill(group: Pid) {
    // The group may have exited already.
    kill_process_group(group, Signal::KILL).ok();
}

impl Group {
    /// Starts a program in its own process group.
    fn start(what: &str, command: &mut Command) -> Result<std::io::Result<Started>> {
        // Held during the spawn, so that `kill_all` cannot miss a program that is just starting.
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(running) = running.as_mut() else {
            return Err(Error::new(ErrorKind::Interrupted, format!("interrupted before {what} started")));
        };
        Ok(command.spawn().map(|child| {
            let id = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
            running.extend(id);
            Started { child, group: Self(id) }
        }))
    }

    fn ended(mut self) {
        self.forget();
    }

    fn forget(&mut self) -> Option<Pid> {
        let group = self.0.take()?;
        if let Some(running) = RUNNING.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            running.retain(|other| *other != group);
        }
        Some(group)
    }

    /// Returns when the program has been stopped, as the system stops a background process that reads from the terminal
    /// (SIGTTIN): nothing would ever continue it.
    async fn asks(&self) {
        let Some(program) = self.0 else { return std::future::pending().await };
        let stopped = WaitIdOptions::STOPPED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        loop {
            tokio::time::sleep(limits::PROGRAM_PAUSE).await;
            if matches!(waitid(WaitId::Pid(program), stopped), Ok(Some(_))) {
                return;
            }
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.forget() {
            kill(group);
        }
    }
}

/// Omits the arguments, which may contain passwords: the text goes into logs, journals and reports.
impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.words.as_slice() {
            [shell, option, _] if [shell, option] == SHELL => f.write_str("a shell command"),
            words => f.write_str(words.first().unwrap_or(&EMPTY)),
        }
    }
}

/// The shell for `{ shell = … }`.
const SHELL: [&str; 2] = ["/bin/sh", "-c"];

/// The forms in a recovery file: `["pg_restore", "--clean"]`, or `{ shell = "pg_dump | gzip" }`.
impl<'de> Deserialize<'de> for Program {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Forms;

        impl<'de> Visitor<'de> for Forms {
            type Value = Program;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(FORMS)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> std::result::Result<Program, A::Error> {
                let mut words = Vec::new();
                while let Some(word) = seq.next_element::<String>()? {
                    words.push(word);
                }
                if words.first().is_none_or(String::is_empty) {
                    return Err(A::Error::custom(format!("no program given: {FORMS}")));
                }
                Ok(Program::new(words))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Program, A::Error> {
                let mut text = None;
                while let Some(name) = map.next_key::<String>()? {
                    if name != "shell" {
                        return Err(A::Error::unknown_field(&name, &["shell"]));
                    }
                    text = Some(map.next_value::<String>()?);
                }
                let text = text.ok_or_else(|| A::Error::missing_field("shell"))?;
                if text.trim().is_empty() {
                    return Err(A::Error::custom(format!("no program given: {FORMS}")));
                }
                let [shell, option] = SHELL;
                Ok(Program::new([shell, option, &text]))
            }
        }

        deserializer.deserialize_any(Forms)
    }
}

const FORMS: &str = "a command as a list of words, [\"pg_restore\", \"--clean\"], or for a shell { shell = \"pg_dump | gzip\" }";

#[cfg(test)]
mod tests;
