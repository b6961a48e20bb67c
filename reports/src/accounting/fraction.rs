//! Means without rounding: a form rounds once, when it prints (R-A12).

/// A fraction of whole numbers, in lowest terms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fraction {
    /// What is divided.
    pub numerator: u128,
    /// By what; never 0.
    pub denominator: u128,
}

impl Fraction {
    /// `much` over `of`; `None`: over nothing.
    pub const fn new(much: u128, of: u128) -> Option<Self> {
        if of == 0 {
            return None;
        }
        let divisor = greatest_common_divisor(much, of);
        Some(Self { numerator: much / divisor, denominator: of / divisor })
    }

    /// The mean of these; `None`: of none.
    pub fn mean(all: impl IntoIterator<Item = Self>) -> Option<Self> {
        let (mut sum, mut count) = (Self { numerator: 0, denominator: 1 }, 0_u128);
        for it in all {
            sum = sum.plus(it);
            count += 1;
        }
        Self::new(sum.numerator, sum.denominator.saturating_mul(count))
    }

    /// To the nearest whole, half up.
    pub fn rounded(self) -> u128 {
        self.numerator
            .saturating_mul(2)
            .saturating_add(self.denominator)
            .checked_div(self.denominator.saturating_mul(2))
            .unwrap_or_default()
    }

    /// In tenths of `unit`, half up: what a form prints with one decimal.
    pub fn tenths_of(self, unit: u128) -> u128 {
        Self::new(self.numerator.saturating_mul(10), self.denominator.saturating_mul(unit))
            .map_or(0, Self::rounded)
    }

    fn plus(self, other: Self) -> Self {
        self.exactly_plus(other).unwrap_or_else(|| {
            // Only where an hour had hundreds of calls on each of many days.
            let (one, two) = (self.coarse(), other.coarse());
            Self { numerator: one.numerator.saturating_add(two.numerator), denominator: one.denominator }
        })
    }

    fn exactly_plus(self, other: Self) -> Option<Self> {
        let divisor = greatest_common_divisor(self.denominator, other.denominator);
        let denominator = (self.denominator / divisor).checked_mul(other.denominator)?;
        // Room for what follows: the mean's division, and ten times the numerator.
        if denominator > 1 << 80 {
            return None;
        }
        let one = self.numerator.checked_mul(other.denominator / divisor)?;
        let two = other.numerator.checked_mul(self.denominator / divisor)?;
        Self::new(one.checked_add(two)?, denominator)
    }

    /// The one just below with the denominator 2^40: of milliseconds, off by less than a billionth.
    const fn coarse(self) -> Self {
        const SCALE: u128 = 1 << 40;
        let whole = self.numerator / self.denominator;
        // A remainder is below its denominator, and that below 2^80: a count's, or bounded by the exact sum.
        let part = (self.numerator % self.denominator) * SCALE / self.denominator;
        Self { numerator: whole.saturating_mul(SCALE).saturating_add(part), denominator: SCALE }
    }
}

const fn greatest_common_divisor(mut one: u128, mut two: u128) -> u128 {
    while two != 0 {
        (one, two) = (two, one % two);
    }
    if one == 0 { 1 } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(much: u128, of: u128) -> Fraction {
        Fraction::new(much, of).expect("not over nothing")
    }

    #[test]
    fn a_mean_of_thirds_that_is_whole_is_whole() {
        // 1/3 + 2/3 + 2 = 3: a sum of rounded parts would fall short of it.
        let mean = Fraction::mean([of(1, 3), of(2, 3), of(2, 1)]);
        assert_eq!(mean, Some(of(1, 1)));
        assert_eq!(Fraction::mean([]), None);
        assert_eq!(Fraction::new(1, 0), None);
    }

    #[test]
    fn a_mean_is_rounded_once_and_half_up() {
        // 9,000 ms and 9,001 ms: 9,000.5 ms, 0.15000833 min.
        let mean = Fraction::mean([of(9_000, 1), of(9_001, 1)]).expect("two");
        assert_eq!((mean.rounded(), mean.tenths_of(60_000)), (9_001, 2));
        assert_eq!(of(8_999, 1).tenths_of(60_000), 1);
        assert_eq!(of(9_000, 1).tenths_of(60_000), 2);
    }

    #[test]
    fn denominators_without_end_do_not_overflow() {
        // The first 40 primes above 1,000: their product has some 400 bits.
        let primes = (1_001..).filter(|n: &u128| (2..40).all(|it| !n.is_multiple_of(it))).take(40);
        let mean = Fraction::mean(primes.map(|it| of(60_000 * it + 1, it))).expect("some");
        // Each is 60,000 and a little less than a thousandth.
        assert_eq!(mean.rounded(), 60_000);
        assert!(mean.numerator > mean.denominator * 60_000);
    }
}
