/**
 * A scenario as the part of the page's address behind `#`: the same address shows the same figures.
 *
 * `#scenario=nat` is a scenario of the gallery; what differs from it is added, as `rate=50` or `at=30000`.
 */
import { scenarioOf } from './gallery.js';
import { type Change, DEFAULT_SCENARIO, MEASURES, RANGES, type Scenario } from './scenario.js';

const numberNames = Object.keys(RANGES) as (keyof typeof RANGES)[];
const NO_CHANGE = 'none';

/**
 * Writes a scenario.
 *
 * @param scenario - The scenario.
 * @returns The part of an address behind `#`: what differs from the scenario of the gallery.
 */
export function toHash(scenario: Scenario): string {
  const base = scenarioOf(scenario.id) ?? DEFAULT_SCENARIO;
  const parameters = new URLSearchParams();
  const write = (name: string, value: string, usual: string): void => {
    if (value !== usual) parameters.set(name, value);
  };
  write('scenario', scenario.id, '');
  write('rules', scenario.rules, base.rules);
  write('a', scenario.schedulers[0], base.schedulers[0]);
  write('b', scenario.schedulers[1], base.schedulers[1]);
  for (const name of numberNames) write(name, String(scenario[name]), String(base[name]));
  write('curves', scenario.measure, base.measure);
  write('at', String(Math.round(scenario.atMs)), '0');
  for (const line of changesToWrite(scenario.changes, base.changes)) {
    parameters.append('change', line);
  }
  return parameters.toString();
}

/**
 * Reads a scenario. What is missing or makes no sense is as in the scenario of the gallery that the
 * address names, or has its default.
 *
 * @param hash - The part of an address behind `#`, with or without it.
 * @returns The scenario.
 */
export function fromHash(hash: string): Scenario {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const base = scenarioOf(parameters.get('scenario') ?? '') ?? DEFAULT_SCENARIO;
  const text = (name: string, fallback: string): string => parameters.get(name) ?? fallback;
  const number = (name: keyof typeof RANGES): number =>
    within(RANGES[name], parameters.get(name)) ?? base[name];
  const measure = text('curves', base.measure);
  return {
    id: base.id,
    rules: text('rules', base.rules),
    schedulers: [text('a', base.schedulers[0]), text('b', base.schedulers[1])],
    rate: number('rate'),
    clients: number('clients'),
    seconds: number('seconds'),
    shortest: number('shortest'),
    seed: number('seed'),
    measure: Object.hasOwn(MEASURES, measure) ? (measure as Scenario['measure']) : base.measure,
    atMs: within([0, 3_600_000], parameters.get('at')) ?? 0,
    changes: parameters.has('change')
      ? parameters.getAll('change').flatMap(readChange)
      : base.changes,
  };
}

/** Nothing when the changes are those of the gallery; one word when all of those were taken out. */
function changesToWrite(changes: readonly Change[], usual: readonly Change[]): readonly string[] {
  const lines = changes.map(lineOf);
  if (lines.join('\n') === usual.map(lineOf).join('\n')) return [];
  return lines.length === 0 ? [NO_CHANGE] : lines;
}

function lineOf({ atMs, command }: Change): string {
  return `${Math.round(atMs)} ${command}`;
}

function readChange(text: string): Change[] {
  const match = /^(\d{1,7}) (.+)$/.exec(text);
  return match === null ? [] : [{ atMs: Number(match[1]), command: match[2] }];
}

function within(
  [least, greatest]: readonly [number, number],
  text: string | null,
): number | undefined {
  if (text === null || text.trim() === '') return undefined;
  const value = Number(text);
  return value >= least && value <= greatest ? value : undefined;
}
