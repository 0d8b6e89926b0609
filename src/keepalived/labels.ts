/**
 * Names of services and servers in messages.
 */
import type { IpAddress } from '../ip-address.js';
import type { ServiceTarget } from './blocks/drafts.js';

/**
 * Names a service.
 *
 * @param target - What it is named by.
 * @param protocol - Its protocol, or `undefined`.
 * @param index - Which service of its group it is, from 0.
 * @returns For example `[192.0.2.10]:tcp:80`, `FWM 5`, `[GROUP]:0`.
 */
export function serviceLabel(
  target: ServiceTarget,
  protocol: string | undefined,
  index: number,
): string {
  if (target.kind === 'group') return `[${target.name}]:${index}`;
  if (target.kind === 'mark') return `FWM ${target.fwmark}`;
  return serverLabel(target.address, target.port, protocol);
}

/**
 * Names a server.
 *
 * @param address - Its address.
 * @param port - Its port.
 * @param protocol - Its service's protocol, or `undefined`.
 * @returns For example `[10.0.0.2]:tcp:80`.
 */
export function serverLabel(
  address: IpAddress,
  port: number,
  protocol: string | undefined,
): string {
  return `[${address}]:${protocol ?? 'none'}:${port}`;
}
