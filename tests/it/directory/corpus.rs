//! Keys that are difficult for a file system.

/// Keys that cannot be paths, or not together with the others.
pub(super) fn hostile() -> Vec<String> {
    let (long, deep) = (format!("long/{}", "x".repeat(256)), "../".repeat(40) + "tmp/x");
    let part = ".asof-part-0123456789abcdef0123456789abcdef".to_owned();
    let plain = [
        "../../x",
        "..",
        "../",
        "a/../../x",
        "in/../x",
        "./x",
        "in/.",
        "in/./x",
        "/abs/x",
        "//x",
        "in//x",
        "/",
        "in//",
        "nul\0",
        "nul\0/x",
        "in/.asof-part-/x",
        "file/under",
        "file/",
        "file/a/b",
        "full/",
    ];
    let mut keys: Vec<_> = plain.map(str::to_owned).into_iter().chain([long, deep, part]).collect();
    keys.sort();
    keys
}

/// Keys that look odd, and are paths.
pub(super) fn odd() -> Vec<String> {
    let plain = [
        "file",
        "file-2",
        "file.txt",
        "in/x",
        "...",
        "..x/y..",
        " ",
        "-rf",
        "~",
        "$HOME/x",
        "C:\\x",
        "new\nline",
        "日本/語",
        "\u{1}\u{202e}",
        "Case",
        "case",
        "empty",
    ];
    plain.map(str::to_owned).into_iter().chain(["n".repeat(255)]).collect()
}
