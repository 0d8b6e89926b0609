/**
 * A probe that opens a TCP connection: the server is well when it accepts one.
 */
import { connect } from 'node:net';
import { type OptionNames, requireKnownOptions } from '../../errors.js';
import type { Probe } from '../probe.js';
import { requireProbePort } from './probe-port.js';

/** What a {@link tcpProbe} connects to. */
export interface TcpProbeOptions {
  /** The port, 1–65535; default the real server's own. */
  readonly port?: number;
}

const OPTION_NAMES: OptionNames<TcpProbeOptions> = { port: true };

/**
 * Makes a probe that opens a TCP connection to the real server's address and closes it at once.
 *
 * @param options - Another port, if the server is to be asked elsewhere.
 * @returns A probe that fails when the connection is refused, or not accepted in time.
 * @throws {RangeError} When the port is out of range.
 * @example
 * {@includeCode ../../../docs/examples/health-probes.ts}
 */
export function tcpProbe(options: TcpProbeOptions = {}): Probe {
  requireKnownOptions('make a probe', options, OPTION_NAMES);
  requireProbePort(options.port);
  return async (server, signal) =>
    new Promise<void>((resolve, reject) => {
      const host = server.address.toString();
      const socket = connect({ host, port: options.port ?? server.port });
      const stop = (): void => {
        socket.destroy();
      };
      signal.addEventListener('abort', stop);
      socket.once('connect', () => {
        socket.destroy();
        resolve();
      });
      socket.once('error', reject);
      socket.once('close', () => {
        signal.removeEventListener('abort', stop);
        reject(new Error('The connection was given up'));
      });
    });
}
