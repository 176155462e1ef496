//! The index of the shard that a task of an array job applies.

use crate::error::{Error, Result};

/// A variable of the environment in which an engine passes the index of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardVariable {
    /// The name.
    pub name: &'static str,
    /// The value; `None` if it is not set, or empty.
    pub value: Option<String>,
}

impl ShardVariable {
    /// The variables of Kubernetes Indexed Jobs, AWS Batch array jobs, and Slurm job arrays.
    pub const NAMES: [&'static str; 3] =
        ["JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX", "SLURM_ARRAY_TASK_ID"];
}

/// Returns the index of the shard to apply:
///
/// | `--shard` | variables that are set | index |
/// |---|---|---|
/// | given | any | that of `--shard` |
/// | | one, or several with the same number | theirs |
/// | | several with different numbers | error |
/// | | one that is not a number | error |
/// | | none | error |
///
/// # Errors
/// [`Usage`](ErrorKind::Usage) as in the table.
pub fn shard_index(typed: Option<u32>, variables: &[ShardVariable]) -> Result<u32> {
    if let Some(index) = typed {
        return Ok(index);
    }
    let named = |ShardVariable { name, value }: &ShardVariable| Some((*name, value.clone()?));
    let mut found: Option<(&str, u32)> = None;
    for (name, value) in variables.iter().filter_map(named) {
        let index = value.parse().map_err(|_| {
            Error::usage(format!("cannot read the index of the shard from {name}: {value:?} is not a number"))
                .hint("use --shard INDEX")
        })?;
        match found {
            Some((other, before)) if before != index => {
                let message = format!("{other} is {before}, but {name} is {index}");
                return Err(Error::usage(message).hint("use --shard INDEX to choose the shard"));
            }
            _ => found = Some((name, index)),
        }
    }
    found.map(|(_, index)| index).ok_or_else(|| {
        Error::usage(
            "cannot tell which shard to apply: there is no --shard, and no array index in the environment",
        )
        .hint(format!(
            "use --shard INDEX, or start one task per shard in an array job ({})",
            ShardVariable::NAMES.join(", ")
        ))
    })
}

#[cfg(test)]
mod tests;
