/**
 * Timing of small operations on a noisy machine.
 *
 * An operation of a few nanoseconds cannot be timed alone, so each sample times a batch of at least a
 * thousand, after one that is not timed: caches are full of what the candidate before has worked on. Candidates for
 * the same job take turns, the order of each round being the reverse of the one before, so that a slow spell of the
 * machine hits all of them alike. The result is the median, with the distance between the quartiles as its spread:
 * a single disturbed sample changes neither. Where the spread is excessive all of the job is measured again, since
 * a spell may outlast a series, and the engine may compile code anew when one has begun. Of each candidate the
 * fastest series counts then: disturbance only ever adds time.
 */

/** Something to be timed. */
export interface Candidate {
  /** What is timed, in a word or two. */
  readonly impl: string;
  /**
   * Does the operation.
   *
   * @param operations - How many times.
   */
  run(operations: number): void;
  /**
   * Undoes what the operations have done, outside the timing, so that the next ones meet the same state.
   *
   * @param operations - How many there were.
   */
  restore?(operations: number): void;
  /** The most operations that can be done before they must be undone; default any number. */
  readonly largestBatch?: number;
}

/** How long to measure. */
export interface Plan {
  /** How long each candidate runs before anything is timed, in milliseconds. */
  readonly warmUpMs: number;
  /** About how long a sample takes, in milliseconds; a batch has 1000 operations at least. */
  readonly sampleMs: number;
  /** How many samples are taken of each candidate. */
  readonly samples: number;
  /** Whether all candidates do the same operations, and their samples can be compared in pairs; default no. */
  readonly inStep?: boolean;
}

/** What was measured of one candidate. */
export interface Measurement {
  /** What was timed. */
  readonly impl: string;
  /** The median cost of an operation, in nanoseconds. */
  readonly nsPerOp: number;
  /** The distance between the quartiles, as a share of the median. */
  readonly spread: number;
  /** The cost of an operation in the fastest sample, in nanoseconds. */
  readonly fastestNsPerOp: number;
  /** The cost of an operation in each sample, in nanoseconds, in the order of measuring. */
  readonly samples: readonly number[];
}

/** A few minutes for a suite. */
export const FULL_PLAN: Plan = { warmUpMs: 150, sampleMs: 2, samples: 21 };

/** Less than a minute for a suite. */
export const QUICK_PLAN: Plan = { warmUpMs: 60, sampleMs: 1, samples: 15 };

/** The smallest batch: fewer operations would be lost in the cost of reading the clock. */
const SMALLEST_BATCH = 1000;

/** No batch is larger, whatever the clock says. */
const LARGEST_BATCH = 1 << 24;

/** With a spread above this a job is measured again. */
const EXCESSIVE_SPREAD = 0.15;

/** How often a job is measured at most. */
const MOST_SERIES = 5;

/**
 * Times candidates for the same job against each other.
 *
 * @param candidates - What to time.
 * @param plan - How long.
 * @param now - A monotonic clock with fractions, in milliseconds.
 * @returns One measurement per candidate, in the same order.
 */
export function measure(
  candidates: readonly Candidate[],
  plan: Plan,
  now: () => number,
): Measurement[] {
  const batches =
    plan.inStep === true
      ? warmUpInStep(candidates, plan, now)
      : candidates.map((each) => warmUp(each, plan, now));
  const better = plan.inStep === true ? calmer : faster;
  let best = measureSeries(candidates, batches, plan.samples, now);
  for (let series = 1; series < MOST_SERIES && spreadOf(best) > EXCESSIVE_SPREAD; series++) {
    best = better(measureSeries(candidates, batches, plan.samples, now), best);
  }
  return best;
}

/** Of each candidate the faster one of two series. */
function faster(one: readonly Measurement[], other: readonly Measurement[]): Measurement[] {
  return one.map((each, index) => {
    const rest = other[index];
    return each.nsPerOp < rest.nsPerOp ? each : rest;
  });
}

/** The calmer one of two series, as a whole: samples in step are compared with each other. */
function calmer(one: Measurement[], other: Measurement[]): Measurement[] {
  return spreadOf(one) < spreadOf(other) ? one : other;
}

/** Takes some samples of each candidate, in turns. */
function measureSeries(
  candidates: readonly Candidate[],
  batches: readonly number[],
  count: number,
  now: () => number,
): Measurement[] {
  const samples = candidates.map((): number[] => []);
  for (let round = 0; round < count; round++) {
    for (let turn = 0; turn < candidates.length; turn++) {
      const index = round % 2 === 0 ? turn : candidates.length - 1 - turn;
      const batch = batches[index];
      const candidate = candidates[index];
      timeBatch(candidate, batch, now);
      const ms = timeBatch(candidate, batch, now);
      samples[index].push((ms * 1e6) / batch);
    }
  }
  return candidates.map(({ impl }, index) => summarize(impl, samples[index]));
}

/** The spread of the least calm candidate. */
function spreadOf(series: readonly Measurement[]): number {
  return Math.max(...series.map(({ spread }) => spread));
}

/**
 * The middle of some numbers.
 *
 * @param values - The numbers, at least one.
 * @returns The median; between the two middle ones when their count is even.
 */
export function median(values: readonly number[]): number {
  return quantile(values.toSorted(ascending), 0.5);
}

function summarize(impl: string, samples: readonly number[]): Measurement {
  const sorted = samples.toSorted(ascending);
  const nsPerOp = quantile(sorted, 0.5);
  const spread = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / nsPerOp;
  return { impl, nsPerOp, spread, fastestNsPerOp: sorted[0] as number, samples };
}

/** Runs a candidate until it is compiled, and finds out how many operations fill a sample. */
function warmUp(candidate: Candidate, plan: Plan, now: () => number): number {
  const start = now();
  let batch = SMALLEST_BATCH;
  for (;;) {
    const ms = Math.max(timeBatch(candidate, batch, now), plan.sampleMs / 64);
    const wanted = Math.round((batch * plan.sampleMs) / ms);
    batch = Math.min(Math.max(wanted, SMALLEST_BATCH), LARGEST_BATCH);
    if (now() - start >= plan.warmUpMs) return batch;
  }
}

/** The same for all candidates at once, each of which does as many operations as the others. */
function warmUpInStep(candidates: readonly Candidate[], plan: Plan, now: () => number): number[] {
  const start = now();
  let batch = SMALLEST_BATCH;
  while (now() - start < plan.warmUpMs * candidates.length) {
    const costs = candidates.map((candidate) => timeBatch(candidate, batch, now));
    const ms = Math.max(median(costs), plan.sampleMs / 64);
    const wanted = Math.round((batch * plan.sampleMs) / ms);
    batch = Math.min(Math.max(wanted, SMALLEST_BATCH), LARGEST_BATCH);
  }
  return candidates.map(() => batch);
}

/** Times a batch, in as many parts as the candidate asks for. */
function timeBatch(candidate: Candidate, batch: number, now: () => number): number {
  const largest = candidate.largestBatch ?? batch;
  let ms = 0;
  for (let left = batch; left > 0; left -= largest) {
    const part = Math.min(left, largest);
    const start = now();
    candidate.run(part);
    ms += now() - start;
    candidate.restore?.(part);
  }
  return ms;
}

function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  return below + (above - below) * (place - Math.floor(place));
}

function ascending(a: number, b: number): number {
  return a - b;
}
