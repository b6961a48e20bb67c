//! The figures of one slot, or of several added up.

use std::iter::Sum;
use std::ops::AddAssign;

use super::Rate;

/// What is counted and measured in a slot. Counts are of calls, times in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Figures {
    /// 入電: admitted within hours, no test (R-A1).
    pub offered: u64,
    /// 対応: those of them that a seat answered, whenever that was (R-A2).
    pub handled: u64,
    /// Those who left in guidance (R-A11).
    pub abandoned_in_guidance: u64,
    /// Those who left while waiting.
    pub abandoned_in_queue: u64,
    /// Those who left while a seat was rung.
    pub abandoned_while_ringing: u64,
    /// Those of the three who left before [`Counting::short_abandon`](super::Counting::short_abandon) had passed.
    pub short_abandons: u64,
    /// Of the handled ones: those whose caller gave up between reception and adviser (R-A2).
    pub abandoned_after_reception: u64,
    /// Of the handled ones: those that ended between reception and adviser without the caller's giving up: failed, or ended by
    /// command.
    pub failed_after_reception: u64,
    /// Those that we failed.
    pub failed: u64,
    /// Those not answered and not ended when the record ended.
    pub unanswered_in_progress: u64,
    /// Of the handled ones: talk or wrap-up went on when the record ended, so their times may grow.
    pub handled_in_progress: u64,
    /// Seats' answers to the ends of the talks, holds included, over all seats of these calls (R-A5, R-A10).
    pub talk_ms: u64,
    /// The part of it on hold.
    pub hold_ms: u64,
    /// Wrap-up after these calls.
    pub wrap_up_ms: u64,
    /// The part of the talk in which a seat was with one party or several and without the caller (R-A10).
    pub aside_ms: u64,

    /// Offered calls whose first answer was in the slot, whenever they were admitted: the other view (R-A2).
    pub answers: u64,
    /// Offered calls of which the answer that made them handled by the final skill was in the slot: the adviser's, where
    /// reception handed over; none of those that ended between reception and adviser (R-A2).
    pub final_answers: u64,
    /// What the calls of [`Self::answers`] took: the times of the other view (R-A2, R-A5).
    pub answered_times: CallTimes,
    /// What the calls of [`Self::lost_after_reception`] took.
    pub after_reception_times: CallTimes,
    /// What the calls of [`Self::final_answers`] took.
    pub final_answered_times: CallTimes,
    /// 話中呼: refused for want of a line (R-L4), in the slot of the refusal, as all that follows is of the clock.
    pub blocked_attempts: u64,
    /// Calls outside hours that heard the closed announcement (R-L11).
    pub closed_calls: u64,
    /// Calls outside hours that were refused.
    pub closed_refused: u64,
    /// Calls refused during a drain or for want of our own means: outage (R-L9).
    pub outage_refused: u64,
    /// Rehearsals (R-L6).
    pub tests: u64,
    /// Callers who went on to another tenant's queue (R-A1).
    pub overflow_out: u64,
    /// Callers of other tenants who came into this one's queue: offered calls of the others (R-A1).
    pub overflow_in: u64,

    /// The tenant was within its hours.
    pub open_ms: u64,
    /// 回線閉塞 (R-L7).
    pub blockage_ms: u64,
    /// All seat lines busy, whether or not guidance lines were free (R-L7).
    pub seat_lines_full_ms: u64,
    /// The switch took no calls (R-L9).
    pub outage_ms: u64,
    /// Fewer seats were staffed than the plan wants (R-A8).
    pub below_staffing_ms: u64,
    /// Legs to parties that we dialled for the tenant, from their answer to their end (R-L8).
    pub outbound_ms: u64,
    /// Callers in talk with parties alone, after the seat had left: from the party's answer (R-L8).
    pub forwarded_ms: u64,
    /// Before the record began or after it ended.
    pub unrecorded_ms: u64,
    /// What stamps skipped as the wall clock was set on: it belongs to nobody.
    pub skipped_ms: u64,

    /// Seats that serve this tenant alone, without the time they spent on callers who overflowed here.
    pub dedicated: SeatTimes,
    /// Seats that serve others too, without the time they spent on these (R-A8); and seats of others while they worked for
    /// callers of this tenant who overflowed to them.
    pub shared: SeatTimes,
    /// The most dedicated seats staffed at once.
    pub dedicated_peak: u64,
    /// The most seats staffed at once, shared ones included.
    pub staffed_peak: u64,
}

impl Figures {
    /// 応答率 as the agency has it (R-A3); [`Profile::rate`](super::Profile::rate) has the clients' choices.
    pub const fn rate(&self) -> Rate {
        Rate { handled: self.handled, offered: self.offered }
    }

    /// Calls that ended before a seat answered, by the caller's own doing.
    pub const fn abandoned(&self) -> u64 {
        self.abandoned_in_guidance + self.abandoned_in_queue + self.abandoned_while_ringing
    }

    /// Of the handled ones: those that reception answered and no adviser, because they ended before (R-A2).
    pub const fn lost_after_reception(&self) -> u64 {
        self.abandoned_after_reception + self.failed_after_reception
    }

    /// 処理時間 as the agency has it: talk and wrap-up (R-A5).
    pub const fn handling_ms(&self) -> u64 {
        self.talk_ms + self.wrap_up_ms
    }

    /// What the calls that were admitted in the slot took.
    pub const fn times(&self) -> CallTimes {
        CallTimes { talk_ms: self.talk_ms, hold_ms: self.hold_ms, wrap_up_ms: self.wrap_up_ms }
    }

    /// Whether offered calls are the sum of their outcomes (R-A15).
    pub const fn is_balanced(&self) -> bool {
        self.offered == self.handled + self.abandoned() + self.failed + self.unanswered_in_progress
    }
}

impl AddAssign for Figures {
    /// Sums; peaks give the higher one.
    fn add_assign(&mut self, other: Self) {
        // Every field is named, so that a new one cannot be forgotten.
        let Self {
            offered,
            handled,
            abandoned_in_guidance,
            abandoned_in_queue,
            abandoned_while_ringing,
            short_abandons,
            abandoned_after_reception,
            failed_after_reception,
            failed,
            unanswered_in_progress,
            handled_in_progress,
            talk_ms,
            hold_ms,
            wrap_up_ms,
            answers,
            final_answers,
            answered_times,
            after_reception_times,
            final_answered_times,
            aside_ms,
            blocked_attempts,
            closed_calls,
            closed_refused,
            outage_refused,
            tests,
            overflow_out,
            overflow_in,
            open_ms,
            blockage_ms,
            seat_lines_full_ms,
            outage_ms,
            below_staffing_ms,
            outbound_ms,
            forwarded_ms,
            unrecorded_ms,
            skipped_ms,
            dedicated,
            shared,
            dedicated_peak,
            staffed_peak,
        } = other;
        self.offered += offered;
        self.handled += handled;
        self.abandoned_in_guidance += abandoned_in_guidance;
        self.abandoned_in_queue += abandoned_in_queue;
        self.abandoned_while_ringing += abandoned_while_ringing;
        self.short_abandons += short_abandons;
        self.abandoned_after_reception += abandoned_after_reception;
        self.failed_after_reception += failed_after_reception;
        self.failed += failed;
        self.unanswered_in_progress += unanswered_in_progress;
        self.handled_in_progress += handled_in_progress;
        self.talk_ms += talk_ms;
        self.hold_ms += hold_ms;
        self.wrap_up_ms += wrap_up_ms;
        self.answers += answers;
        self.final_answers += final_answers;
        self.answered_times += answered_times;
        self.after_reception_times += after_reception_times;
        self.final_answered_times += final_answered_times;
        self.aside_ms += aside_ms;
        self.blocked_attempts += blocked_attempts;
        self.closed_calls += closed_calls;
        self.closed_refused += closed_refused;
        self.outage_refused += outage_refused;
        self.tests += tests;
        self.overflow_out += overflow_out;
        self.overflow_in += overflow_in;
        self.open_ms += open_ms;
        self.blockage_ms += blockage_ms;
        self.seat_lines_full_ms += seat_lines_full_ms;
        self.outage_ms += outage_ms;
        self.below_staffing_ms += below_staffing_ms;
        self.outbound_ms += outbound_ms;
        self.forwarded_ms += forwarded_ms;
        self.unrecorded_ms += unrecorded_ms;
        self.skipped_ms += skipped_ms;
        self.dedicated += dedicated;
        self.shared += shared;
        self.dedicated_peak = self.dedicated_peak.max(dedicated_peak);
        self.staffed_peak = self.staffed_peak.max(staffed_peak);
    }
}

impl Sum for Figures {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |mut sum, it| {
            sum += it;
            sum
        })
    }
}

/// What calls took of their seats, as a whole, over all seats (R-A5, R-A10).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CallTimes {
    /// Seats' answers to the ends of the talks, holds included.
    pub talk_ms: u64,
    /// The part of it on hold.
    pub hold_ms: u64,
    /// 後処理
    pub wrap_up_ms: u64,
}

impl CallTimes {
    /// These without those of some of the calls.
    pub const fn without(self, some: Self) -> Self {
        Self {
            talk_ms: self.talk_ms.saturating_sub(some.talk_ms),
            hold_ms: self.hold_ms.saturating_sub(some.hold_ms),
            wrap_up_ms: self.wrap_up_ms.saturating_sub(some.wrap_up_ms),
        }
    }
}

impl AddAssign for CallTimes {
    fn add_assign(&mut self, other: Self) {
        let Self { talk_ms, hold_ms, wrap_up_ms } = other;
        self.talk_ms += talk_ms;
        self.hold_ms += hold_ms;
        self.wrap_up_ms += wrap_up_ms;
    }
}

/// Seat-milliseconds by what the seats did, cut at the slots' edges: one state at a time, so that they add up to the
/// time logged in (R-A15).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SeatTimes {
    /// Free.
    pub ready_ms: u64,
    /// Rung for a caller of the tenant.
    pub ringing_ms: u64,
    /// Talking with a caller of the tenant, holds left out.
    pub talking_ms: u64,
    /// Holding a caller of the tenant, or being held.
    pub holding_ms: u64,
    /// 後処理 after a call of the tenant.
    pub wrap_up_ms: u64,
    /// Rung for, talking with or wrapping up after callers of other tenants, or a test.
    pub elsewhere_ms: u64,
    /// Calling out (R-A7).
    pub outbound_ms: u64,
    /// Away.
    pub paused_ms: u64,
    /// Did not answer or refused.
    pub not_answering_ms: u64,
    /// Its phone was not there.
    pub unreachable_ms: u64,
}

impl SeatTimes {
    /// 配置: `ready`, `ringing`, `talking`, `wrap_up`; a dead phone is no staff (R-A8).
    pub const fn staffed_ms(&self) -> u64 {
        self.ready_ms + self.ringing_ms + self.consultation_ms()
    }

    /// 相談時間 as Shiga has it: talk without hold, hold, wrap-up (R-A6).
    pub const fn consultation_ms(&self) -> u64 {
        self.talking_ms + self.holding_ms + self.wrap_up_ms
    }

    /// 待機時間: ready, and ringing where the client counts it so (R-A7).
    pub const fn waiting_ms(&self, ringing_counts_as_waiting: bool) -> u64 {
        if ringing_counts_as_waiting { self.ready_ms + self.ringing_ms } else { self.ready_ms }
    }

    /// From log-in to log-out.
    pub const fn logged_in_ms(&self) -> u64 {
        self.staffed_ms()
            + self.elsewhere_ms
            + self.outbound_ms
            + self.paused_ms
            + self.not_answering_ms
            + self.unreachable_ms
    }
}

impl AddAssign for SeatTimes {
    fn add_assign(&mut self, other: Self) {
        let Self {
            ready_ms,
            ringing_ms,
            talking_ms,
            holding_ms,
            wrap_up_ms,
            elsewhere_ms,
            outbound_ms,
            paused_ms,
            not_answering_ms,
            unreachable_ms,
        } = other;
        self.ready_ms += ready_ms;
        self.ringing_ms += ringing_ms;
        self.talking_ms += talking_ms;
        self.holding_ms += holding_ms;
        self.wrap_up_ms += wrap_up_ms;
        self.elsewhere_ms += elsewhere_ms;
        self.outbound_ms += outbound_ms;
        self.paused_ms += paused_ms;
        self.not_answering_ms += not_answering_ms;
        self.unreachable_ms += unreachable_ms;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything counted, measured and seen at once is `n`.
    const fn all(n: u64) -> Figures {
        let calls = CallTimes { talk_ms: n, hold_ms: n, wrap_up_ms: n };
        let seats = SeatTimes {
            ready_ms: n,
            ringing_ms: n,
            talking_ms: n,
            holding_ms: n,
            wrap_up_ms: n,
            elsewhere_ms: n,
            outbound_ms: n,
            paused_ms: n,
            not_answering_ms: n,
            unreachable_ms: n,
        };
        Figures {
            offered: n,
            handled: n,
            abandoned_in_guidance: n,
            abandoned_in_queue: n,
            abandoned_while_ringing: n,
            short_abandons: n,
            abandoned_after_reception: n,
            failed_after_reception: n,
            failed: n,
            unanswered_in_progress: n,
            handled_in_progress: n,
            talk_ms: n,
            hold_ms: n,
            wrap_up_ms: n,
            aside_ms: n,
            answers: n,
            final_answers: n,
            answered_times: calls,
            after_reception_times: calls,
            final_answered_times: calls,
            blocked_attempts: n,
            closed_calls: n,
            closed_refused: n,
            outage_refused: n,
            tests: n,
            overflow_out: n,
            overflow_in: n,
            open_ms: n,
            blockage_ms: n,
            seat_lines_full_ms: n,
            outage_ms: n,
            below_staffing_ms: n,
            outbound_ms: n,
            forwarded_ms: n,
            unrecorded_ms: n,
            skipped_ms: n,
            dedicated: seats,
            shared: seats,
            dedicated_peak: n,
            staffed_peak: n,
        }
    }

    #[test]
    fn a_sum_has_every_figure_and_the_highest_peaks() {
        let sum: Figures = [all(2), all(3), all(5)].into_iter().sum();
        assert_eq!(sum, Figures { dedicated_peak: 5, staffed_peak: 5, ..all(10) });
        let sum: Figures = [all(5), all(2)].into_iter().sum();
        assert_eq!(sum, Figures { dedicated_peak: 5, staffed_peak: 5, ..all(7) });
    }

    #[test]
    fn offered_calls_without_an_outcome_do_not_balance() {
        let outcomes = Figures {
            handled: 1,
            abandoned_in_guidance: 2,
            abandoned_in_queue: 4,
            abandoned_while_ringing: 8,
            failed: 16,
            unanswered_in_progress: 32,
            ..Figures::default()
        };
        assert!(Figures { offered: 63, ..outcomes }.is_balanced());
        assert!(!Figures { offered: 64, ..outcomes }.is_balanced());
        assert_eq!(outcomes.abandoned(), 14);
    }

    #[test]
    fn a_seat_is_logged_in_in_each_of_its_states_and_staffed_in_half_of_them() {
        let seat = all(1).dedicated;
        assert_eq!((seat.logged_in_ms(), seat.staffed_ms(), seat.consultation_ms()), (10, 5, 3));
        assert_eq!((seat.waiting_ms(true), seat.waiting_ms(false)), (2, 1));
    }
}
