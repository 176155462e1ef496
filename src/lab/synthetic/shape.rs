//! The shapes of keys.

/// The shape of a synthetic bucket's keys. All are in UTF-8 byte order, and the same for the same seed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// 32 hex digits, evenly spread.
    #[default]
    Hex,
    /// Two years of dates as folders.
    Dates,
    /// One flat folder of zero-padded numbers.
    Flat,
    /// 99 % of the keys in one folder.
    Hot,
    /// Trees of tenants, of very different sizes and several levels deep.
    Tenants,
    /// A common prefix of 200 characters.
    LongPrefix,
    /// Characters of one to four bytes.
    Unicode,
    /// Keys that are prefixes of other keys.
    Nested,
    /// Hive partitions: a date, an hour, and parts with random names.
    Hive,
    /// Logs of AWS `CloudTrail`: regions, dates, and random names.
    CloudTrail,
    /// One folder of UUIDs that begin with a time.
    UuidV7,
    /// One folder of ULIDs, which begin with a time, in base 32.
    Ulid,
    /// Random digits of base 64, with `-` and `_`.
    Base64,
    /// One folder of numbers that decrease with time.
    NewestFirst,
    /// 256 folders of hex digits, as git has them.
    Git,
    /// Three levels of folders of one or two hex digits each, with fixed names in between.
    HashedTenants,
    /// Two years of dates as folders, each with numbers from 0 on.
    Daily,
    /// A thousand customers' folders, of which one has nine tenths of the keys.
    OneCustomer,
    /// Ten keys, whatever the number of keys is.
    Ten,
    /// One key, with the versions of all keys together.
    OneKey,
}

impl Shape {
    /// Every shape.
    pub const ALL: [Self; 20] = [
        Self::Hex,
        Self::Dates,
        Self::Flat,
        Self::Hot,
        Self::Tenants,
        Self::LongPrefix,
        Self::Unicode,
        Self::Nested,
        Self::Hive,
        Self::CloudTrail,
        Self::UuidV7,
        Self::Ulid,
        Self::Base64,
        Self::NewestFirst,
        Self::Git,
        Self::HashedTenants,
        Self::Daily,
        Self::OneCustomer,
        Self::Ten,
        Self::OneKey,
    ];

    /// Returns the name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hex => "hex",
            Self::Dates => "dates",
            Self::Flat => "flat",
            Self::Hot => "hot",
            Self::Tenants => "tenants",
            Self::LongPrefix => "long-prefix",
            Self::Unicode => "unicode",
            Self::Nested => "nested",
            Self::Hive => "hive",
            Self::CloudTrail => "cloudtrail",
            Self::UuidV7 => "uuid-v7",
            Self::Ulid => "ulid",
            Self::Base64 => "base64",
            Self::NewestFirst => "newest-first",
            Self::Git => "git",
            Self::HashedTenants => "hashed-tenants",
            Self::Daily => "daily",
            Self::OneCustomer => "one-customer",
            Self::Ten => "ten",
            Self::OneKey => "one-key",
        }
    }
}

impl std::str::FromStr for Shape {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|shape| shape.name() == name);
        found.ok_or_else(|| format!("no shape is called {name}"))
    }
}
