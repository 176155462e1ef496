use super::*;
use crate::error::ErrorKind;

fn index(typed: Option<u32>, values: [Option<&str>; 3]) -> Result<u32> {
    let variables = ShardVariable::NAMES.into_iter().zip(values);
    let variables: Vec<_> =
        variables.map(|(name, value)| ShardVariable { name, value: value.map(str::to_owned) }).collect();
    shard_index(typed, &variables)
}

#[test]
fn index_of_the_shard() {
    let cases = [
        (Some(3), [None, None, None], Some(3)),
        (Some(3), [Some("4"), None, Some("x")], Some(3)),
        (None, [Some("0"), None, None], Some(0)),
        (None, [None, Some("9999"), None], Some(9999)),
        (None, [None, None, Some("7")], Some(7)),
        (None, [Some("7"), None, Some("7")], Some(7)),
        (None, [Some("7"), None, Some("8")], None),
        (None, [Some("-1"), None, None], None),
        (None, [Some("x"), Some("1"), None], None),
        (None, [Some("4294967296"), None, None], None),
        (None, [None, None, None], None),
    ];
    for (typed, values, expected) in cases {
        let found = index(typed, values);
        assert_eq!(found.as_ref().ok().copied(), expected, "{typed:?} {values:?}");
        if let Err(e) = found {
            assert_eq!(e.kind(), ErrorKind::Usage);
            assert!(e.hints().iter().any(|hint| hint.contains("--shard")), "{e}");
        }
    }
    let told = index(None, [Some("7"), None, Some("8")]).unwrap_err().to_string();
    assert_eq!(told, "JOB_COMPLETION_INDEX is 7, but SLURM_ARRAY_TASK_ID is 8");
}
