/**
 * Values in the rows of listings: endpoints in decimal, in hexadecimal or with names, and traffic.
 */
import type { Traffic } from '../../statistics/statistics.js';
import { IpAddress } from '../../ip-address.js';
import type { CommandServerAddress } from '../../ipvsadm/command.js';
import { endpointHint, readEndpoint } from '../../ipvsadm/endpoint.js';
import type { HostLookup } from '../../ipvsadm/parse-options.js';
import type { Protocol } from '../../protocols.js';
import { TextError } from '../text-error.js';
import { withRegisteredPort } from './registered-ports.js';

/** How the values of a section are written. */
export interface RowFormat {
  /** Whether addresses, ports and marks are in hexadecimal, as in /proc/net. */
  readonly hexadecimal: boolean;
  /** Resolves host names; default none is. */
  readonly hosts?: HostLookup | undefined;
}

/** Any word that is an endpoint of /proc/net with an IPv4 address. */
export const HEXADECIMAL_ENDPOINT: RegExp = /^[\dA-Fa-f]{8}:[\dA-Fa-f]{4}$/;
const HEXADECIMAL_IPV6 = /^\[([\dA-Fa-f:]+)\]:([\dA-Fa-f]{1,4})$/;
const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/**
 * Reads the endpoint of a row.
 *
 * @param text - As the listing has it.
 * @param protocol - For which protocol a port's name stands.
 * @param format - How it is written.
 * @param line - The number of the line.
 * @returns The address and the port.
 * @throws {TextError} When it is none.
 */
export function readListedEndpoint(
  text: string,
  protocol: Protocol,
  format: RowFormat,
  line: number,
): CommandServerAddress {
  const found = format.hexadecimal
    ? hexadecimalEndpoint(text)
    : decimalEndpoint(text, protocol, format);
  if (found !== undefined) return found;
  const hint = format.hexadecimal ? '' : endpointHint(text, protocol, format.hosts);
  const advice = hint === '' ? '' : ` (${hint})`;
  throw new TextError({ line, found: text, allowed: `an address and a port${advice}` });
}

function decimalEndpoint(
  text: string,
  protocol: Protocol,
  { hosts }: RowFormat,
): CommandServerAddress | undefined {
  const endpoint =
    readEndpoint(text, protocol, hosts) ?? readEndpoint(withRegisteredPort(text), protocol, hosts);
  if (endpoint?.port === undefined) return undefined;
  return { address: endpoint.address, port: endpoint.port };
}

function hexadecimalEndpoint(text: string): CommandServerAddress | undefined {
  if (HEXADECIMAL_ENDPOINT.test(text)) {
    const [address = '', port = ''] = text.split(':');
    return {
      address: IpAddress.fromIpv4(Number.parseInt(address, 16)),
      port: Number.parseInt(port, 16),
    };
  }
  const [, address, port] = HEXADECIMAL_IPV6.exec(text) ?? [];
  const parsed = address === undefined ? undefined : IpAddress.tryParse(address);
  return parsed === undefined
    ? undefined
    : { address: parsed, port: Number.parseInt(port ?? '', 16) };
}

/**
 * Reads an address of /proc/net/ip_vs_conn.
 *
 * @param text - Eight hexadecimal digits, or an IPv6 address in full.
 * @returns The address, or `undefined`.
 */
export function hexadecimalAddress(text: string): IpAddress | undefined {
  if (text.includes(':')) return IpAddress.tryParse(text);
  return /^[\dA-Fa-f]{8}$/.test(text) ? IpAddress.fromIpv4(Number.parseInt(text, 16)) : undefined;
}

/**
 * Reads a number of a listing.
 *
 * @param text - Digits, which may end in K, M, G or T.
 * @param allowed - What it is, for the message.
 * @param line - The number of the line.
 * @returns The number.
 * @throws {TextError} When it is none.
 */
export function readCount(text: string | undefined, allowed: string, line: number): number {
  const [, digits, unit = ''] = /^(-?\d+)([KMGT]?)$/.exec(text ?? '') ?? [];
  if (digits === undefined) throw new TextError({ line, found: text ?? 'nothing', allowed });
  return Number(digits) * (UNITS[unit] ?? 1);
}

/**
 * Reads the five numbers of traffic.
 *
 * @param words - The words behind the name.
 * @param line - The number of the line.
 * @param radix - 10, or 16 for /proc/net.
 * @returns The traffic.
 * @throws {TextError} When they are others.
 */
export function readTraffic(words: readonly string[], line: number, radix: 10 | 16 = 10): Traffic {
  if (words.length !== 5) {
    throw new TextError({
      line,
      found: words.join(' ') || 'nothing',
      allowed: 'five numbers of traffic',
    });
  }
  const [connections, packetsIn, packetsOut, bytesIn, bytesOut] = words.map((word) =>
    radix === 16 ? readHexadecimal(word, line) : readCount(word, 'a number of traffic', line),
  ) as [number, number, number, number, number];
  return { connections, packetsIn, packetsOut, bytesIn, bytesOut };
}

function readHexadecimal(word: string, line: number): number {
  if (/^[\dA-Fa-f]+$/.test(word)) return Number.parseInt(word, 16);
  throw new TextError({ line, found: word, allowed: 'a number of traffic in hexadecimal' });
}
