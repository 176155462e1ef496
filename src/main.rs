//! The `asof` binary.

fn main() -> std::process::ExitCode {
    asof::cli::main()
}
