/**
 * The network around a director, as a small file describes it: JSON, or one statement a line.
 *
 * ```
 * director 192.0.2.2/24 mtu 1500
 * server 10.0.0.11 gateway 10.0.0.1
 * network 10.9.0.0/16
 * clients 198.51.100.0/24
 * mark 7
 * kernel 6.1.176
 * ```
 */
import { IpAddress } from '../ip-address.js';
import { type LintNetwork, readNetwork } from './network.js';

/** An address of the director, with its network. */
export interface TopologyAddress extends LintNetwork {
  /** The largest packet of its link, in bytes. */
  readonly mtu: number;
}

/** A real server. */
export interface TopologyServer {
  /** Its address. */
  readonly address: IpAddress;
  /** Where its answers go. */
  readonly gateway: IpAddress | undefined;
  /** The largest packet on the path to it, in bytes. */
  readonly mtu: number | undefined;
}

/** A topology. */
export interface LintTopology {
  /** The director's addresses. */
  readonly director: readonly TopologyAddress[];
  /** What is known of servers. */
  readonly servers: readonly TopologyServer[];
  /** Networks that the director has a route to. */
  readonly networks: readonly LintNetwork[];
  /** Where clients are. */
  readonly clients: readonly LintNetwork[];
  /** Marks that are set elsewhere. */
  readonly marks: readonly number[];
  /** The director's kernel, such as `6.1.176`; empty when it is not known. */
  readonly kernel: string;
}

/** The topology when none is given. */
export const EMPTY_TOPOLOGY: LintTopology = {
  director: [],
  servers: [],
  networks: [],
  clients: [],
  marks: [],
  kernel: '',
};

const DEFAULT_MTU = 1500;
const STATEMENTS = 'director, server, network, clients, mark, kernel';

/** A topology while it is read. */
interface Draft {
  director: TopologyAddress[];
  servers: TopologyServer[];
  networks: LintNetwork[];
  clients: LintNetwork[];
  marks: number[];
  kernel: string;
}

/**
 * Reads a topology.
 *
 * @param text - Lines of statements, or a JSON object with the same words as keys and lists of statements
 *   (without the first word) as values, such as `{"director": ["192.0.2.2/24 mtu 1500"]}`.
 * @returns The topology.
 * @throws {RangeError} When a statement is not understood; the message has its line or key.
 */
export function parseTopology(text: string): LintTopology {
  const draft: Draft = {
    director: [],
    servers: [],
    networks: [],
    clients: [],
    marks: [],
    kernel: '',
  };
  if (text.trimStart().startsWith('{')) readJson(text, draft);
  else readLines(text, draft);
  return draft;
}

function readLines(text: string, draft: Draft): void {
  for (const [index, line] of text.split('\n').entries()) {
    const words = line.replace(/#.*/, '').split(/\s+/).filter(Boolean);
    if (words.length > 0) statement(`line ${index + 1}`, words, draft);
  }
}

function readJson(text: string, draft: Draft): void {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RangeError(`Cannot read a topology: ${(error as Error).message}`, { cause: error });
  }
  for (const [key, entries] of Object.entries(value as Record<string, unknown>)) {
    for (const entry of Array.isArray(entries) ? (entries as unknown[]) : [entries]) {
      const words = String(entry).split(/\s+/).filter(Boolean);
      statement(`key '${key}'`, [key, ...words], draft);
    }
  }
}

function statement(where: string, [word = '', value = '', ...rest]: string[], draft: Draft): void {
  const fail = (expected: string): never => {
    throw new RangeError(
      `Cannot read a topology, ${where}: expected ${expected}, got '${[word, value, ...rest].join(' ')}'`,
    );
  };
  const network = (): LintNetwork => readNetwork(value) ?? fail('an address such as 192.0.2.0/24');
  const options = optionsOf(rest, word) ?? fail('pairs of words such as mtu 1500');
  const mtu = (): number | undefined => {
    const text = options.get('mtu');
    if (text === undefined) return undefined;
    return /^\d{3,5}$/.test(text) ? Number(text) : fail('an MTU in bytes');
  };
  switch (word) {
    case 'director':
      draft.director.push({ ...network(), mtu: mtu() ?? DEFAULT_MTU });
      break;
    case 'server': {
      const gateway = options.get('gateway');
      const parsed = gateway === undefined ? undefined : IpAddress.tryParse(gateway);
      if (gateway !== undefined && parsed === undefined) fail('the address of a gateway');
      draft.servers.push({ address: network().address, gateway: parsed, mtu: mtu() });
      break;
    }
    case 'network':
      draft.networks.push(network());
      break;
    case 'clients':
      draft.clients.push(network());
      break;
    case 'mark':
      draft.marks.push(/^\d+$/.test(value) ? Number(value) : fail('a mark'));
      break;
    case 'kernel':
      draft.kernel = value === '' ? fail('a release such as 6.1.176') : value;
      break;
    default:
      fail(`one of ${STATEMENTS}`);
  }
}

/** The options that each statement takes. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  director: ['mtu'],
  server: ['gateway', 'mtu'],
};

function optionsOf(words: readonly string[], statement: string): Map<string, string> | undefined {
  const options = new Map<string, string>();
  for (let at = 0; at < words.length; at += 2) {
    const [name = '', value] = words.slice(at, at + 2);
    if (value === undefined || !(OPTIONS[statement] ?? []).includes(name)) return undefined;
    options.set(name, value);
  }
  return options;
}
