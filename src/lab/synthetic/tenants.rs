//! The shape of a bucket with tenants: a thousand trees, the largest a thousand times the smallest, one to four folders
//! deep, each folder split unevenly.

use super::text::{decimal, hex, mix};

const MOST: u64 = 1_000;
/// The cumulative shares of a folder's subfolders, in 64ths.
const SHARES: [u64; 6] = [2, 6, 13, 25, 40, 64];

/// The first key of each tenant.
#[derive(Debug)]
pub(super) struct Tenants {
    /// The number of each tenant's first key.
    firsts: Vec<u64>,
    count: u64,
    seed: u64,
}

impl Tenants {
    pub(super) fn new(count: u64, seed: u64) -> Self {
        let tenants = (count / 100).clamp(1, MOST);
        // Weights by Zipf's law: the n-th largest has an n-th of the largest's.
        let weight = |tenant: u64| (1 << 30) / (1 + mix(tenant ^ mix(seed)) % tenants);
        let all: u64 = (0..tenants).map(weight).sum();
        let mut before = 0;
        let firsts = (0..tenants).map(|tenant| {
            let first = u128::from(count) * u128::from(before) / u128::from(all);
            before += weight(tenant);
            u64::try_from(first).unwrap_or(count)
        });
        Self { firsts: firsts.collect(), count, seed: mix(!seed) }
    }

    pub(super) fn write(&self, number: u64, out: &mut Vec<u8>) {
        let next = self.firsts.partition_point(|first| *first <= number);
        let tenant = next.saturating_sub(1);
        let first = self.firsts.get(tenant).copied().unwrap_or(0);
        let end = self.firsts.get(next).copied().unwrap_or(self.count);
        let mut noise = mix(tenant as u64 ^ self.seed);
        out.extend_from_slice(b"tenant/");
        out.extend_from_slice(&decimal::<4>(tenant as u64));
        push_noise(noise, out);
        let (mut inside, mut size) = (number - first, end - first);
        for _ in 0..=noise % 4 {
            let bound = |share: u64| size * share / 64;
            let folder = SHARES.iter().position(|share| inside < bound(*share)).unwrap_or(0);
            let before = folder.checked_sub(1).and_then(|folder| SHARES.get(folder)).map_or(0, |s| bound(*s));
            size = SHARES.get(folder).map_or(size, |share| bound(*share)) - before;
            inside -= before;
            noise = mix(noise ^ folder as u64);
            out.push(b'/');
            out.extend_from_slice(&decimal::<1>(folder as u64));
            push_noise(noise, out);
        }
        out.push(b'/');
        out.extend_from_slice(&decimal::<9>(inside));
        push_noise(mix(noise ^ inside), out);
    }
}

/// `-1a2b`
fn push_noise(noise: u64, out: &mut Vec<u8>) {
    out.push(b'-');
    out.extend_from_slice(hex(noise).last_chunk::<4>().unwrap_or(b"0000"));
}
