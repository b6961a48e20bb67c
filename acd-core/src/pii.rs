//! Values that must not reach a log: telephone numbers and names.

use core::fmt;

use serde::{Deserialize, Serialize};

/// A value that identifies a person. `Debug` and `Display` print `***`; [`Pii::reveal`] is the only way in, so
/// every place that handles the number in the clear can be found by searching for one word. Serialisation, which a
/// snapshot of the switch is for, is in the clear too: what reads it is kept as safe as the journal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pii<T>(T);

impl<T> Pii<T> {
    /// Wraps a value that identifies a person.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value in the clear, for SIP, the journal and the forms; never for a log above DEBUG.
    pub const fn reveal(&self) -> &T {
        &self.0
    }

    /// Unwraps the value.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<T> fmt::Display for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn a_number_is_printed_as_stars_and_revealed_by_name_alone() {
        let number = Pii::new("0775281234");
        assert_eq!(format!("{number} {number:?} {:?}", Some(number)), "*** *** Some(***)");
        assert_eq!(*number.reveal(), "0775281234");
    }
}
