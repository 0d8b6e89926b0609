/**
 * The port behind a service's name, and the name of a port.
 */
import type { Protocol } from '../protocols.js';
import { SERVICE_REGISTRY } from './service-registry.js';

/**
 * The port of a service's name.
 *
 * @param name - The name, exactly as registered: lower case.
 * @param protocol - For which protocol it must be registered.
 * @returns The port, or `undefined` when the name is unknown for this protocol.
 */
export function portOfService(name: string, protocol: Protocol): number | undefined {
  const line = SERVICE_REGISTRY.split('\n').find(
    (each) => isOf(each, protocol) && each.split(' ').slice(1).includes(name),
  );
  return line === undefined ? undefined : Number.parseInt(line, 10);
}

/**
 * The name of the service on a port.
 *
 * @param port - The port.
 * @param protocol - The protocol.
 * @returns The name, or `undefined` when no service is registered.
 */
export function serviceOfPort(port: number, protocol: Protocol): string | undefined {
  const start = `\n${port}/`;
  let at = SERVICE_REGISTRY.indexOf(start);
  for (; at >= 0; at = SERVICE_REGISTRY.indexOf(start, at + 1)) {
    const line = SERVICE_REGISTRY.slice(at + 1, SERVICE_REGISTRY.indexOf('\n', at + 1));
    if (isOf(line, protocol)) return line.split(' ')[1];
  }
  return undefined;
}

/** Whether a line of the registry is about a protocol: its letter is behind the slash. */
function isOf(line: string, protocol: Protocol): boolean {
  const [place = ''] = line.split(' ');
  return place.slice(place.indexOf('/') + 1).includes(protocol.charAt(0));
}
