/**
 * Addresses of the rule language, with or without a port.
 *
 * IPv4 may have one to four parts, each decimal, octal or hexadecimal, of which the last fills what
 * is left. IPv6 needs brackets to have a port, and within brackets must have one. Host names are not
 * resolved.
 */
import { IpAddress } from '../ip-address.js';
import type { Protocol } from '../model/flow.js';
import { readPort } from './port.js';

/** An address and, if one was written, a port. */
export interface Endpoint {
  /** The address. */
  readonly address: IpAddress;
  /** The port, or `undefined` when none was written. */
  readonly port: number | undefined;
}

/**
 * Reads an address with an optional port.
 *
 * @param text - As written behind `-t`, `-u`, `--sctp-service` or `-r`.
 * @param protocol - For which protocol a port's name must stand.
 * @returns The endpoint, or `undefined` when the text is none.
 */
export function readEndpoint(text: string, protocol: Protocol): Endpoint | undefined {
  if (text.startsWith('[')) return readBracketed(text, protocol);
  const colons = text.split(':').length - 1;
  if (colons > 1) return withPort(readIpv6(text), undefined);
  if (colons === 0) return text.includes('.') ? withPort(readIpv4(text), undefined) : undefined;
  const [host, port] = text.split(':') as [string, string];
  const number = readPort(port, protocol);
  return number === undefined ? undefined : withPort(readIpv4(host), number);
}

function readBracketed(text: string, protocol: Protocol): Endpoint | undefined {
  const end = text.indexOf(']');
  if (end < 0) return undefined;
  const inside = text.slice(1, end);
  const rest = text.slice(end + 1);
  if (rest !== '' && !rest.startsWith(':')) return undefined;
  // An IPv4 address in brackets is taken, but its port is ignored.
  if (!inside.includes(':')) return withPort(readIpv4(inside), undefined);
  const port = readPort(rest.slice(1), protocol);
  return port === undefined ? undefined : withPort(readIpv6(inside), port);
}

function withPort(address: IpAddress | undefined, port: number | undefined): Endpoint | undefined {
  return address === undefined ? undefined : { address, port };
}

function readIpv6(text: string): IpAddress | undefined {
  return text.includes(':') ? IpAddress.tryParse(text) : undefined;
}

const part = /^(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/;

/**
 * Reads an IPv4 address of one to four parts.
 *
 * @param text - For example `10.0.0.1`, `192.168.101` (192.168.0.101) or `0x7f.1` (127.0.0.1).
 * @returns The address, or `undefined` when the text is none.
 */
export function readIpv4(text: string): IpAddress | undefined {
  const parts = text.split('.');
  if (parts.length > 4 || !parts.every((each) => part.test(each))) return undefined;
  const numbers = parts.map(readPart);
  const last = numbers.pop() as number;
  if (last >= 256 ** (4 - numbers.length)) return undefined;
  let value = last;
  for (const [index, number] of numbers.entries()) {
    if (number > 255) return undefined;
    value += number * 256 ** (3 - index);
  }
  return IpAddress.fromIpv4(value);
}

function readPart(text: string): number {
  if (/^0[xX]/.test(text)) return Number.parseInt(text.slice(2), 16);
  return Number.parseInt(text, text.startsWith('0') ? 8 : 10);
}
