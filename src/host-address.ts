/**
 * Addresses as a configuration names them: any text of an address, or `localhost`.
 *
 * Names are not resolved here, since that takes time and can fail: `ipvs/discovery/node` does it.
 */
import { show } from './errors.js';
import { IpAddress, type IpAddressLike } from './ip-address.js';

const LOCALHOST = IpAddress.fromIpv4(0x7f000001);
const hostName = /^(?!\d+(?:\.\d+)*$)[\w-]+(?:\.[\w-]+)*\.?$/;

/**
 * Reads the address of a server or a service.
 *
 * @param what - What the address belongs to, as the message shall call it.
 * @param host - An address, its text, or `localhost` (127.0.0.1).
 * @returns The address.
 * @throws {TypeError} When the value is no address and no string.
 * @throws {RangeError} When the text is no address; for a host name it names what resolves it.
 */
export function hostAddress(what: string, host: IpAddressLike): IpAddress {
  if (host instanceof IpAddress) return host;
  if (typeof host !== 'string') {
    throw new TypeError(`Invalid ${what} address: expected a string, got ${show(host)}`);
  }
  const address = IpAddress.tryParse(host);
  if (address !== undefined) return address;
  if (host.toLowerCase() === 'localhost') return LOCALHOST;
  throw new RangeError(`Invalid ${what} address: ${advice(host)}, got ${show(host)}`);
}

function advice(host: string): string {
  if (host.includes('%')) return 'expected an address without a zone';
  if (hostName.test(host)) {
    return 'expected an address (host names are resolved by ipvs/discovery/node)';
  }
  return 'expected IPv4 such as 10.0.0.1 or IPv6 such as 2001:db8::1';
}
