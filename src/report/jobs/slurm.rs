//! The script of a Slurm job array.

use super::{comment, name};
use crate::engine::{ArrayJob, Reaction};
use crate::limits;
use crate::model::{count, shell_word};

/// Returns the script, whose comments are for the person who reviews it.
pub(super) fn script(job: &ArrayJob) -> String {
    let (name, last, workers) = (name(job), job.shards.saturating_sub(1), job.workers);
    let fatal: Vec<_> = Reaction::fatal().map(|code| code.to_string()).collect();
    let mut notes = vec![
        "Exit codes of a task:".to_owned(),
        "  0        done".to_owned(),
        "  1, 130   failed or interrupted: submit these tasks again with --array=INDEX,…".to_owned(),
        format!("  {}  wrong usage, incomplete or refused: read the log first", fatal.join(", ")),
    ];
    if job.shards > limits::SLURM_TASKS {
        let (tasks, shards) = (count(limits::SLURM_TASKS.into()), count(job.shards.into()));
        notes.push(format!("Slurm allows {tasks} tasks by default: MaxArraySize must be at least {shards}."));
    }
    let words: Vec<_> = job.command.iter().map(|word| shell_word(word)).collect();
    let words = words.join(" ");
    format!(
        "#!/bin/bash\n\
         {}\
         #SBATCH --job-name={name}\n\
         #SBATCH --array=0-{last}%{workers}\n\
         #SBATCH --requeue\n\
         #SBATCH --open-mode=append\n\
         exec asof {words}\n",
        comment(job, "sbatch", &notes)
    )
}
