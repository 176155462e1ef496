use super::*;

#[test]
fn leaves_come_in_the_order_of_keys() {
    let home = tempfile::tempdir().unwrap();
    let keys = ["a-b", "a/b", "a/b-c", "a/bc/d", "ab", "x/y/z", "é"];
    for key in keys.iter().rev() {
        let path = home.path().join(key);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, key).unwrap();
    }
    std::os::unix::fs::symlink("/", home.path().join("b")).unwrap();
    std::fs::create_dir(home.path().join("empty")).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let found = runtime.block_on(async {
        let directory = Directory::open(home.path()).unwrap().unwrap();
        let (mut found, mut leaves) = (Vec::new(), leaves(&directory));
        while let Some(leaf) = leaves.recv().await {
            found.push(leaf.unwrap().path);
        }
        found
    });
    let mut expected: Vec<_> = keys.to_vec();
    expected.push("b");
    expected.sort_unstable();
    assert_eq!(found, expected);
}
