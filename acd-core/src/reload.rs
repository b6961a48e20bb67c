//! A plan comes into force: calls, places and log-ins stay.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use crate::event::{CallEvent, SeatState};
use crate::ids::{SeatId, TenantId};
use crate::input::PlanSource;
use crate::plan::{self, Login, Plan, capacity_at, next_band_edge};
use crate::queue::{Place, Presence, QueueKey, Rung};
use crate::seat::Seat;
use crate::snapshot::numbers;
use crate::switch::Switch;
use crate::timer::Reason;

impl Switch {
    /// Puts a plan in force and states what it changed.
    pub(crate) fn apply_plan(&mut self, plan: Plan, by: PlanSource, who: Option<String>) {
        let reported = |(id, tenant): (&TenantId, &plan::Tenant)| Some((*id, tenant.lines_reported_on?));
        self.house.out.state(CallEvent::PlanApplied {
            tenants: u32::try_from(plan.tenants.len()).unwrap_or(u32::MAX),
            seats: u32::try_from(plan.seats.len()).unwrap_or(u32::MAX),
            by,
            who,
            lines_reported_on: plan.tenants.iter().filter_map(reported).collect(),
        });
        self.plan = plan;
        self.apply_tenants();
        self.apply_queues();
        self.apply_seats();
        self.follow_waits();
    }

    /// Puts in force the capacity of the band at this instant, and waits for the next edge (R-L3).
    pub(crate) fn enter_band(&mut self, id: TenantId) {
        let now = self.house.now;
        let Some(tenant) = self.plan.tenants.get(&id) else { return };
        let capacity = capacity_at(tenant, &self.plan.holidays, now);
        let edge = next_band_edge(tenant, &self.plan.holidays, now);
        self.house.timers.set(Reason::BandEdge(id), edge);
        if self.house.lines.set_capacity(id, capacity) {
            self.house.out.state(CallEvent::CapacityChanged { tenant: id, capacity });
            // Callers of others may overflow to a tenant that opens.
            self.house.queues.touch_all();
        }
        if self.house.lines.follow_expectation(id) {
            self.house.expect_call(id);
        }
    }

    fn apply_tenants(&mut self) {
        self.numbers = numbers(&self.plan);
        for id in self.house.lines.ids() {
            if !self.plan.tenants.contains_key(&id) {
                self.house.lines.move_out(id);
                self.house.timers.cancel(Reason::BandEdge(id));
                if self.house.lines.set_capacity(id, None) {
                    self.house.out.state(CallEvent::CapacityChanged { tenant: id, capacity: None });
                }
                if self.house.lines.follow_expectation(id) {
                    self.house.expect_call(id);
                }
            }
        }
        let ids: Vec<TenantId> = self.plan.tenants.keys().copied().collect();
        for id in ids {
            if let Some(tenant) = self.plan.tenants.get(&id) {
                self.house.lines.settle_in(id, tenant.clone());
            }
            self.enter_band(id);
        }
        self.house.lines.share_pools(&self.plan.pools);
    }

    /// Opens the queues that the plan's entries and hand-overs and the places of live calls need.
    fn apply_queues(&mut self) {
        let entries = self.house.lines.ids().into_iter().flat_map(|tenant| {
            let skills = self.house.lines.room(tenant).tenant.queue_skills();
            skills.into_iter().map(move |skill| QueueKey { tenant, skill })
        });
        let places = self.calls.values().filter_map(|call| Some(call.place()?.queue));
        let keys: BTreeSet<QueueKey> = entries.chain(places).collect();
        self.house.queues.reset(&keys);
        let tells_places = self.house.lines.rooms().any(|room| room.tenant.places.is_some());
        self.house.queues.follow_rung(tells_places.then(|| self.rung()));
    }

    /// The callers for whom a seat is rung.
    pub(crate) fn rung(&self) -> Rung {
        let rung = self.calls.iter().filter_map(|(id, call)| Some((id, call.rung_at()?)));
        rung.map(|(id, Place { queue, since })| (queue, since, id)).collect()
    }

    fn apply_seats(&mut self) {
        self.house.lines.forget_seats();
        let seats = core::mem::take(&mut self.house.seats);
        let mut gone = Vec::new();
        let mut before = BTreeMap::new();
        for (id, mut seat) in seats {
            match self.plan.seats.get(&id) {
                Some(settings) => {
                    if seat.in_plan {
                        before.insert(id, (seat.settings.login, seat.settings.static_contact));
                    }
                    seat.settings = self.with_closing_tenants(settings.clone(), &seat.settings);
                    seat.in_plan = true;
                }
                None => {
                    seat.in_plan = false;
                    gone.push(id);
                }
            }
            self.house.seats.insert(id, seat);
        }
        for (id, settings) in &self.plan.seats {
            self.house.seats.entry(*id).or_insert_with(|| Seat::new(settings.clone(), self.house.now));
        }
        for (id, seat) in &self.house.seats {
            self.house.queues.follow_seat(*id, &seat.settings, Presence::default(), seat.presence());
        }
        for id in gone {
            self.dismiss(id);
        }
        let ids: Vec<SeatId> = self.house.seats.keys().copied().collect();
        for id in ids {
            self.house.seat_settings_changed(id, before.get(&id).copied());
            self.house.follow_stay(id);
            self.house.follow_reach(id);
            self.house.follow_staff(id);
        }
    }

    /// A seat goes on serving the last calls of a tenant that the plan no longer has.
    fn with_closing_tenants(&self, mut settings: plan::Seat, before: &plan::Seat) -> plan::Seat {
        let closing = before.serves.iter().filter(|(tenant, _)| {
            self.house.lines.get(**tenant).is_some_and(|room| !room.in_plan && room.has_calls())
        });
        settings.serves.extend(closing);
        settings
    }

    /// A seat that the plan no longer has goes at once, or when its call has ended.
    fn dismiss(&mut self, id: SeatId) {
        let Some(seat) = self.house.seats.get(&id) else { return };
        if seat.state() == SeatState::LoggedOut {
            self.house.seats.remove(&id);
        } else if seat.busy_ring().is_none() {
            self.house.set_seat(id, SeatState::LoggedOut);
        }
    }
}

impl crate::house::House {
    /// New settings may log a seat in, give it a contact or take it away. `before`: how it logged in and whether it had a
    /// static contact, if the plan before had it.
    fn seat_settings_changed(&mut self, id: SeatId, before: Option<(Login, bool)>) {
        let Some(seat) = self.seats.get(&id) else { return };
        if !seat.in_plan {
            return;
        }
        let is_always = seat.settings.login == Login::Always;
        // Who has logged out by command stays so: agents keep their log-in, and their log-out (R-S2).
        let logs_in = is_always && before.is_none_or(|(login, _)| login != Login::Always);
        // No ring to a new contact has failed.
        let has_new_contact = seat.settings.static_contact && !before.is_some_and(|(_, had_one)| had_one);
        let to = match seat.state() {
            SeatState::LoggedOut if logs_in && !self.supervising.contains_key(&id) => seat.idle_state(),
            SeatState::Ready => seat.idle_state(),
            SeatState::Unreachable if has_new_contact => seat.idle_state(),
            SeatState::LoggedOut
            | SeatState::Ringing(_)
            | SeatState::Talking(_)
            | SeatState::Outbound(_)
            | SeatState::WrapUp
            | SeatState::Paused(_)
            | SeatState::NotAnswering(_)
            | SeatState::Unreachable => return,
        };
        self.set_seat(id, to);
    }
}
