/**
 * Round trips on one connection while others come and go.
 */
import type { LabNetwork } from '../../src/run/lab/lab-network.js';
import { HTTP_PORT, PORT, root } from './bench-director.js';
import type { LiveRow } from './table.js';

const LOAD = `${root}bench/live/load.mjs`;
/** The load begins before the round trips, and ends behind them. */
const MARGIN_SECONDS = 1;

/** Microseconds. */
export interface RoundTrips {
  /** The median. */
  readonly p50: number;
  /** The 99th percentile. */
  readonly p99: number;
}

/**
 * Measures round trips under a load.
 *
 * @param lab - The laboratory.
 * @param address - Of the service, or of the server.
 * @param rate - Requests a second, each with a connection of its own.
 * @param seconds - For how long.
 * @returns The round trips.
 */
export function roundTrips(
  lab: LabNetwork,
  address: string,
  rate: number,
  seconds: number,
): RoundTrips {
  const load = [String(HTTP_PORT), String(seconds + 2 * MARGIN_SECONDS), rate.toFixed(0)];
  const background = lab.start('c1', [process.execPath, LOAD, 'requests', address, ...load]);
  const command = `sleep ${MARGIN_SECONDS}; '${process.execPath}' '${LOAD}' round-trips`;
  const { stdout } = lab.run('c1', `${command} ${address} ${PORT} ${seconds}`);
  background.kill('SIGKILL');
  const [p50, p99] = stdout.split(' ').map(Number);
  return { p50, p99 };
}

/**
 * The rows of what a director adds.
 *
 * @param balanced - Through the director.
 * @param forwarded - Through the kernel.
 * @returns A row per figure.
 */
export function latencyRows(balanced: RoundTrips, forwarded: RoundTrips): LiveRow[] {
  const row = (job: string, own: number, kernel: number, target: string): LiveRow => ({
    job: `round trip at half load, ${job}, µs`,
    director: own.toFixed(0),
    beside: kernel.toFixed(0),
    share: `+${(own - kernel).toFixed(0)}`,
    target,
  });
  return [
    row('median', balanced.p50, forwarded.p50, '≤ +60'),
    row('99th percentile', balanced.p99, forwarded.p99, '≤ +300'),
  ];
}
