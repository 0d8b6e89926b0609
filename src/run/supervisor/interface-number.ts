/**
 * The number of a network interface: one that is deleted and made again has another.
 */
import { readFileSync } from 'node:fs';

/** Of the network namespace of this process, whatever is mounted at `/sys`. */
const MEMBERSHIPS = '/proc/self/net/dev_mcast';

/**
 * The number of an interface.
 *
 * @param name - Its name.
 * @returns The number; `undefined` when it is not there, or has never been up.
 */
export function interfaceNumber(name: string): number | undefined {
  for (const line of membershipsText().split('\n')) {
    const [number, device] = line.trim().split(/\s+/);
    if (device === name) return Number(number);
  }
  return undefined;
}

function membershipsText(): string {
  try {
    return readFileSync(MEMBERSHIPS, 'utf8');
  } catch {
    return '';
  }
}
