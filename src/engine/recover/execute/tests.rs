use proptest::prelude::*;

use super::*;

/// The results that a phase may have.
fn lead(phase: Phase, [one, other]: [bool; 2]) -> Reached {
    match phase {
        Phase::LookAgain => Reached::LookedAgain { ended: one },
        Phase::Restore => Reached::Restored { whole: one, unseen: other },
        Phase::LookLast => Reached::LookedLast { holds: one },
        Phase::LetGo | Phase::End { .. } => Reached::LetGo,
    }
}

proptest! {
    /// Whatever each phase reaches, there is an end, and the application is only released after everything was restored
    /// and, if due, checked last.
    #[test]
    fn nothing_is_let_go_that_was_not_restored_and_looked_at(taken_up: bool, came: [[bool; 2]; 5]) {
        let mut phase = if taken_up { Phase::LookAgain } else { Phase::Restore };
        let mut reached = Vec::new();
        for came in came {
            if let Phase::End { looked } = phase {
                let whole = matches!(reached.last(), Some(Reached::LetGo | Reached::LookedAgain { .. }));
                prop_assert_eq!(looked, whole, "{:?}", reached);
            } else {
                if phase == Phase::LetGo {
                    let restored = reached.iter().any(|it| matches!(it, Reached::Restored { whole: true, .. }));
                    let unseen = reached.iter().any(|it| matches!(it, Reached::Restored { unseen: true, .. }));
                    let holds = reached.contains(&Reached::LookedLast { holds: true });
                    prop_assert!(restored && (holds || !unseen), "{reached:?}");
                }
                reached.push(lead(phase, came));
                phase = reached[reached.len() - 1].next();
            }
        }
        prop_assert!(matches!(phase, Phase::End { .. }), "{reached:?}");
    }
}
