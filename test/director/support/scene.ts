/** A director with a clock to be set and rules in the tool's language. */
import { ManualClock } from '../../../src/clock.js';
import { Director, type DirectorOptions } from '../../../src/director/index.js';
import { restoreRules } from '../../../src/ipvsadm/index.js';
import { seededRandom } from '../../../src/random.js';

/** What a test plays in. */
export interface Scene {
  readonly clock: ManualClock;
  readonly director: Director;
  /** Lets time pass. */
  readonly wait: (ms: number) => void;
}

/** Makes a director. */
export function sceneOf(rules: string, options: Partial<DirectorOptions> = {}): Scene {
  const clock = new ManualClock();
  const random = seededRandom(1);
  const director = new Director({ clock, random, ...options });
  run(director, rules);
  const wait = (ms: number): void => {
    clock.advance(ms);
    director.advance();
  };
  return { clock, director, wait };
}

/** Carries out commands, none of which may be refused. */
export function run(director: Director, rules: string): void {
  const { errors } = restoreRules(rules, director);
  if (errors[0] !== undefined) throw errors[0];
}

/** The connections and templates as lines. */
export function listing({ director }: Scene): string[] {
  return [...director.connections()]
    .map(
      (each) =>
        `${each.protocol} ${each.clientAddress}:${each.clientPort} ` +
        `${each.fwmark ?? `${each.virtualAddress}:${each.virtualPort}`} ` +
        `${each.serverAddress}:${each.serverPort} ${each.state}`,
    )
    .sort();
}
