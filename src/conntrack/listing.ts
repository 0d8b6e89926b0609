/**
 * The listing of tracked connections, as the program conntrack prints it. Source: conntrack(8), and its output.
 */
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../protocols.js';
import { IP_PROTOCOL } from '../wire/protocol-numbers.js';
import type { TrackedConnection, TrackedDirection } from './tracked-connection.js';

/** The width of the column with the protocol's name. */
const NAME_WIDTH = 8;

const NAMES: Readonly<Record<number, string>> = {
  [PROTOCOL_TCP]: 'tcp',
  [PROTOCOL_UDP]: 'udp',
  [IP_PROTOCOL.GRE]: 'gre',
};

/**
 * Writes a tracked connection as `conntrack -L` does, without the count of its users.
 *
 * @param connection - The connection.
 * @returns One line.
 * @example
 * {@includeCode ../../docs/examples/connection-tracking.ts}
 */
export function formatTrackedConnection(connection: TrackedConnection): string {
  const { protocol, state, secondsLeft, original, reply, mark } = connection;
  const name = (NAMES[protocol] ?? 'unknown').padEnd(NAME_WIDTH);
  return [
    `${name} ${protocol} ${secondsLeft}`,
    state,
    directionText(protocol, original),
    connection.isReplied ? undefined : '[UNREPLIED]',
    directionText(protocol, reply),
    connection.isAssured ? '[ASSURED]' : undefined,
    `mark=${mark}`,
  ]
    .filter((part) => part !== undefined)
    .join(' ');
}

function directionText(protocol: number, direction: TrackedDirection): string {
  const { source, sourcePort, destination, destinationPort } = direction;
  const ends = `src=${source} dst=${destination}`;
  if (protocol === IP_PROTOCOL.GRE) return `${ends} srckey=0x0 dstkey=0x0`;
  const hasPorts = protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP;
  return hasPorts ? `${ends} sport=${sourcePort} dport=${destinationPort}` : ends;
}
