//! Access points, by which a bucket's objects are reached under another name: its ARN, or its alias.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html>

use super::account::Account;

/// What the alias of an access point ends in. No bucket's name may.
const ALIAS: &str = "-s3alias";

/// What an ARN in place of a bucket's name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Arn<'a> {
    /// A bucket, whose name says enough.
    Bucket(&'a str),
    /// An access point: its ARN in the form that the SDK takes, and what follows its name.
    AccessPoint(String, &'a str),
    /// Something that asof cannot read versions through, and why.
    Other(&'static str),
}

impl<'a> Arn<'a> {
    /// Reads an ARN with what follows it:
    ///
    /// | service | region | resource | |
    /// |---|---|---|---|
    /// | s3 | none | `BUCKET/KEY` | bucket |
    /// | s3 | any | `accesspoint/NAME/KEY`, `accesspoint:NAME/KEY` | access point |
    /// | s3 | none | `accesspoint/NAME` | refused: a Multi-Region Access Point |
    /// | s3-object-lambda, s3-outposts, … | | | refused |
    ///
    /// `None` if it is no ARN.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut fields = text.strip_prefix("arn:")?.splitn(5, ':');
        let (partition, service, region, account) =
            (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        let resource = fields.next()?;
        let named = resource.strip_prefix("accesspoint/").or_else(|| resource.strip_prefix("accesspoint:"));
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '-';
        Some(match (service, region, named) {
            ("s3", "", None) if account.is_empty() => Self::Bucket(resource),
            ("s3", "", Some(_)) => Self::Other(
                "S3 does not list versions through a Multi-Region Access Point; use one of its buckets",
            ),
            ("s3", region, Some(named)) => {
                let (name, rest) = named.split_once('/').unwrap_or((named, ""));
                let is_legal = !name.is_empty() && name.chars().chain(region.chars()).all(legal);
                if !is_legal || account.parse::<Account>().is_err() {
                    return Some(Self::Other("it is not an access point ARN"));
                }
                Self::AccessPoint(format!("arn:{partition}:s3:{region}:{account}:accesspoint/{name}"), rest)
            }
            ("s3-object-lambda" | "s3-outposts", ..) => Self::Other(
                "S3 does not list versions through it; use the bucket or one of its access points",
            ),
            _ => Self::Other("it is neither a bucket ARN nor an access point ARN"),
        })
    }
}

/// Whether a bucket's name is that of an access point. Through one, S3 serves objects and listings, but tells none of the
/// bucket's settings.
pub fn is_access_point(bucket: &str) -> bool {
    is_arn(bucket) || bucket.ends_with(ALIAS)
}

/// Whether a bucket's name is the ARN of an access point, which tells its region.
pub fn is_arn(bucket: &str) -> bool {
    bucket.starts_with("arn:")
}

/// The region in the ARN of an access point.
pub fn region_of_arn(bucket: &str) -> Option<&str> {
    bucket.strip_prefix("arn:")?.split(':').nth(2)
}

#[cfg(test)]
mod tests;
