//! Access points: other names of a bucket, given by ARN or alias.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html>

use super::account::Account;

/// The suffix of access point aliases. Bucket names must not end in it.
const ALIAS: &str = "-s3alias";

/// An ARN given instead of a bucket's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Arn<'a> {
    /// A bucket, with the key after its name.
    Bucket(&'a str),
    /// An access point: its ARN in the SDK's form, and the key after its name.
    AccessPoint(String, &'a str),
    /// A resource through which S3 lists no versions, with the reason.
    Other(&'static str),
}

impl<'a> Arn<'a> {
    /// Parses an ARN with the key that follows it:
    ///
    /// | service | region | resource | |
    /// |---|---|---|---|
    /// | s3 | none | `BUCKET/KEY` | bucket |
    /// | s3 | any | `accesspoint/NAME/KEY`, `accesspoint:NAME/KEY` | access point |
    /// | s3 | none | `accesspoint/NAME` | refused: a Multi-Region Access Point |
    /// | s3-object-lambda, s3-outposts, … | | | refused |
    ///
    /// Returns `None` if it is not an ARN.
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

/// Returns whether a bucket's name is that of an access point. Through one, S3 serves objects and listings, but none
/// of the bucket's settings.
pub fn is_access_point(bucket: &str) -> bool {
    is_arn(bucket) || bucket.ends_with(ALIAS)
}

/// Returns whether a bucket's name is an access point's ARN, which contains its region.
pub fn is_arn(bucket: &str) -> bool {
    bucket.starts_with("arn:")
}

/// Returns the region in an access point's ARN.
pub fn region_of_arn(bucket: &str) -> Option<&str> {
    bucket.strip_prefix("arn:")?.split(':').nth(2)
}

#[cfg(test)]
mod tests;
