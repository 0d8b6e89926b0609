/**
 * Which packets a firewall marks for a service by mark. Rules do not say it, so it is an option.
 */
import { IpAddress } from '../ip-address.js';
import { type Protocol, PROTOCOLS } from '../protocols.js';

/** The packets that get a mark. */
export interface ServiceFirewallMark {
  /** The mark. */
  readonly mark: number;
  /** The protocol. */
  readonly protocol: Protocol;
  /** The destination. */
  readonly address: IpAddress;
  /** The destination ports. */
  readonly ports: readonly number[];
}

const FORM = /^(\d+)=(\w+):(.+):(\d+(?:,\d+)*)$/;

/**
 * Reads a description of marked packets.
 *
 * @param text - For example `1=tcp:192.0.2.1:80,443`; an IPv6 address is written in brackets.
 * @returns The packets.
 * @throws {RangeError} When it is none.
 */
export function parseMark(text: string): ServiceFirewallMark {
  const [, mark = '', protocol = '', host = '', ports = ''] = FORM.exec(text) ?? [];
  const address = IpAddress.tryParse(host.replace(/^\[(.*)\]$/, '$1'));
  const numbers = ports.split(',').map(Number);
  const isKnown = (PROTOCOLS as readonly string[]).includes(protocol);
  const inRange = numbers.every((port) => port >= 1 && port <= 65535);
  if (address === undefined || !isKnown || !inRange || Number(mark) > 4294967295) {
    throw new RangeError(`Cannot read a mark: expected 1=tcp:192.0.2.1:80,443, got '${text}'`);
  }
  return { mark: Number(mark), protocol: protocol as Protocol, address, ports: numbers };
}
