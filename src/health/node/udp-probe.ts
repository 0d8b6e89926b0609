/**
 * A probe that sends a datagram: the server is well when it replies, or at least does not refuse it.
 */
import { createSocket } from 'node:dgram';
import { type OptionNames, requireKnownOptions, requireNumber } from '../../errors.js';
import type { RealServer } from '../../model/real-server.js';
import { MAX_DELAY_MS } from '../../timers.js';
import type { Probe, ProbeSignal } from '../probe.js';
import { requireProbePort } from './probe-port.js';

/** What a {@link udpProbe} sends, and which replies are good. */
export interface UdpProbeOptions {
  /** The port, 1–65535; default the real server's own. */
  readonly port?: number;
  /** What is sent; default one byte 0. */
  readonly payload?: Uint8Array;
  /** Whether a reply is good; default: none is waited for. */
  readonly isGoodReply?: (reply: Uint8Array) => boolean;
  /** Without `isGoodReply`: for how long a refusal is waited for, 0–2147483647 ms; default 500. */
  readonly quietMs?: number;
}

const OPTION_NAMES: OptionNames<UdpProbeOptions> = {
  port: true,
  payload: true,
  isGoodReply: true,
  quietMs: true,
};

const DEFAULT_QUIET_MS = 500;

/**
 * Makes a probe that sends a datagram to the real server.
 *
 * @param options - What to send, and which replies are good.
 * @returns A probe that fails when the server's host refuses the datagram, and when a reply that is wanted is
 * bad or does not come in time.
 * @throws {RangeError} When the port or the time is out of range.
 * @example
 * {@includeCode ../../../docs/examples/health-more-probes.ts}
 */
export function udpProbe(options: UdpProbeOptions = {}): Probe {
  requireKnownOptions('make a probe', options, OPTION_NAMES);
  requireProbePort(options.port);
  const { isGoodReply, quietMs = DEFAULT_QUIET_MS } = options;
  requireNumber('quiet time', quietMs, 0, MAX_DELAY_MS);
  // A copy: the caller may overwrite its bytes.
  const payload = Uint8Array.from(options.payload ?? [0]);
  return async (server, signal) => {
    if (isGoodReply !== undefined) {
      const reply = await exchangeDatagram(server, options.port ?? server.port, payload, signal);
      if (!isGoodReply(reply)) throw new Error('a reply that is not good');
      return;
    }
    await sendQuietly(server, options.port ?? server.port, payload, signal, quietMs);
  };
}

/**
 * Sends a datagram and waits for the reply.
 *
 * @param server - Whom to ask.
 * @param port - The port.
 * @param payload - What is sent.
 * @param signal - Gives it up.
 * @returns The reply.
 * @internal
 */
export async function exchangeDatagram(
  server: RealServer,
  port: number,
  payload: Uint8Array,
  signal: ProbeSignal,
): Promise<Uint8Array> {
  return converse<Uint8Array>(server, port, payload, signal, (reply, resolve) => resolve(reply));
}

/** Sends a datagram; silence is good. */
async function sendQuietly(
  server: RealServer,
  port: number,
  payload: Uint8Array,
  signal: ProbeSignal,
  quietMs: number,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await converse<void>(
    server,
    port,
    payload,
    signal,
    (_, resolve) => resolve(),
    (resolve) => {
      timer = setTimeout(resolve, quietMs);
    },
  ).finally(() => clearTimeout(timer));
}

async function converse<T>(
  server: RealServer,
  port: number,
  payload: Uint8Array,
  signal: ProbeSignal,
  replied: (reply: Uint8Array, resolve: (value: T) => void) => void,
  sent: (resolve: (value: T) => void) => void = () => undefined,
): Promise<T> {
  const socket = createSocket(server.address.family === 6 ? 'udp6' : 'udp4');
  return new Promise<T>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('The datagram was given up')));
    socket.once('error', reject);
    socket.once('message', (reply) => replied(reply, resolve));
    // Where no route leads to the server, connecting fails: with a callback, that would get the error.
    socket.once('connect', () => {
      socket.send(payload, (error) => {
        if (error === null) sent(resolve);
        else reject(error);
      });
    });
    socket.connect(port, server.address.toString());
  }).finally(() => socket.close());
}
