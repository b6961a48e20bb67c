//! Numbers as they are printed: one decimal, half up, from integers (R-A12).

use crate::accounting::{Fraction, Rate};

const MINUTE_MS: u64 = 60_000;

/// Milliseconds as minutes.
pub(super) fn minutes(ms: u64) -> String {
    ratio(ms, MINUTE_MS).unwrap_or_default()
}

/// The mean of milliseconds over a count, as minutes; empty without a count.
pub(super) fn mean_minutes(ms: u64, count: u64) -> String {
    ratio(ms, MINUTE_MS.saturating_mul(count)).unwrap_or_default()
}

/// A ratio with one decimal; `None`: of nothing.
pub(super) fn ratio(much: u64, of: u64) -> Option<String> {
    let (much, of) = (u128::from(much), u128::from(of));
    let tenths = (much * 20 + of).checked_div(of * 2)?;
    Some(self::tenths(tenths))
}

/// A mean of milliseconds as minutes; empty without one.
pub(super) fn mean_in_minutes(mean: Option<Fraction>) -> String {
    mean.map_or_else(String::new, |mean| tenths(mean.tenths_of(u128::from(MINUTE_MS))))
}

/// A mean of counts or seats; empty without one.
pub(super) fn mean_count(mean: Option<Fraction>) -> String {
    mean.map_or_else(String::new, |mean| tenths(mean.tenths_of(1)))
}

fn tenths(tenths: u128) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// A rate as a percentage: rounded down where there is a target, else half up (R-A3). Empty: no call was offered.
pub(super) fn percentage(rate: Rate, has_target: bool) -> String {
    let permille = if has_target { rate.permille_floor() } else { rate.permille_half_up() };
    permille.map_or_else(String::new, self::permille)
}

/// `89.1`
pub(super) fn permille(permille: u64) -> String {
    format!("{}.{}", permille / 10, permille % 10)
}

/// As the cells hold it: milliseconds in minutes, unrounded.
pub(super) fn raw_minutes(ms: u64) -> f64 {
    ms as f64 / MINUTE_MS as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_tenth_is_rounded_up() {
        assert_eq!([2_999, 3_000, 8_999, 9_000].map(minutes), ["0.0", "0.1", "0.1", "0.2"]);
        assert_eq!(minutes(3_600_000), "60.0");
        // 5 min over 3 calls: 1.666… min
        assert_eq!(mean_minutes(300_000, 3), "1.7");
        assert_eq!(mean_minutes(0, 0), "");
        // 0.25 calls an hour
        assert_eq!(ratio(6, 24).as_deref(), Some("0.3"));
        assert_eq!(ratio(0, 24).as_deref(), Some("0.0"));
    }

    #[test]
    fn a_percentage_is_rounded_down_where_a_target_would_tempt() {
        let rate = Rate { handled: 8_906, offered: 10_000 };
        assert_eq!((percentage(rate, true), percentage(rate, false)), ("89.0".into(), "89.1".into()));
        assert_eq!(percentage(Rate { handled: 0, offered: 0 }, true), "");
        assert_eq!(percentage(Rate { handled: 7, offered: 7 }, true), "100.0");
    }
}
