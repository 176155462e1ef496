use super::*;

fn estimate(usd: f64, thaw: &[(ThawTier, f64)]) -> Estimate {
    Estimate { usd, thaw: thaw.iter().copied().collect(), prices: "us-east-1, June 2026".to_owned() }
}

#[test]
fn an_estimate_in_words() {
    let thaw = [(ThawTier::Bulk, 0.0), (ThawTier::Standard, 10.05)];
    for (estimate, line) in [
        (estimate(0.0, &[]), "estimated cost: $0 (prices: us-east-1, June 2026)"),
        (estimate(0.0054, &[]), "estimated cost: less than $0.01 (prices: us-east-1, June 2026)"),
        (estimate(1234.5, &[]), "estimated cost: $1234.50 (prices: us-east-1, June 2026)"),
        (
            estimate(0.42, &thaw),
            "estimated cost: $0.42, thawing: $0 bulk, $10.05 standard (prices: us-east-1, June 2026)",
        ),
    ] {
        assert_eq!(cost_line(&estimate), line);
    }
}

#[test]
fn json_has_the_tiers_that_are_available() {
    let thaw = ThawCost::of(&estimate(1.0, &[(ThawTier::Bulk, 0.025_04)]));
    assert_eq!(serde_json::to_string(&thaw).unwrap(), "{\"bulk\":0.025}");
    assert!(ThawCost::of(&estimate(1.0, &[])).is_none());
}
