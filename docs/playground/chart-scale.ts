/**
 * Round numbers for an axis, and labels that do not cover each other.
 */

/** An axis. */
export interface Scale {
  /** The greatest value. */
  readonly most: number;
  /** The values with a line, from 0. */
  readonly ticks: readonly number[];
}

/**
 * A scale from 0 to a round number.
 *
 * @param most - The greatest value to show, 0 or more.
 * @param count - About how many steps.
 * @returns The scale; its steps are 1, 2 or 5 times a power of ten.
 */
export function scaleTo(most: number, count = 4): Scale {
  const rough = Math.max(most, 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10) * power;
  const steps = Math.max(1, Math.ceil(Math.max(most, 1) / step - 1e-9));
  const ticks = Array.from({ length: steps + 1 }, (_, index) => round(index * step));
  return { most: ticks.at(-1) as number, ticks };
}

/**
 * Moves labels apart.
 *
 * @param wanted - Where each label should be.
 * @param gap - The least distance between two.
 * @param range - The least and the greatest place.
 * @returns Where each label goes: in the same order, as near as there is room.
 */
export function spreadLabels(
  wanted: readonly number[],
  gap: number,
  [least, greatest]: readonly [number, number],
): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => at(wanted, a) - at(wanted, b));
  const placed = [...wanted];
  let floor = least;
  for (const index of order) {
    placed[index] = Math.max(floor, at(wanted, index));
    floor = at(placed, index) + gap;
  }
  let ceiling = greatest;
  for (const index of order.toReversed()) {
    placed[index] = Math.max(least, Math.min(ceiling, at(placed, index)));
    ceiling = at(placed, index) - gap;
  }
  return placed;
}

function at(values: readonly number[], index: number): number {
  return values[index];
}

/** Takes away what binary fractions leave. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}
