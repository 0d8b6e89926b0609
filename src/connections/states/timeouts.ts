/**
 * The timeouts of connections by protocol and state, and the three of these that `ipvsadm --set` changes.
 * A new value applies from a connection's next packet on.
 */
import { type OptionNames, requireInteger, requireKnownOptions } from '../../errors.js';
import { PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP } from '../entries/flags.js';
import { TCP_ESTABLISHED, TCP_FIN_WAIT } from './tcp.js';

/** The timeouts that can be changed, in seconds. */
export interface TimeoutSettings {
  /** Established TCP connections: 0–2678400 s, default 900. */
  readonly tcpSeconds: number;
  /** TCP connections after a FIN: 0–2678400 s, default 120. */
  readonly tcpFinSeconds: number;
  /** UDP: 0–2678400 s, default 300. */
  readonly udpSeconds: number;
}

/** The greatest timeout of {@link Timeouts.set}, in seconds: 31 days. */
export const MAX_TIMEOUT_SECONDS = 2678400;
/** The timeout of protocols without states: 180 s. */
export const OTHER_TIMEOUT_MS = 180_000;

const TCP_SECONDS: readonly number[] = [2, 900, 120, 60, 120, 120, 10, 60, 30, 120, 120];
const SCTP_SECONDS: readonly number[] = [2, 4, 61, 61, 61, 61, 61, 61, 900, 61, 61, 61, 4, 61];
const UDP_SECONDS = 300;

const TIMEOUT_SETTINGS: OptionNames<TimeoutSettings> = {
  tcpSeconds: true,
  tcpFinSeconds: true,
  udpSeconds: true,
};

/** The timeouts in force. */
export class Timeouts {
  private readonly tcpMs = TCP_SECONDS.map(toMs);
  private readonly sctpMs = SCTP_SECONDS.map(toMs);
  private udpMs = toMs(UDP_SECONDS);

  /** The three timeouts that can be changed, in seconds. */
  get settings(): TimeoutSettings {
    return {
      tcpSeconds: this.tcpMs[TCP_ESTABLISHED] / 1000,
      tcpFinSeconds: this.tcpMs[TCP_FIN_WAIT] / 1000,
      udpSeconds: this.udpMs / 1000,
    };
  }

  /**
   * Changes timeouts.
   *
   * @param change - New values in seconds, 0–2678400; 0 or none leaves the present one.
   * @throws {TypeError} When a value is not a number.
   * @throws {RangeError} When a value is out of range; then nothing is changed.
   */
  set(change: Partial<TimeoutSettings>): void {
    requireKnownOptions('set timeouts', change, TIMEOUT_SETTINGS);
    const tcp = requireTimeout('TCP timeout', change.tcpSeconds);
    const tcpFin = requireTimeout('TCP FIN timeout', change.tcpFinSeconds);
    const udp = requireTimeout('UDP timeout', change.udpSeconds);
    if (tcp > 0) this.tcpMs[TCP_ESTABLISHED] = toMs(tcp);
    if (tcpFin > 0) this.tcpMs[TCP_FIN_WAIT] = toMs(tcpFin);
    if (udp > 0) this.udpMs = toMs(udp);
  }

  /**
   * The timeout of a TCP state.
   *
   * @param state - The number of the state, 0–10.
   * @returns Milliseconds.
   */
  tcp(state: number): number {
    return this.tcpMs[state];
  }

  /**
   * The timeout of an SCTP state.
   *
   * @param state - The number of the state, 0–13.
   * @returns Milliseconds.
   */
  sctp(state: number): number {
    return this.sctpMs[state];
  }

  /** The timeout of UDP connections, in milliseconds. */
  get udp(): number {
    return this.udpMs;
  }

  /**
   * The timeout of a connection that was given without one.
   *
   * @param protocol - The protocol's number.
   * @param state - The number of the state, which the protocol has to have.
   * @returns Milliseconds; 180 s for protocols without states.
   */
  of(protocol: number, state: number): number {
    if (protocol === PROTOCOL_TCP) return this.tcpMs[state];
    if (protocol === PROTOCOL_SCTP) return this.sctpMs[state];
    return protocol === PROTOCOL_UDP ? this.udpMs : OTHER_TIMEOUT_MS;
  }
}

function requireTimeout(name: string, seconds: number | undefined): number {
  return requireInteger(name, seconds ?? 0, 0, MAX_TIMEOUT_SECONDS);
}

function toMs(seconds: number): number {
  return seconds * 1000;
}
