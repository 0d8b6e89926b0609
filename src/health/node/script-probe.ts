/**
 * A probe that runs a program: the server is well when it ends with status 0.
 */
import { spawn } from 'node:child_process';
import { type OptionNames, requireKnownOptions } from '../../errors.js';
import type { Probe } from '../probe.js';

/** What a {@link scriptProbe} runs. */
export interface ScriptProbeOptions {
  /** Arguments; default the server's address and port. */
  readonly args?: readonly string[];
  /**
   * Whether a status of 2–255 means that the server is well and has that weight less 2, as
   * `misc_dynamic` of keepalived says; default `false`.
   */
  readonly dynamicWeight?: boolean;
}

const OPTION_NAMES: OptionNames<ScriptProbeOptions> = { args: true, dynamicWeight: true };

/** A script's answer. */
export interface ScriptAnswer {
  /** The weight that the script asks for. */
  readonly weight: number;
}

/**
 * Makes a probe that runs a program, without a shell. It is killed when it takes too long.
 *
 * @param program - The program's path, or a name to be searched for.
 * @param options - Its arguments, and whether its status is a weight.
 * @returns A probe that fails on any other status, and on a signal. With `dynamicWeight` it answers
 * `{ weight }` for a status of 2 or more.
 * @example
 * {@includeCode ../../../docs/examples/health-more-probes.ts}
 */
export function scriptProbe(program: string, options: ScriptProbeOptions = {}): Probe {
  requireKnownOptions('make a probe', options, OPTION_NAMES);
  return async (server, signal) =>
    new Promise<ScriptAnswer | undefined>((resolve, reject) => {
      const args = options.args ?? [server.address.toString(), String(server.port)];
      const child = spawn(program, args, { stdio: 'ignore', signal, killSignal: 'SIGKILL' });
      child.once('error', reject);
      child.once('close', (status, killedBy) => {
        const dynamic = options.dynamicWeight === true && status !== null && status >= 2;
        if (dynamic) resolve({ weight: status - 2 });
        else if (status === 0) resolve(undefined);
        else reject(new Error(killedBy === null ? `exit status ${status}` : `signal ${killedBy}`));
      });
    });
}
