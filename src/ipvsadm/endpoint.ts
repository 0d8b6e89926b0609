/**
 * Addresses of the rule language, with or without a port.
 *
 * IPv4 may be written in short (`inet-aton.ts`). IPv6 needs brackets to have a port, and within brackets must have one.
 * Host names are looked up when the caller resolves them: the tool takes their IPv4 address only.
 */
import { IpAddress } from '../ip-address.js';
import type { Protocol } from '../protocols.js';
import type { HostLookup } from './parse-options.js';
import { readIpv4 } from './inet-aton.js';
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
 * @param hosts - Resolves host names; default none is.
 * @returns The endpoint, or `undefined` when the text is none.
 */
export function readEndpoint(
  text: string,
  protocol: Protocol,
  hosts?: HostLookup,
): Endpoint | undefined {
  const plain = readPlainEndpoint(text);
  if (plain !== undefined) return plain;
  if (text.startsWith('[')) return readBracketed(text, protocol, hosts);
  const colons = text.split(':').length - 1;
  if (colons > 1) return withPort(readIpv6(text), undefined);
  if (colons === 0) {
    return bareNumber.test(text) ? undefined : withPort(readHost(text, hosts), undefined);
  }
  const [host, port] = text.split(':') as [string, string];
  const number = readPort(port, protocol);
  return number === undefined ? undefined : withPort(readHost(host, hosts), number);
}

/**
 * What helps with an address that was refused.
 *
 * @param text - The address.
 * @param protocol - The service's protocol.
 * @param hosts - Resolves host names, if any are.
 * @returns A sentence without its stop; empty when there is nothing to say.
 */
export function endpointHint(text: string, protocol: Protocol, hosts?: HostLookup): string {
  const [, host = '', port] = /^\[?([^\]:]*)\]?(?::([^:]*))?$/.exec(text) ?? [];
  const isName = isHostName(host);
  if (isName && hosts === undefined) {
    return 'names are not resolved; save with -n, or use ipvs admin --resolve';
  }
  if (isName && hosts?.(host) === undefined) return `${host} has no IPv4 address`;
  if (port === undefined || readPort(port, protocol) !== undefined) return '';
  const isService = /^[a-z][\w-]*$/i.test(port);
  return isService ? `no ${protocol.toUpperCase()} service is named ${port}` : '';
}

const DOT = 46;
const COLON = 58;
const ZERO = 48;
const MOST_DIGITS = 5;

/** An address with a port. */
export interface PlainEndpoint extends Endpoint {
  /** The port. */
  readonly port: number;
}

/**
 * Reads four decimal parts and a port without leading zeros, which nearly every endpoint is, in one pass.
 *
 * @param text - The text.
 * @returns The endpoint, or `undefined` when the text is written otherwise.
 */
export function readPlainEndpoint(text: string): PlainEndpoint | undefined {
  let address = 0;
  let number = 0;
  let digits = 0;
  let parts = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT || code === COLON) {
      if (digits === 0 || number > 255 || parts === 4 || (code === COLON) !== (parts === 3)) {
        return undefined;
      }
      address = (address << 8) | number;
      number = digits = 0;
      parts++;
    } else {
      if (code < ZERO || code > ZERO + 9 || digits === MOST_DIGITS) return undefined;
      if (digits > 0 && number === 0) return undefined;
      number = number * 10 + code - ZERO;
      digits++;
    }
  }
  if (parts !== 4 || digits === 0 || number > 65535) return undefined;
  return { address: IpAddress.fromIpv4(address), port: number };
}

function readBracketed(
  text: string,
  protocol: Protocol,
  hosts: HostLookup | undefined,
): Endpoint | undefined {
  const end = text.indexOf(']');
  if (end < 0) return undefined;
  const inside = text.slice(1, end);
  const rest = text.slice(end + 1);
  if (rest !== '' && !rest.startsWith(':')) return undefined;
  // An IPv4 address in brackets is taken, but its port is ignored.
  if (!inside.includes(':')) return withPort(readHost(inside, hosts), undefined);
  const port = readPort(rest.slice(1), protocol);
  return port === undefined ? undefined : withPort(readIpv6(inside), port);
}

function withPort(address: IpAddress | undefined, port: number | undefined): Endpoint | undefined {
  return address === undefined ? undefined : { address, port };
}

function readIpv6(text: string): IpAddress | undefined {
  return text.includes(':') ? IpAddress.tryParse(text) : undefined;
}

/**
 * Reads an IPv4 address or, when the caller resolves them, a host name.
 *
 * @param text - The text.
 * @param hosts - Resolves host names; default none is.
 * @returns The address, or `undefined` when the text is none.
 */
export function readHost(text: string, hosts?: HostLookup): IpAddress | undefined {
  return readIpv4(text) ?? (isHostName(text) ? hosts?.(text) : undefined);
}

/** What no IPv4 address is made of: a letter besides those of hexadecimal numbers. */
function isHostName(text: string): boolean {
  return (
    /^[a-z\d_](?:[\w.-]*[\w.])?$/i.test(text) && /[a-z_]/i.test(text) && !hexadecimal.test(text)
  );
}

const bareNumber = /^\d+$/;
const hexadecimal = /^0x[\da-f.x]*$/i;
