//! Batch means: how far a simulated mean may be from the true one.

/// Batches of one run, after one that is thrown away.
pub(crate) const BATCHES: usize = 30;

/// Student's t with 29 degrees of freedom, two-sided: of a hundred thousand sound comparisons, ten are outside.
const T_29: f64 = 4.53;

/// Half the width of the confidence interval around the mean of the batches, and that mean.
pub(crate) fn interval(batches: &[f64]) -> (f64, f64) {
    assert_eq!(batches.len(), BATCHES, "the quantile is for this number of batches");
    let count = BATCHES as f64;
    let mean = batches.iter().sum::<f64>() / count;
    let variance = batches.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / (count - 1.0);
    (mean, T_29 * (variance / count).sqrt())
}

/// Half the width for an event of this probability, had all customers been independent: never less is known.
pub(crate) fn interval_of_rare(probability: f64, customers: u64) -> f64 {
    T_29 * (probability * (1.0 - probability) / customers as f64).sqrt()
}
