/**
 * What the sockets benchmark finds: rates, and their ratios to the best rival, round by round.
 */

/** What one measurement finds, in requests. */
export interface Sample {
  readonly perSecond: number;
  /** Per second that the subject's process worked, on any processor. */
  readonly perProcessorSecond: number;
}

/** A median, and the median of the ratios to the best rival of the same round. */
export interface Rate {
  readonly requests: number;
  readonly ratio: number;
}

/** One subject of one job. */
export interface SocketRow extends Readonly<Record<keyof Sample, Rate>> {
  readonly job: string;
  readonly subject: string;
}

/**
 * Finds the rival that is hardest to beat.
 *
 * @param ours - Samples of the subject that matters.
 * @param rivals - Samples of each rival.
 * @returns The samples of the rival with the lowest ratio per second of work; without rivals, ours.
 */
export function bestOf(ours: readonly Sample[], rivals: readonly Sample[][]): readonly Sample[] {
  const ratioTo = (rival: readonly Sample[]): number =>
    medianRatio(ours, rival).perProcessorSecond.ratio;
  return rivals.toSorted((a, b) => ratioTo(a) - ratioTo(b))[0] ?? ours;
}

/**
 * Compares two subjects.
 *
 * @param samples - Of one, a sample per round.
 * @param best - Of the other.
 * @returns Both rates.
 */
export function medianRatio(
  samples: readonly Sample[],
  best: readonly Sample[],
): Readonly<Record<keyof Sample, Rate>> {
  const rate = (key: keyof Sample): Rate => ({
    requests: median(samples.map((sample) => sample[key])),
    ratio: median(samples.map((sample, round) => sample[key] / best[round][key])),
  });
  return { perSecond: rate('perSecond'), perProcessorSecond: rate('perProcessorSecond') };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
