//! Plans in words: `tenant shiga: number 0770007119, lines 2+2, …`, `band shiga: …`, `seat s1: serves shiga 1, …`,
//! `pool shared: lines 6` with `pool shared 2 to 5` in a tenant.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use acd_core::plan::{
    Band, Capacity, Choice, ChoiceOption, DateRange, DayKind, Directory, Duty, Entry, EntryKind,
    FireHeadquarters, Guidance, LinesFullRefusal, Login, Number, Outbound, Overflow, OverflowCause,
    PlaceAnnouncements, Plan, PoolShare, RecordingPolicy, Seat, Staffing, StaffingSeats, Tenant, Waiting,
};
use acd_core::{CivilDate, Pii, PromptId, SkillId, TenantId, TimeOfDay, TrunkId};

/// Reads a plan, one line a tenant, band, range, holiday or seat.
pub(crate) fn read(lines: &[String]) -> Plan {
    let mut plan = Plan::default();
    for line in lines {
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        match kind {
            "tenant" => read_tenant(&mut plan, rest),
            "band" => read_band(&mut plan, rest),
            "range" => read_range(&mut plan, rest),
            "holiday" => {
                plan.holidays.insert(date(rest));
            }
            "entry" => read_entry(&mut plan, rest),
            "seat" => read_seat(&mut plan, rest),
            "pool" => {
                let (name, lines) = rest.split_once(": lines ").expect("pool NAME: lines N");
                plan.pools.insert(name.parse().unwrap(), lines.parse().unwrap());
            }
            other => panic!("no such line in a plan: {other}"),
        }
    }
    plan
}

/// A tenant open at all hours with these lines and a guidance tape; no alarm, no limit.
pub(crate) fn tenant(seat_lines: u16, guidance_lines: u16) -> Tenant {
    Tenant {
        title: "title".into(),
        utc_offset_minutes: 540,
        numbers: BTreeMap::new(),
        day_start: TimeOfDay::MIDNIGHT,
        bands: vec![Band {
            days: [DayKind::Holiday, DayKind::Sunday, DayKind::Saturday, DayKind::Weekday].into(),
            from: TimeOfDay::MIDNIGHT,
            to: TimeOfDay::MIDNIGHT,
            capacity: Some(Capacity { seat_lines, guidance_lines }),
        }],
        ranges: Vec::new(),
        pool: None,
        refusal: LinesFullRefusal::BusyHere,
        closed_lines: 2,
        closed_announcement: None,
        early_media: false,
        guidance_delay: Duration::ZERO,
        expect_calls_within: None,
        waiting: Waiting {
            message: prompt("waiting"),
            music: Some(prompt("music")),
            message_every: Duration::from_secs(30),
        },
        places: None,
        hold_music: None,
        ring: Duration::from_secs(15),
        max_wait: None,
        entry_skill: None,
        hand_over: BTreeMap::new(),
        overflow: None,
        outbound: None,
        directory: Directory::default(),
        staffing: Vec::new(),
        response_rate_target_permille: None,
        lines_reported_on: None,
    }
}

/// A seat that logs in by command, without wrap-up, that serves these tenants.
pub(crate) fn seat(serves: &[(TenantId, u16)]) -> Seat {
    Seat {
        serves: serves.iter().copied().collect(),
        skills: BTreeSet::new(),
        login: Login::ByCommand,
        static_contact: false,
        wrap_up_max: Some(Duration::ZERO),
        not_answering_retry: None,
        unreachable_retry: None,
    }
}

pub(crate) fn prompt(name: &str) -> PromptId {
    PromptId::new(name).unwrap()
}

fn read_tenant(plan: &mut Plan, text: &str) {
    let (name, words) = text.split_once(": ").expect("tenant NAME: …");
    let mut tenant = tenant(1, 0);
    let mut numbers = Vec::new();
    let mut guidance = Guidance::Tape(prompt("guidance"));
    let mut recording = RecordingPolicy::FromAnswer;
    let mut choice = None;
    for item in words.split(", ") {
        let (key, value) = item.split_once(' ').unwrap_or((item, ""));
        match key {
            "number" => numbers.push(value.parse().unwrap()),
            "lines" => tenant.bands[0].capacity = capacity(value),
            "bands" => tenant.bands.clear(),
            "guidance" => {
                guidance = match value {
                    "tape" => Guidance::Tape(prompt("guidance")),
                    "spoken" => Guidance::Spoken,
                    "none" => Guidance::None,
                    other => panic!("no such guidance: {other}"),
                }
            }
            "choice" => choice = Some(read_choice(value)),
            "unrecorded" => recording = RecordingPolicy::Off,
            "record_caller" => recording = RecordingPolicy::FromCaller,
            "ring" => tenant.ring = seconds(value),
            "max_wait" => tenant.max_wait = Some(seconds(value)),
            "retry_after" => tenant.refusal = LinesFullRefusal::RetryAfter(seconds(value)),
            "busy_announcement" => {
                tenant.refusal = LinesFullRefusal::Announcement {
                    prompt: prompt("busy"),
                    lines: value.strip_prefix("to ").unwrap().parse().unwrap(),
                }
            }
            "early_media" => tenant.early_media = true,
            "guidance_delay" => tenant.guidance_delay = seconds(value),
            "expect_calls_within" => tenant.expect_calls_within = Some(seconds(value)),
            "closed_lines" => tenant.closed_lines = value.parse().unwrap(),
            "places" => {
                let (own, beyond) =
                    value.split_once(" and ").map_or((value, None), |(own, it)| (own, Some(it)));
                tenant.places = Some(PlaceAnnouncements {
                    places: own.split(' ').map(prompt).collect(),
                    beyond: beyond.map(prompt),
                });
            }
            "closed_announcement" => tenant.closed_announcement = Some(prompt("closed")),
            "hold_music" => tenant.hold_music = Some(prompt("hold")),
            "pool" => tenant.pool = Some(pool_share(value)),
            "day_start" => tenant.day_start = time(value),
            "utc_offset" => tenant.utc_offset_minutes = value.parse().unwrap(),
            "skill" => tenant.entry_skill = Some(value.parse().unwrap()),
            "overflow" => {
                let mut words = value.split(' ');
                let to = words.next().unwrap().parse().unwrap();
                tenant.overflow = Some(Overflow { to, on: words.map(overflow_cause).collect() });
            }
            "lines_reported" => tenant.lines_reported_on = Some(date(value)),
            "hand_over" => {
                let (skill, code) = value.split_once(' ').expect("hand_over SKILL CODE");
                tenant.hand_over.insert(skill.parse().unwrap(), code.into());
            }
            "outbound" => {
                tenant.outbound = Some(Outbound {
                    trunk: TrunkId::new(if value == "own" { "own" } else { "outbound" }).unwrap(),
                    takes_lines: value == "own",
                    shown: "0770007119".parse().unwrap(),
                });
            }
            "staffing" => {
                let (skill, seats) = value.split_once(' ').expect("staffing SKILL|any SEATS|lines");
                tenant.staffing.push(Staffing {
                    skill: (skill != "any").then(|| skill.parse().unwrap()),
                    seats: match seats {
                        "lines" => StaffingSeats::SeatLines,
                        count => StaffingSeats::Count(count.parse().unwrap()),
                    },
                });
            }
            "free_dialling" => tenant.directory.free_dialling = true,
            "mapped" => {
                let (number, entry) = value.split_once(' ').expect("mapped NUMBER ENTRY");
                tenant.directory.mapped.insert(number.parse().unwrap(), entry.parse().unwrap());
            }
            other => panic!("a tenant has no {other}"),
        }
    }
    tenant.numbers = numbers
        .into_iter()
        .map(|it| (it, Number { guidance: guidance.clone(), recording, choice: choice.clone() }))
        .collect();
    plan.tenants.insert(name.parse().unwrap(), tenant);
}

/// `band shiga: weekday saturday 8:00-17:00 2+2`, `band shiga: range0 0:00-24:00 closed`.
fn read_band(plan: &mut Plan, text: &str) {
    let (name, words) = text.split_once(": ").expect("band NAME: …");
    let words: Vec<&str> = words.split(' ').collect();
    let [days @ .., times, lines] = words.as_slice() else { panic!("band NAME: DAYS FROM-TO LINES") };
    let (from, to) = times.split_once('-').unwrap();
    let band = Band {
        days: days.iter().map(|day| day_kind(day)).collect(),
        from: time(from),
        to: time(to),
        capacity: capacity(lines),
    };
    plan.tenants.get_mut(&name.parse().unwrap()).unwrap().bands.push(band);
}

/// `range shiga: year_end 12-26 0:00 to 1-5 8:00`, with `of 2026` in that year alone.
fn read_range(plan: &mut Plan, text: &str) {
    let (tenant, words) = text.split_once(": ").expect("range NAME: …");
    let (words, year) = words.split_once(" of ").map_or((words, None), |(words, year)| (words, Some(year)));
    let words: Vec<&str> = words.split(' ').collect();
    let [name, from_day, from_time, "to", to_day, to_time] = words.as_slice() else {
        panic!("range NAME: LABEL M-D H:M to M-D H:M [of YEAR]");
    };
    let edge = |day: &str, at: &str| {
        let (month, day) = day.split_once('-').unwrap();
        (month.parse().unwrap(), day.parse().unwrap(), time(at))
    };
    let range = DateRange {
        name: (*name).into(),
        from: edge(from_day, from_time),
        to: edge(to_day, to_time),
        year: year.map(|year| year.parse().unwrap()),
    };
    plan.tenants.get_mut(&tenant.parse().unwrap()).unwrap().ranges.push(range);
}

/// `entry shiga fire: headquarters, number 0775221119, backup …, municipality otsu, area_code 077`.
fn read_entry(plan: &mut Plan, text: &str) {
    let (names, words) = text.split_once(": ").expect("entry TENANT NAME: …");
    let (tenant, name) = names.split_once(' ').expect("entry TENANT NAME: …");
    let mut entry = Entry {
        title: name.into(),
        kind: EntryKind::Staff,
        duties: Vec::new(),
        numbers: Vec::new(),
        ring: Duration::from_secs(20),
        emergency_contact: None,
    };
    let mut fire = None;
    for item in words.split(", ") {
        let (key, value) = item.split_once(' ').unwrap_or((item, ""));
        let number = || Pii::new(value.parse().unwrap());
        let fire = fire.get_or_insert_with(FireHeadquarters::default);
        match key {
            "headquarters" => entry.kind = EntryKind::FireHeadquarters(FireHeadquarters::default()),
            "doctors" => entry.kind = EntryKind::Doctors,
            "staff" => {}
            "language" => {
                entry.kind = EntryKind::Interpreter { languages: [value.parse().unwrap()].into() };
            }
            "number" => entry.numbers.push(number()),
            "ring" => entry.ring = seconds(value),
            "emergency_contact" => entry.emergency_contact = Some(number()),
            "municipality" => {
                fire.municipalities.insert(value.parse().unwrap());
            }
            "area_code" => {
                fire.area_codes.insert(value.parse().unwrap());
            }
            "consent" => fire.consent_filed_on = Some(date(value)),
            // `duty 2026-04-01 8:00 to 2026-04-02 8:00 09011112222`
            "duty" => {
                let words: Vec<&str> = value.split(' ').collect();
                let [from_day, from, "to", to_day, to, number] = words.as_slice() else {
                    panic!("duty DATE TIME to DATE TIME NUMBER");
                };
                entry.duties.push(Duty {
                    from: (date(from_day), time(from)),
                    to: (date(to_day), time(to)),
                    number: Pii::new(number.parse().unwrap()),
                });
            }
            other => panic!("an entry has no {other}"),
        }
    }
    if let (EntryKind::FireHeadquarters(_), Some(fire)) = (&entry.kind, fire) {
        entry.kind = EntryKind::FireHeadquarters(fire);
    }
    let directory = &mut plan.tenants.get_mut(&tenant.parse().unwrap()).unwrap().directory;
    directory.entries.insert(name.parse().unwrap(), entry);
}

fn read_seat(plan: &mut Plan, text: &str) {
    let (name, words) = text.split_once(": ").expect("seat NAME: …");
    let mut seat = seat(&[]);
    for item in words.split(", ") {
        let (key, value) = item.split_once(' ').unwrap_or((item, ""));
        match key {
            "serves" => {
                let (tenant, priority) = value.split_once(' ').unwrap_or((value, "1"));
                seat.serves.insert(tenant.parse().unwrap(), priority.parse().unwrap());
            }
            "skill" => {
                seat.skills.insert(value.parse::<SkillId>().unwrap());
            }
            "login" => {
                seat.login = match value {
                    "by_command" => Login::ByCommand,
                    "on_register" => Login::OnRegister,
                    "always" => Login::Always,
                    other => panic!("no such login: {other}"),
                }
            }
            "static" => seat.static_contact = true,
            "wrap_up" if value == "unlimited" => seat.wrap_up_max = None,
            "wrap_up" => seat.wrap_up_max = Some(seconds(value)),
            "not_answering_retry" => seat.not_answering_retry = Some(seconds(value)),
            "unreachable_retry" => seat.unreachable_retry = Some(seconds(value)),
            other => panic!("a seat has no {other}"),
        }
    }
    plan.seats.insert(name.parse().unwrap(), seat);
}

fn capacity(text: &str) -> Option<Capacity> {
    let (seat_lines, guidance_lines) = text.split_once('+')?;
    Some(Capacity {
        seat_lines: seat_lines.parse().unwrap(),
        guidance_lines: guidance_lines.parse().unwrap(),
    })
}

/// `shared 2 to 5`: two lines reserved, five at most.
fn pool_share(text: &str) -> PoolShare {
    let words: Vec<&str> = text.split(' ').collect();
    let [pool, reserved, "to", max] = words.as_slice() else { panic!("pool NAME RESERVED to MAX") };
    PoolShare { pool: pool.parse().unwrap(), reserved: reserved.parse().unwrap(), max: max.parse().unwrap() }
}

fn day_kind(text: &str) -> DayKind {
    match text {
        "weekday" => DayKind::Weekday,
        "saturday" => DayKind::Saturday,
        "sunday" => DayKind::Sunday,
        "holiday" => DayKind::Holiday,
        other => DayKind::Range(other.strip_prefix("range").unwrap().parse().unwrap()),
    }
}

/// `before 5s 1:english 2:paediatrics:tape`: keys with skills, and `tape` for a guidance of their own.
fn read_choice(text: &str) -> Choice {
    let words: Vec<&str> = text.split(' ').collect();
    let [when, patience, options @ ..] = words.as_slice() else {
        panic!("choice WHEN SECONDS KEY:SKILL …")
    };
    let option = |text: &&str| {
        let mut parts = text.split(':');
        let key = parts.next().and_then(|key| key.chars().next()).unwrap();
        let skill = parts.next().filter(|skill| !skill.is_empty()).map(|skill| skill.parse().unwrap());
        (key, ChoiceOption { skill, guidance: parts.next().map(prompt) })
    };
    Choice {
        prompt: prompt("menu"),
        before_guidance: *when == "before",
        patience: seconds(patience),
        options: options.iter().map(option).collect(),
    }
}

fn overflow_cause(text: &str) -> OverflowCause {
    match text {
        "closed" => OverflowCause::Closed,
        "nobody" => OverflowCause::NobodyLoggedIn,
        "too_long" => OverflowCause::WaitTooLong,
        other => panic!("no caller overflows for {other}"),
    }
}

fn seconds(text: &str) -> Duration {
    Duration::from_secs(text.strip_suffix('s').expect("seconds end in s").parse().unwrap())
}

/// `8:30`.
pub(crate) fn time(text: &str) -> TimeOfDay {
    let (hour, minute) = text.split_once(':').unwrap();
    TimeOfDay::from_hm(hour.parse().unwrap(), minute.parse().unwrap()).unwrap()
}

/// `2026-04-01`.
pub(crate) fn date(text: &str) -> CivilDate {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { panic!("a date is YYYY-MM-DD, not {text}") };
    CivilDate { year: year.parse().unwrap(), month: month.parse().unwrap(), day: day.parse().unwrap() }
}
