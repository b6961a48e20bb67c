//! 応答率: exact, compared unrounded (R-A3).

/// Handled calls to offered calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rate {
    /// 対応件数
    pub handled: u64,
    /// 入電件数
    pub offered: u64,
}

impl Rate {
    /// In thousandths, rounded down: what is printed where there is a target. `None`: no call was offered.
    pub fn permille_floor(self) -> Option<u64> {
        u64::try_from(self.thousandfold().checked_div(u128::from(self.offered))?).ok()
    }

    /// In thousandths, half up. `None`: no call was offered.
    pub fn permille_half_up(self) -> Option<u64> {
        let offered = u128::from(self.offered);
        u64::try_from((self.thousandfold() + offered / 2).checked_div(offered)?).ok()
    }

    /// Whether a target in thousandths is reached, unrounded. `None`: no call was offered.
    pub fn meets(self, target_permille: u16) -> Option<bool> {
        let needed = u128::from(self.offered) * u128::from(target_permille);
        (self.offered > 0).then(|| self.thousandfold() >= needed)
    }

    fn thousandfold(self) -> u128 {
        u128::from(self.handled) * 1_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_just_below_its_target_never_prints_as_reached() {
        // 8,906 of 10,000 is 89.06 %, which half up would print as 89.1 %.
        let rate = Rate { handled: 8_906, offered: 10_000 };
        assert_eq!(rate.permille_half_up(), Some(891));
        assert_eq!(rate.permille_floor(), Some(890));
        assert_eq!(rate.meets(891), Some(false));
    }

    #[test]
    fn a_rate_that_is_its_target_is_reached() {
        let rate = Rate { handled: 891, offered: 1_000 };
        assert_eq!((rate.permille_floor(), rate.meets(891)), (Some(891), Some(true)));
    }

    #[test]
    fn no_call_has_no_rate() {
        let rate = Rate { handled: 0, offered: 0 };
        assert_eq!((rate.permille_floor(), rate.permille_half_up(), rate.meets(0)), (None, None, None));
    }
}
