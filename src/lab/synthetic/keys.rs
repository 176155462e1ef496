//! The keys of a synthetic bucket by number, in byte order; and the reverse, from any text to the first key after it, by binary
//! search.

use super::forms::{Evenly, LONG_PREFIX, Nest, OneCustomer, TEN, date, hot, in_unicode};
use super::shape::Shape;
use super::template::{self, Daily, Template};
use super::tenants::Tenants;
use super::text::{Calendar, decimal, hex, mix};

/// All keys of a synthetic bucket.
#[derive(Debug)]
pub(super) struct Keys {
    count: u64,
    form: Form,
}

/// The data needed to write the keys of a shape.
#[derive(Debug)]
enum Form {
    Hex(Evenly),
    Dates(Evenly, Calendar),
    Flat,
    Hot { cold: Evenly, before: u64, hot: Evenly, to: u64 },
    Tenants(Tenants),
    LongPrefix(Evenly),
    Unicode(Evenly),
    Nested(Nest),
    Template(Evenly, Template),
    Daily(Daily),
    OneCustomer(OneCustomer),
    Ten,
    OneKey,
}

impl Keys {
    pub(super) fn new(shape: Shape, count: u64, seed: u64) -> Self {
        let evenly = Evenly::new(count, seed);
        let from = |pieces| Form::Template(evenly, Template::new(pieces));
        let form = match shape {
            Shape::Hex => Form::Hex(evenly),
            Shape::Dates => Form::Dates(evenly, date::calendar()),
            Shape::Flat => Form::Flat,
            Shape::Hot => {
                let before = count / 200;
                let to = count - before;
                Form::Hot {
                    cold: Evenly::new(before, seed),
                    before,
                    hot: Evenly::new(to - before, mix(seed)),
                    to,
                }
            }
            Shape::Tenants => Form::Tenants(Tenants::new(count, seed)),
            Shape::LongPrefix => Form::LongPrefix(evenly),
            Shape::Unicode => Form::Unicode(evenly),
            Shape::Nested => Form::Nested(Nest::new(count)),
            Shape::Hive => from(template::HIVE),
            Shape::CloudTrail => from(template::CLOUD_TRAIL),
            Shape::UuidV7 => from(template::UUID_V7),
            Shape::Ulid => from(template::ULID),
            Shape::Base64 => from(template::RANDOM_BASE64),
            Shape::NewestFirst => from(template::NEWEST_FIRST),
            Shape::Git => from(template::GIT),
            Shape::HashedTenants => from(template::HASHED_TENANTS),
            Shape::Daily => Form::Daily(Daily::new(count)),
            Shape::OneCustomer => Form::OneCustomer(OneCustomer::new(count, seed)),
            Shape::Ten => Form::Ten,
            Shape::OneKey => Form::OneKey,
        };
        let count = match shape {
            Shape::Ten => TEN.len() as u64,
            Shape::OneKey => 1,
            _ => count,
        };
        Self { count, form }
    }

    /// Returns the number of keys.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Replaces `out` with the key of this number.
    pub(super) fn write(&self, number: u64, out: &mut Vec<u8>) {
        out.clear();
        match &self.form {
            Form::Hex(evenly) => {
                out.extend_from_slice(&hex(evenly.point(number)));
                out.extend_from_slice(&hex(evenly.noise(number)));
            }
            Form::Dates(evenly, calendar) => date::write(evenly.point(number), calendar, out),
            Form::Flat => {
                out.extend_from_slice(b"images/photo-");
                out.extend_from_slice(&decimal::<12>(number));
                out.extend_from_slice(b".jpg");
            }
            Form::Hot { cold, before, hot, to } => {
                if number < *before {
                    hot::cold(b"archive/", cold.point(number), out);
                } else if number < *to {
                    hot::hot(hot.point(number - before), out);
                } else {
                    hot::cold(b"users/", cold.point(number - to), out);
                }
            }
            Form::Tenants(tenants) => tenants.write(number, out),
            Form::LongPrefix(evenly) => {
                out.extend_from_slice(LONG_PREFIX.as_bytes());
                out.extend_from_slice(&hex(evenly.point(number)));
            }
            Form::Unicode(evenly) => in_unicode(evenly.point(number), out),
            Form::Nested(nest) => nest.write(number, out),
            Form::Template(evenly, template) => template.write(evenly.point(number), out),
            Form::Daily(daily) => daily.write(number, out),
            Form::OneCustomer(customers) => customers.write(number, out),
            Form::Ten => {
                let key = usize::try_from(number).ok().and_then(|number| TEN.get(number));
                out.extend_from_slice(key.copied().unwrap_or_default().as_bytes());
            }
            Form::OneKey => out.extend_from_slice(b"state/terraform.tfstate"),
        }
    }

    /// Returns the number of the first key that is not `before`; the keys that are come first.
    fn first_not(&self, scratch: &mut Vec<u8>, before: impl Fn(&[u8]) -> bool) -> u64 {
        let (mut from, mut to) = (0, self.count);
        while from < to {
            let middle = from.midpoint(to);
            self.write(middle, scratch);
            if before(scratch) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        from
    }

    /// Returns the first key that is not before this text.
    pub(super) fn from(&self, text: &[u8], scratch: &mut Vec<u8>) -> u64 {
        self.first_not(scratch, |key| key < text)
    }

    /// Returns the first key after this text.
    pub(super) fn after(&self, text: &[u8], scratch: &mut Vec<u8>) -> u64 {
        self.first_not(scratch, |key| key <= text)
    }

    /// Returns the first key after all keys with this prefix.
    pub(super) fn after_prefix(&self, prefix: &[u8], scratch: &mut Vec<u8>) -> u64 {
        self.first_not(scratch, |key| key < prefix || key.starts_with(prefix))
    }

    /// Returns the number of a key.
    pub(super) fn find(&self, key: &[u8], scratch: &mut Vec<u8>) -> Option<u64> {
        let number = self.from(key, scratch);
        if number == self.count {
            return None;
        }
        self.write(number, scratch);
        (scratch == key).then_some(number)
    }
}

#[cfg(test)]
mod tests;
