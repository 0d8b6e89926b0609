/**
 * What names a real server within its service: address and port, as an object or as text.
 */
import { formatEndpoint } from '../endpoint.js';
import { show } from '../errors.js';
import { hostAddress } from '../host-address.js';
import type { IpAddress } from '../ip-address.js';
import { requirePort } from './flow.js';
import type { ServerAddress } from './server-settings.js';

/** A server's address and port: an object, or text such as `'10.0.0.1:80'` or `'[2001:db8::1]:80'`. */
export type ServerAddressLike = ServerAddress | string;

/** Address and port of a server, checked. */
export interface ServerEndpoint {
  /** The address. */
  readonly address: IpAddress;
  /** The port, 0–65535. */
  readonly port: number;
}

const bracketed = /^\[([^\]]*)\]:(\d{1,5})$/;
const plain = /^([^:]+):(\d{1,5})$/;

/**
 * Reads what names a server.
 *
 * @param server - The name.
 * @returns Address and port.
 * @throws {TypeError} When a value has the wrong type.
 * @throws {RangeError} When a value is no address or no port.
 */
export function readServerAddress(server: ServerAddressLike): ServerEndpoint {
  if (typeof server === 'string') return parseServerAddress(server);
  if (typeof server !== 'object' || server === null || server.address === undefined) {
    throw new TypeError(
      `Invalid server: expected '10.0.0.1:80' or { address, port }, got ${show(server)}`,
    );
  }
  const address = hostAddress('server', server.address);
  return { address, port: requirePort('server port', server.port) };
}

/**
 * Address and port as text, as ipvsadm writes them: what distinguishes a server from the others of its service.
 *
 * @param server - The server's address and port.
 * @returns For example `10.0.0.1:80` or `[2001:db8::1]:80`.
 * @throws {TypeError} When a value has the wrong type.
 * @throws {RangeError} When a value is no address or no port.
 */
export function serverKey(server: ServerAddressLike): string {
  const { address, port } = readServerAddress(server);
  return formatEndpoint(address, port);
}

function parseServerAddress(text: string): ServerEndpoint {
  const [, host, port] = bracketed.exec(text) ?? plain.exec(text) ?? [];
  if (host === undefined) {
    throw new RangeError(
      `Invalid server: expected '10.0.0.1:80' or '[2001:db8::1]:80', got ${show(text)}`,
    );
  }
  const address = hostAddress('server', host);
  return { address, port: requirePort('server port', Number(port)) };
}
