/**
 * The log of a director that runs: one line per event, on standard error, since standard output is the device.
 */
import { writeSync } from 'node:fs';
import type { LogFormat } from '../settings.js';

/** Takes an event and its details. */
export type Log = (event: string, details?: Readonly<Record<string, unknown>>) => void;

const STANDARD_ERROR = 2;

/**
 * Makes a log.
 *
 * @param format - JSON, or words for a person.
 * @returns The log; lines that cannot be written are lost.
 */
export function standardErrorLog(format: LogFormat): Log {
  return (event, details = {}) => {
    const time = new Date().toISOString();
    const line =
      format === 'json'
        ? JSON.stringify({ time, event, ...details })
        : `${time.slice(11, 23)} ${event}${wordsOf(details)}`;
    try {
      writeSync(STANDARD_ERROR, `${line}\n`);
    } catch {
      // No other place is left.
    }
  };
}

function wordsOf(details: Readonly<Record<string, unknown>>): string {
  return Object.entries(details)
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
}
