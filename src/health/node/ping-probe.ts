/**
 * A probe that pings: the server is well when it answers an echo request. It uses the system's `ping`, since
 * Node cannot send one.
 */
import { type OptionNames, requireKnownOptions } from '../../errors.js';
import type { Probe } from '../probe.js';
import { scriptProbe } from './script-probe.js';

/** How a {@link pingProbe} pings. */
export interface PingProbeOptions {
  /** The program; default `ping`. */
  readonly program?: string;
}

const OPTION_NAMES: OptionNames<PingProbeOptions> = { program: true };

/**
 * Makes a probe that sends one echo request.
 *
 * @param options - Which program sends it.
 * @returns A probe that fails when no reply comes in time, or the program is not there.
 * @example
 * {@includeCode ../../../docs/examples/health-more-probes.ts}
 */
export function pingProbe(options: PingProbeOptions = {}): Probe {
  requireKnownOptions('make a probe', options, OPTION_NAMES);
  const { program = 'ping' } = options;
  return async (server, signal) => {
    const args = ['-n', '-q', '-c', '1', server.address.toString()];
    await scriptProbe(program, { args })(server, signal);
  };
}
