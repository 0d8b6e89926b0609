/** The schedulers with all their flags, and what their generated runs look like. */
import type { WeightProfile } from './arbitraries/weights.js';
import type { RuleOptions } from './reference/algorithm.js';

/** A scheduler with options. */
export interface Variant {
  /** How it is called in titles. */
  readonly title: string;
  readonly scheduler: string;
  readonly options: RuleOptions;
}

function variant(scheduler: string, options: RuleOptions = {}): Variant {
  return { title: [scheduler, ...(options.flags ?? [])].join('+'), scheduler, options };
}

const flagSets = [[], ['fallback'], ['port'], ['port', 'fallback']];

/** Every scheduler, the hashing ones with each set of flags. */
export const variants: readonly Variant[] = [
  ...['rr', 'wrr', 'lc', 'wlc', 'sed', 'nq', 'fo', 'ovf', 'twos', 'dh'].map((name) =>
    variant(name),
  ),
  ...flagSets.map((flags) => variant('sh', { flags })),
  ...flagSets.map((flags) => variant('mh', { flags })),
  variant('lblc'),
  variant('lblcr'),
];

const everyday: readonly WeightProfile[] = [
  'one',
  'zeros',
  'small',
  'coprime',
  'multiples',
  'middle',
];
const uncommon: readonly WeightProfile[] = ['powers', 'wide', 'edges'];
const huge: readonly WeightProfile[] = ['greatMultiples', 'great', 'greatAndClose'];

/**
 * The kinds of weights a scheduler is tried with.
 *
 * The plain wrr steps down one level at a time, so that great weights must be multiples of a great
 * number, and wide ones go with few servers. What twos does when its weights add up to 2^31 or more is
 * not laid down.
 */
export function weightsFor(scheduler: string, servers: number): readonly WeightProfile[] {
  if (scheduler === 'wrr') {
    return servers > 8
      ? [...everyday, 'greatMultiples']
      : [...everyday, ...uncommon, 'greatMultiples'];
  }
  if (scheduler === 'twos') return [...everyday, ...uncommon];
  return [...everyday, ...uncommon, ...huge];
}

/** Pairs for `describe.each` with `%s` in the title. */
export function byTitle<T extends { readonly title: string }>(
  values: readonly T[],
): readonly (readonly [string, T])[] {
  return values.map((value) => [value.title, value]);
}
