"""The Mann-Whitney U test: whether two samples of times could come from the same distribution."""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate


def p_value(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the two-sided p-value, by the normal approximation, with corrections for ties and for continuity.

    H. B. Mann, D. R. Whitney: On a Test of Whether one of Two Random Variables is Stochastically Larger than the Other,
    Annals of Mathematical Statistics 18 (1947), 50-60. With n = n1 + n2, R the sum of the ranks of the first sample (equal
    values have the mean of their ranks) and t the number of occurrences of each value:

        U = R - n1 (n1 + 1) / 2,  mu = n1 n2 / 2,  sigma^2 = n1 n2 / 12 * (n + 1 - sum(t^3 - t) / (n (n - 1)))
        z = (|U - mu| - 1/2) / sigma,  p = erfc(z / sqrt(2))

    as in M. Hollander, D. A. Wolfe, E. Chicken: Nonparametric Statistical Methods, 3rd edition (2014), 4.1.
    """
    pairs, total = len(one) * len(other), len(one) + len(other)
    counts = sorted(Counter([*one, *other]).items())
    last_ranks = accumulate(count for _, count in counts)
    rank = {value: last - (count - 1) / 2 for (value, count), last in zip(counts, last_ranks, strict=True)}
    u = sum(rank[value] for value in one) - len(one) * (len(one) + 1) / 2
    ties = sum(count**3 - count for _, count in counts) / (total * (total - 1))
    sigma = math.sqrt(pairs / 12 * (total + 1 - ties))
    if not sigma:
        return 1.0
    return min(math.erfc((abs(u - pairs / 2) - 0.5) / sigma / math.sqrt(2)), 1.0)
