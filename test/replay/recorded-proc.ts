/**
 * The connections of a director as the kernel's files list them, in a set of lines: their order in the recordings is
 * that of a seeded hash.
 */
import type { Director } from '../../src/director/director.js';
import type { ListedConnection } from '../../src/ipvsadm/listed-connection.js';
import type { IpAddress } from '../../src/ip-address.js';

const HEAD = 'Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData';

/**
 * The lines of `/proc/net/ip_vs_conn`.
 *
 * @param director - The director.
 * @returns The lines, sorted.
 */
export function connectionFileOf(director: Director): string[] {
  return [HEAD, ...[...director.connections()].map(connectionLine)].toSorted();
}

/**
 * The lines of `/proc/net/ip_vs_conn_sync`.
 *
 * @param director - The director.
 * @returns The lines, sorted.
 */
export function originFileOf(director: Director): string[] {
  const lines = [...director.connections()].map((row) => {
    const expires = String(row.secondsLeft).padStart(7);
    return `${endsOf(row)} ${row.state.padEnd(11)} ${row.origin.toUpperCase().padEnd(6)} ${expires}`;
  });
  const head = 'Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Origin Expires';
  return [head, ...lines].toSorted();
}

/**
 * The lines of a recorded file.
 *
 * @param text - Its text.
 * @returns The lines, sorted.
 */
export function linesOf(text: string): string[] {
  return text.trimEnd().split('\n').toSorted();
}

/**
 * A line of `/proc/net/ip_vs_conn`.
 *
 * @param row - The connection.
 * @returns The line, without its end.
 */
export function connectionLine(row: ListedConnection): string {
  const engine = row.engineName === undefined ? '' : ` ${row.engineName} ${row.engineData ?? ''}`;
  const expires = String(row.secondsLeft).padStart(7);
  return `${endsOf(row)} ${row.state.padEnd(11)} ${expires}${engine}`;
}

function endsOf(row: ListedConnection): string {
  const { clientAddress, clientPort, virtualAddress, virtualPort } = row;
  const ends = [
    endOf(clientAddress, clientPort),
    endOf(virtualAddress, virtualPort),
    endOf(row.serverAddress, row.serverPort),
  ];
  return `${row.protocol.toUpperCase()} ${ends.join(' ')}`;
}

/** IPv4 in one word; IPv6 in its long form. */
function endOf(address: IpAddress, port: number): string {
  const { word0, word1, word2, word3 } = address;
  const words = [word0, word1, word2, word3].map((word) =>
    (word >>> 0).toString(16).padStart(8, '0'),
  );
  const text =
    address.family === 4
      ? words[3].toUpperCase()
      : words.map((word) => `${word.slice(0, 4)}:${word.slice(4)}`).join(':');
  return `${text} ${port.toString(16).toUpperCase().padStart(4, '0')}`;
}
