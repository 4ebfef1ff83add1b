/** Student's t distribution, to about 12 digits: tested against scipy. */

/** The t of which a share `probability` lies below; for probabilities from 0.5 to below 1. */
export function tQuantile(probability: number, degrees: number): number {
  const tails = 2 * (1 - probability);
  let high = 1;
  while (twoTails(high, degrees) > tails) high *= 2;
  let low = 0;
  // Halved until nothing lies between the two.
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (twoTails(middle, degrees) > tails) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** How often chance alone gives a t at least so far from 0. */
export function twoTails(t: number, degrees: number): number {
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/** log Γ(x) for x > 0, by Lanczos' approximation with g = 7. */
export function logGamma(x: number): number {
  const terms = lanczos.map((coefficient, index) => (index === 0 ? coefficient : coefficient / (x - 1 + index)));
  const t = x + 6.5;
  return (
    0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(terms.reduce((sum, term) => sum + term, 0))
  );
}

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** I_x(a, b). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // The fraction converges fast on the one side of the mean, and the other is what is missing to 1.
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b;
}

/** The continued fraction of the incomplete beta function, by Lentz' method. */
function fraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const apart = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / apart(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m < 1000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / apart(1 + even * d);
    c = apart(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / apart(1 + odd * d);
    c = apart(1 + odd / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return value;
}
