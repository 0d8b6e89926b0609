/**
 * Scheduler flags by name: `flag-1`, `flag-2` and `flag-3` go with every scheduler, `sh-fallback`,
 * `sh-port`, `mh-fallback` and `mh-port` are other names of the first two for one scheduler.
 */
import { IpvsadmError } from './error.js';

interface Flag {
  readonly bit: number;
  readonly scheduler?: string;
}

const flags: Readonly<Record<string, Flag>> = {
  'flag-1': { bit: 1 },
  'flag-2': { bit: 2 },
  'flag-3': { bit: 4 },
  'sh-fallback': { bit: 1, scheduler: 'sh' },
  'sh-port': { bit: 2, scheduler: 'sh' },
  'mh-fallback': { bit: 1, scheduler: 'mh' },
  'mh-port': { bit: 2, scheduler: 'mh' },
};

/**
 * Reads a list of flags.
 *
 * @param text - Names with commas between; empty ones are ignored.
 * @param scheduler - The scheduler they are for.
 * @param column - Where the list stands in its line.
 * @returns The bits.
 * @throws {IpvsadmError} When a name is unknown or not for this scheduler.
 */
export function readSchedulerFlags(text: string, scheduler: string, column: number): number {
  let bits = 0;
  for (const name of text.split(',').filter((each) => each !== '')) {
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (flag === undefined) throw refused('invalid', name, column);
    if (flag.scheduler !== undefined && flag.scheduler !== scheduler) {
      throw refused('incompatible', name, column);
    }
    bits |= flag.bit;
  }
  return bits;
}

function refused(why: string, name: string, column: number): IpvsadmError {
  return new IpvsadmError(`${why} scheduler flag \`${name}'`, { text: name, column });
}

/**
 * Writes flags as listings show them: those of sh and mh by their own names, which the third bit
 * does not have.
 *
 * @param bits - The flags, 0–7.
 * @param scheduler - The scheduler they are for.
 * @returns The names with commas between; may be empty.
 */
export function formatSchedulerFlags(bits: number, scheduler: string): string {
  return namesOf(bits, scheduler).join(',');
}

/**
 * Writes flags so that they can be read back: the third bit has a name for sh and mh, too.
 *
 * @param bits - The flags, 1–7.
 * @param scheduler - The scheduler they are for.
 * @returns The names with commas between.
 */
export function formatReadableSchedulerFlags(bits: number, scheduler: string): string {
  const names = namesOf(bits, scheduler);
  if ((bits & 4) !== 0 && hasOwnNames(scheduler)) names.push('flag-3');
  return names.join(',');
}

function namesOf(bits: number, scheduler: string): string[] {
  const wanted = hasOwnNames(scheduler) ? scheduler : undefined;
  return Object.entries(flags)
    .filter(([, flag]) => flag.scheduler === wanted && (bits & flag.bit) !== 0)
    .map(([name]) => name);
}

function hasOwnNames(scheduler: string): boolean {
  return scheduler === 'sh' || scheduler === 'mh';
}
