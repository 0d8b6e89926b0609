/**
 * A {@link LinkLayer} from a table of neighbors, for networks whose Ethernet addresses are known.
 */
import { type AddressWords, foldWords } from '../address-words.js';
import { type OptionNames, requireKnownOptions } from '../errors.js';
import { IpAddress } from '../ip-address.js';
import { MacAddress } from '../wire/mac-address.js';
import type { LinkLayer } from './link.js';
import type { Side } from './output.js';

/** An Ethernet address as a value or as text: `'02:00:00:00:0d:01'`. */
export type MacAddressLike = MacAddress | string;

/** What {@link createLinkLayer} takes. */
export interface LinkLayerOptions {
  /** The director's own address on the interface toward the clients. */
  readonly client: MacAddressLike;
  /** The director's own address on the interface toward the servers. */
  readonly server: MacAddressLike;
  /** Ethernet addresses by IP address: `{ '10.0.0.1': '02:00:00:00:0a:01' }`. */
  readonly neighbors?: Readonly<Record<string, MacAddressLike>>;
  /** Routers: where packets for any other address are sent, by interface; default none. */
  readonly routers?: Readonly<Partial<Record<Side, MacAddressLike>>>;
}

const OPTION_NAMES: OptionNames<LinkLayerOptions> = {
  client: true,
  server: true,
  neighbors: true,
  routers: true,
};
const ROUTER_NAMES: Readonly<Record<Side, true>> = { client: true, server: true };

interface Neighbor {
  readonly address: IpAddress;
  readonly mac: MacAddress;
}

/**
 * Makes the `link` option of a director's host from addresses as text.
 *
 * @param options - The director's own addresses, its neighbors and its routers.
 * @returns The link layer. Cost of finding a neighbor: O(1), no allocation.
 * @throws {TypeError} When an option has an unknown name.
 * @throws {RangeError} When an address is none.
 * @example
 * {@includeCode ../../docs/examples/link-layer.ts}
 */
export function createLinkLayer(options: LinkLayerOptions): LinkLayer {
  requireKnownOptions('create a link layer', options, OPTION_NAMES);
  const { neighbors = {}, routers = {} } = options;
  requireKnownOptions('set routers', routers, ROUTER_NAMES);
  const { client, server } = routers;
  const router = {
    client: client === undefined ? undefined : macOf(client),
    server: server === undefined ? undefined : macOf(server),
  };
  const table = tableOf(neighbors);
  return {
    client: macOf(options.client),
    server: macOf(options.server),
    resolveNeighbor: (side, address) =>
      table.get(foldWords(address))?.find((each) => isSame(each.address, address))?.mac ??
      router[side],
  };
}

/** The neighbors by the folded words of their addresses. */
function tableOf(neighbors: Readonly<Record<string, MacAddressLike>>): Map<number, Neighbor[]> {
  const table = new Map<number, Neighbor[]>();
  for (const [text, mac] of Object.entries(neighbors)) {
    const address = IpAddress.parse(text);
    const alike = table.get(address.fold);
    const neighbor = { address, mac: macOf(mac) };
    if (alike === undefined) table.set(address.fold, [neighbor]);
    else alike.push(neighbor);
  }
  return table;
}

function macOf(mac: MacAddressLike): MacAddress {
  return mac instanceof MacAddress ? mac : MacAddress.parse(mac);
}

/** Whether two addresses of equal folds are the same: the XOR of the words and three of them give the fourth. */
function isSame(one: IpAddress, other: AddressWords): boolean {
  return (
    one.family === other.family &&
    one.word0 === other.word0 &&
    one.word1 === other.word1 &&
    one.word2 === other.word2
  );
}
