/**
 * How servers are watched: `tcp`, `http:/path` or `ping`, with the interval behind a colon.
 */
import { RunError } from '../run-error.js';

/** How servers are watched, plain JSON. */
export interface HealthCheckSettings {
  /** What is asked of a server. */
  readonly kind: 'tcp' | 'http' | 'ping';
  /** The path of an HTTP request. */
  readonly path?: string;
  /** From one probe to the next, in milliseconds. */
  readonly intervalMs: number;
  /** The server that serves while no other can, as `ADDRESS:PORT`. */
  readonly sorryServer?: string;
}

const DEFAULT_INTERVAL = '5s';
const FORM = /^(?<kind>tcp|http|ping)(?::(?<path>\/[^:]*))?(?::(?<interval>\d+(?:ms|s)?))?$/;

/**
 * Reads how servers are to be watched.
 *
 * @param text - For example `tcp`, `tcp:2s`, `http:/health:500ms`, `ping`.
 * @param sorryServer - The server that serves while no other can, if there is one.
 * @returns The settings.
 * @throws {RunError} When the text is not of this form.
 */
export function parseCheck(text: string, sorryServer?: string): HealthCheckSettings {
  const found = FORM.exec(text)?.groups;
  const kind = found?.['kind'] as HealthCheckSettings['kind'] | undefined;
  if (
    found === undefined ||
    kind === undefined ||
    (found['path'] !== undefined) !== (kind === 'http')
  ) {
    throw new RunError(`expected a check such as tcp:2s, http:/health:2s or ping, got '${text}'`);
  }
  const { path, interval = DEFAULT_INTERVAL } = found;
  const number = Number.parseInt(interval, 10);
  const intervalMs = interval.endsWith('ms') ? number : number * 1000;
  if (!(intervalMs >= 10 && intervalMs <= 3_600_000)) {
    throw new RunError(`expected an interval of 10ms–3600s, got '${interval}'`);
  }
  return {
    kind,
    intervalMs,
    ...(path !== undefined && { path }),
    ...(sorryServer !== undefined && { sorryServer }),
  };
}
