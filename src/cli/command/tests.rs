use clap::Parser;

use super::super::args::Cli;

/// On two threads, a restore took half as much processor time again; on one, downloads would share a single CPU.
#[test]
fn commands_that_one_thread_suits() {
    let restore = "restore s3://bucket --at 1h";
    for (words, one_thread) in [
        ("diff s3://bucket --at 1h", true),
        ("verify s3://bucket --at 1h", true),
        (restore, true),
        (&format!("{restore} --to s3://other"), true),
        (&format!("{restore} --concurrency 256"), true),
        (&format!("{restore} --concurrency 257"), false),
        (&format!("{restore} --to ./here"), false),
        ("resume latest", true),
        ("resume latest --concurrency 1024", false),
        ("undo latest", true),
        ("undo latest --concurrency 1024", false),
        ("work ./set", true),
        ("work ./set --concurrency 1024", false),
        ("references s3://bucket --keys-from rows --at 1h", true),
        ("ls s3://bucket --at 1h", true),
        ("ls s3://bucket --at 1h --recursive", false),
        ("serve s3://bucket --at 1h", false),
        ("recover recovery.toml --at 1h", false),
    ] {
        let cli = Cli::try_parse_from(std::iter::once("asof").chain(words.split(' '))).unwrap();
        assert_eq!(cli.command.suits_one_thread(), one_thread, "{words}");
    }
}
