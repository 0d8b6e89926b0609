/**
 * The values in a rule: numbers, endpoints, masks and scheduler flags, as ipvsadm(8) writes them.
 *
 * Each reader gives `undefined` for a text that is no such value; the caller knows where it stood.
 */
import { IpAddress, type AddressFamily } from '../ip-address.js';
import type { Protocol } from '../model/flow.js';

/** An address with a port, which may be left out. */
export interface Endpoint {
  /** The address. */
  readonly address: IpAddress;
  /** The port, when one is written. */
  readonly port?: number;
}

/** Ports that have names everywhere. */
const PORT_NAMES: Readonly<Record<Protocol, Readonly<Record<string, number>>>> = {
  tcp: { ftp: 21, ssh: 22, smtp: 25, domain: 53, http: 80, https: 443 },
  udp: { domain: 53, https: 443 },
  sctp: {},
};

/**
 * Reads a decimal number.
 *
 * @param text - The text.
 * @param low - Smallest allowed value.
 * @param high - Greatest allowed value.
 * @returns The number, or `undefined`.
 */
export function readNumber(text: string, low: number, high: number): number | undefined {
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  return number >= low && number <= high ? number : undefined;
}

/**
 * Reads `A`, `A:PORT`, `V6` or `[V6]:PORT`.
 *
 * @param text - The text.
 * @param protocol - Whose port names count.
 * @returns The endpoint, or `undefined`.
 */
export function readEndpoint(text: string, protocol: Protocol): Endpoint | undefined {
  const alone = IpAddress.tryParse(text);
  if (alone !== undefined) return { address: alone };
  const [, v6, v4, portText = ''] = /^(?:\[([^\]]*)\]|([^:]*)):([^:]+)$/.exec(text) ?? [];
  const address = IpAddress.tryParse(v6 ?? v4 ?? '');
  const port = readPort(portText, protocol);
  if (address === undefined || port === undefined) return undefined;
  return address.family === (v6 === undefined ? 4 : 6) ? { address, port } : undefined;
}

/**
 * Reads a persistence mask.
 *
 * @param text - An IPv4 mask in dotted form, or an IPv6 prefix length.
 * @param family - Which of the two.
 * @returns The mask as a 32-bit number, or the length; `undefined` for neither.
 */
export function readNetmask(text: string, family: AddressFamily): number | undefined {
  if (family === 6) return readNumber(text, 1, 128);
  const mask = IpAddress.tryParse(text);
  return mask?.family === 4 ? mask.fold : undefined;
}

/**
 * Reads a comma-separated list of scheduler flags.
 *
 * @param text - For example `sh-fallback,sh-port`.
 * @param scheduler - The service's scheduler, whose flags have names.
 * @returns The flags, or the entry that is none of this scheduler's.
 */
export function readFlags(
  text: string,
  scheduler: string,
): { readonly fallback: boolean; readonly port: boolean } | { readonly refused: string } {
  const named = scheduler === 'sh' || scheduler === 'mh' ? scheduler : undefined;
  const entries = text.split(',').filter((entry) => entry !== '');
  const numbers = entries.map((entry) => {
    if (entry === 'flag-1' || entry === `${named}-fallback`) return 1;
    if (entry === 'flag-2' || entry === `${named}-port`) return 2;
    return entry === 'flag-3' ? 3 : 0;
  });
  const refused = entries[numbers.indexOf(0)];
  if (refused !== undefined) return { refused };
  return { fallback: numbers.includes(1), port: numbers.includes(2) };
}

function readPort(text: string, protocol: Protocol): number | undefined {
  const names = PORT_NAMES[protocol];
  return Object.hasOwn(names, text) ? names[text] : readNumber(text, 0, 65535);
}
