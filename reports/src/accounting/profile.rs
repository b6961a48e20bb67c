//! What the words of a client's forms mean (R-A2 to R-A7): a value for each kind of client, and each choice apart, so that
//! a plan may set it.

use std::time::Duration;

use super::{Account, Blockage, CallTimes, Figures, Rate, SeatTimes};

/// How one client counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Profile {
    /// As plans and the command line name it.
    pub name: &'static str,
    /// 通話時間
    pub talk: Talk,
    /// 処理時間
    pub handling: Handling,
    /// The month's form has 平均通話時間 and 平均後処理時間 in place of 平均処理時間 (Kyoto).
    pub talk_and_wrap_up_apart: bool,
    /// 待機時間 holds the time of ringing (R-A7).
    pub ringing_counts_as_waiting: bool,
    /// Whose answer makes a call a handled one (R-A2).
    pub handled_by: HandledBy,
    /// 対応 counts in the hour of the answer instead of the admission's; a rate may then exceed 100 % (R-A2).
    pub answer_hour: bool,
    /// 話中呼 are within 入電 (R-A1).
    pub count_blocked_as_offered: bool,
    /// Which state of the lines is the client's 回線閉塞 (R-L7).
    pub blockage: OfficialBlockage,
    /// A caller who gave up before this is a short abandon (R-A11).
    pub short_abandon: Duration,
    /// The hour at which the sheets' days begin (R-A9).
    pub day_start_hour: u8,
    /// The hour at which the days of the list of consultations (相談件数一覧) begin, where the client has one.
    pub consultation_list_hour: Option<u8>,
    /// The month that is closed on its own last day, before it is over.
    pub preliminary_month: Option<u8>,
}

/// What 通話時間 is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Talk {
    /// Seat's answer to the end of its call, holds included (R-A5).
    WithHold,
    /// Without them; 相談時間 adds them again (R-A6).
    WithoutHold,
}

/// What 処理時間 is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Handling {
    /// Talk and wrap-up (R-A5).
    TalkAndWrapUp,
    /// Wrap-up alone (R-A6).
    WrapUp,
}

/// Whose answer makes a call a handled one (R-A2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HandledBy {
    /// Any seat's, a receptionist's too.
    AnySeat,
    /// Of those answered by reception not the ones that ended before an adviser answered: given up, failed, ended by command.
    FinalSkill,
}

/// Which state of the lines is the client's 回線閉塞 (R-L7).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OfficialBlockage {
    /// A new call would be refused.
    AllLines,
    /// All seat lines are busy, whether or not guidance lines are free.
    SeatLines,
}

impl OfficialBlockage {
    /// As plans and JSON have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AllLines => "all_lines",
            Self::SeatLines => "seat_lines",
        }
    }
}

/// The times of the seats in an hour, cut at its edges (R-A7).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ClockTimes {
    /// 通話時間 as the client has it.
    pub talk_ms: u64,
    /// 保留時間
    pub hold_ms: u64,
    /// 処理時間 as the client has it.
    pub handling_ms: u64,
    /// 相談時間: talk without hold, hold, wrap-up.
    pub consultation_ms: u64,
    /// 待機時間
    pub waiting_ms: u64,
}

impl Profile {
    /// The agency's standard specification (#7119).
    pub const FDMA: Self = Self {
        name: "fdma",
        talk: Talk::WithHold,
        handling: Handling::TalkAndWrapUp,
        talk_and_wrap_up_apart: false,
        ringing_counts_as_waiting: true,
        handled_by: HandledBy::AnySeat,
        answer_hour: false,
        count_blocked_as_offered: false,
        blockage: OfficialBlockage::AllLines,
        short_abandon: Duration::from_secs(5),
        day_start_hour: 0,
        consultation_list_hour: None,
        preliminary_month: None,
    };

    /// Shiga's #7119: consultation and occupancy, and 処理時間 as wrap-up alone (R-A6).
    pub const SHIGA: Self =
        Self { name: "shiga", talk: Talk::WithoutHold, handling: Handling::WrapUp, ..Self::FDMA };

    /// Shizuoka's #8000: days from 8:00 (R-A9).
    pub const SHIZUOKA: Self =
        Self { name: "shizuoka", day_start_hour: 8, consultation_list_hour: Some(8), ..Self::FDMA };

    /// Kyoto's #7119: the sheets' days from 0:00, those of the list of consultations from 8:00 (R-A9); the month's form has
    /// talk and wrap-up apart; March is closed on the 31st itself.
    pub const KYOTO: Self = Self {
        name: "kyoto",
        talk_and_wrap_up_apart: true,
        consultation_list_hour: Some(8),
        preliminary_month: Some(3),
        ..Self::FDMA
    };

    /// All of them.
    pub const ALL: [Self; 4] = [Self::FDMA, Self::SHIGA, Self::SHIZUOKA, Self::KYOTO];

    /// The profile of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name == name)
    }

    /// 入電件数 (R-A1).
    pub const fn offered(&self, it: &Figures) -> u64 {
        if self.count_blocked_as_offered { it.offered + it.blocked_attempts } else { it.offered }
    }

    /// 対応件数 (R-A2).
    pub const fn handled(&self, it: &Figures) -> u64 {
        match (self.handled_by, self.answer_hour) {
            (HandledBy::AnySeat, false) => it.handled,
            (HandledBy::AnySeat, true) => it.answers,
            (HandledBy::FinalSkill, false) => it.handled.saturating_sub(it.lost_after_reception()),
            (HandledBy::FinalSkill, true) => it.final_answers,
        }
    }

    /// 応答率 (R-A3).
    pub const fn rate(&self, it: &Figures) -> Rate {
        Rate { handled: self.handled(it), offered: self.offered(it) }
    }

    /// 回線閉塞時間 (R-A4).
    pub const fn blockage_ms(&self, it: &Figures) -> u64 {
        match self.blockage {
            OfficialBlockage::AllLines => it.blockage_ms,
            OfficialBlockage::SeatLines => it.seat_lines_full_ms,
        }
    }

    /// 回線閉塞日時: the intervals of the client's blockage, and those of the other state of the lines, which are printed
    /// beside it (R-L7).
    pub fn blockages<'a>(&self, it: &'a Account) -> (&'a [Blockage], &'a [Blockage]) {
        match self.blockage {
            OfficialBlockage::AllLines => (&it.blockages, &it.seat_lines_full),
            OfficialBlockage::SeatLines => (&it.seat_lines_full, &it.blockages),
        }
    }

    /// What the slot's handled calls took: those that [`Self::handled`] counts, so that a mean is one of theirs (R-A5).
    pub const fn times(&self, it: &Figures) -> CallTimes {
        match (self.handled_by, self.answer_hour) {
            (HandledBy::AnySeat, false) => it.times(),
            (HandledBy::AnySeat, true) => it.answered_times,
            (HandledBy::FinalSkill, false) => it.times().without(it.after_reception_times),
            (HandledBy::FinalSkill, true) => it.final_answered_times,
        }
    }

    /// 通話時間 of the slot's handled calls (R-A5, R-A6).
    pub const fn talk_ms(&self, it: &Figures) -> u64 {
        let times = self.times(it);
        match self.talk {
            Talk::WithHold => times.talk_ms,
            Talk::WithoutHold => times.talk_ms.saturating_sub(times.hold_ms),
        }
    }

    /// 後処理時間 of the slot's handled calls (R-A5).
    pub const fn wrap_up_ms(&self, it: &Figures) -> u64 {
        self.times(it).wrap_up_ms
    }

    /// 処理時間 of the slot's handled calls (R-A5, R-A6).
    pub const fn handling_ms(&self, it: &Figures) -> u64 {
        let times = self.times(it);
        match self.handling {
            Handling::TalkAndWrapUp => times.talk_ms + times.wrap_up_ms,
            Handling::WrapUp => times.wrap_up_ms,
        }
    }

    /// 相談時間 of the slot's handled calls: talk without hold, hold, wrap-up (R-A6).
    pub const fn consultation_ms(&self, it: &Figures) -> u64 {
        let times = self.times(it);
        times.talk_ms + times.wrap_up_ms
    }

    /// The times of the seats within the slot, dedicated and shared ones together: a shared seat's ready time counts for
    /// each tenant that it serves (R-A7).
    pub fn clock_times(&self, it: &Figures) -> ClockTimes {
        let mut seats: SeatTimes = it.dedicated;
        seats += it.shared;
        let talk_ms = match self.talk {
            Talk::WithHold => seats.talking_ms + seats.holding_ms,
            Talk::WithoutHold => seats.talking_ms,
        };
        ClockTimes {
            talk_ms,
            hold_ms: seats.holding_ms,
            handling_ms: match self.handling {
                Handling::TalkAndWrapUp => seats.consultation_ms(),
                Handling::WrapUp => seats.wrap_up_ms,
            },
            consultation_ms: seats.consultation_ms(),
            waiting_ms: seats.waiting_ms(self.ringing_counts_as_waiting),
        }
    }

    /// 占有率: consultation to consultation and waiting, within the slot (R-A7).
    pub fn occupancy(&self, it: &Figures) -> Rate {
        let times = self.clock_times(it);
        Rate { handled: times.consultation_ms, offered: times.consultation_ms + times.waiting_ms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_is_known_by_its_name() {
        let named = |name| Profile::named(name);
        assert_eq!(named("fdma"), Some(Profile::FDMA));
        assert_eq!(named("shiga"), Some(Profile::SHIGA));
        assert_eq!(named("shizuoka"), Some(Profile::SHIZUOKA));
        assert_eq!(named("kyoto"), Some(Profile::KYOTO));
        assert_eq!(named("osaka"), None);
    }

    /// R-A9.
    #[test]
    fn shizuokas_days_begin_at_eight_and_kyotos_list_of_consultations_too() {
        let hours = Profile::ALL.map(|it| (it.name, it.day_start_hour, it.consultation_list_hour));
        assert_eq!(
            hours,
            [("fdma", 0, None), ("shiga", 0, None), ("shizuoka", 8, Some(8)), ("kyoto", 0, Some(8))]
        );
    }

    #[test]
    fn march_is_closed_on_its_own_last_day_in_kyoto_alone() {
        let closed_early = Profile::ALL.map(|it| (it.name, it.preliminary_month));
        assert_eq!(closed_early, [("fdma", None), ("shiga", None), ("shizuoka", None), ("kyoto", Some(3))]);
    }
}
