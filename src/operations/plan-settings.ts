/**
 * The part of a plan that concerns settings of the kernel: those that the wanted text speaks of and that are not so.
 */
import type { TunableLine } from './understood-text.js';

/** A setting of the kernel, which `sysctl -w` changes. */
export interface SettingStep {
  /** What it does. */
  readonly action: 'set-sysctl';
  /** Name and value, as `sysctl -w` takes them. */
  readonly rule: string;
  /** The full name of the setting. */
  readonly name: string;
  /** The value. */
  readonly value: string;
}

/** Settings by their full names, with their values. */
export type Settings = ReadonlyMap<string, string>;

/**
 * The settings of a text; the last line that names one counts.
 *
 * @param lines - Its lines.
 * @returns The settings, with one blank between the words of a value.
 */
export function settingsOf(lines: readonly TunableLine[]): Settings {
  return new Map(lines.map(({ name, value }) => [name, value.trim().replaceAll(/\s+/g, ' ')]));
}

/**
 * Plans the settings.
 *
 * @param present - The settings as far as they are known.
 * @param wanted - The settings as they are to be; others stay.
 * @returns One step for each that is another one or unknown, in the order of the wanted text.
 */
export function planSettings(
  present: Settings | undefined,
  wanted: Settings | undefined,
): SettingStep[] {
  return [...(wanted ?? [])]
    .filter(([name, value]) => present?.get(name) !== value)
    .map(([name, value]) => ({ action: 'set-sysctl', rule: `${name}=${value}`, name, value }));
}
