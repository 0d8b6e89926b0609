/**
 * Endpoints as text.
 */
import type { IpAddress } from './ip-address.js';

/**
 * Writes an address with a port, as ipvsadm does.
 *
 * @param address - The address, or its text.
 * @param port - The port, or what takes its place.
 * @returns For example `10.0.0.1:80` or `[2001:db8::1]:80`.
 */
export function formatEndpoint(address: IpAddress | string, port: number | string): string {
  const text = address.toString();
  return text.includes(':') ? `[${text}]:${port}` : `${text}:${port}`;
}
