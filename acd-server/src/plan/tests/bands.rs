//! Random partitions of the day pass, random gaps and overlaps do not.

use proptest::prelude::*;

use super::{SMALL, errors, parse};

const DAY_MINUTES: u32 = 1_440;
const EVERY_KIND: &str = "`weekday`, `saturday`, `sunday`, `holiday`";

/// `HH:MM` of minutes after `day_start`.
fn time(minutes: u32, day_start: u32) -> String {
    let minutes = (minutes + day_start) % DAY_MINUTES;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// [`SMALL`] with bands between the cuts (minutes after `day_start`), in the order of `rotate`, one of them changed.
fn plan(
    day_start: u32,
    cuts: &[u32],
    rotate: usize,
    change: impl Fn(usize, u32, u32) -> (u32, u32),
) -> String {
    let edges: Vec<u32> = [&[0], cuts, &[DAY_MINUTES]].concat();
    let mut bands: Vec<String> = edges
        .windows(2)
        .enumerate()
        .map(|(index, edges)| {
            let (from, to) = change(index, edges[0], edges[1]);
            let (from, to) = (time(from, day_start), time(to, day_start));
            format!("[[tenants.bands]]\ndays = \"every\"\nfrom = \"{from}\"\nto = \"{to}\"\nseat_lines = 1\n")
        })
        .collect();
    let middle = rotate % bands.len();
    bands.rotate_left(middle);
    let start = SMALL.find("[[tenants.bands]]").unwrap();
    let end = SMALL.find("[[seats]]").unwrap();
    let text = format!("{}{}\n{}", &SMALL[..start], bands.concat(), &SMALL[end..]);
    text.replace("title = \"Shiga\"", &format!("title = \"Shiga\"\nday_start = \"{}\"", time(0, day_start)))
}

/// Up to 6 cuts at least 10 minutes apart and away from the day's ends.
fn cuts() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::btree_set(1_u32..DAY_MINUTES / 10, 1..6)
        .prop_map(|cuts| cuts.into_iter().map(|cut| cut * 10).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_partition_passes(day_start in 0..DAY_MINUTES, cuts in cuts(), rotate in 0_usize..6) {
        let text = plan(day_start, &cuts, rotate, |_, from, to| (from, to));
        prop_assert_eq!(errors(&text), Vec::<String>::new());
        let plan = parse(&text).unwrap();
        prop_assert_eq!(plan.core.tenants.values().next().unwrap().bands.len(), cuts.len() + 1);
    }

    #[test]
    fn a_gap_is_refused_on_every_kind_of_day(
        day_start in 0..DAY_MINUTES, cuts in cuts(), rotate in 0_usize..6, which in 0_usize..6, short in 1_u32..10,
    ) {
        let which = which % (cuts.len() + 1);
        let text = plan(day_start, &cuts, rotate, |index, from, to| {
            if index == which { (from, to - short) } else { (from, to) }
        });
        let gap_to = cuts.get(which).copied().unwrap_or(DAY_MINUTES);
        let (from, to) = (time(gap_to - short, day_start), time(gap_to, day_start));
        let to = if to == "00:00" { "24:00".to_owned() } else { to };
        let found = errors(&text);
        prop_assert_eq!(found.len(), 1, "{:?}", found);
        let expected = format!("no band covers {EVERY_KIND} from {from} to {to}; ");
        prop_assert!(found[0].contains(&expected), "{expected} in {found:?}");
    }

    #[test]
    fn an_overlap_is_refused_on_every_kind_of_day(
        day_start in 0..DAY_MINUTES, cuts in cuts(), rotate in 0_usize..6, which in 0_usize..6, long in 1_u32..10,
    ) {
        // The last band cannot be lengthened: it would run past the day's end, which is another error.
        let which = which % cuts.len();
        let text = plan(day_start, &cuts, rotate, |index, from, to| {
            if index == which { (from, to + long) } else { (from, to) }
        });
        let (from, to) = (time(cuts[which], day_start), time(cuts[which] + long, day_start));
        let to = if to == "00:00" { "24:00".to_owned() } else { to };
        let found = errors(&text);
        prop_assert_eq!(found.len(), 1, "{:?}", found);
        let expected = format!("the band covers {EVERY_KIND} from {from} to {to}, as the band of line ");
        prop_assert!(found[0].contains(&expected), "{expected} in {found:?}");
    }
}
