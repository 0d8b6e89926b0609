/**
 * What name servers say of a service, as servers of a list.
 *
 * Addresses (A, AAAA, or the system's own resolver with its hosts file) give servers of one port; SRV records
 * give targets, ports and weights. Only the targets of the best (least) priority that have an address are used.
 * A target of weight 0 beside weighted ones gets a hundredth of the share of weight 1, as RFC 2782 wants it
 * small; where all are 0 they are alike. Targets that lead to one address and port are one server with their weights
 * together, so the order in which a name server turns its records changes nothing.
 */
import type { ServerOptions } from '../../model/server-settings.js';
import { MAX_WEIGHT } from '../../model/thresholds.js';

/** Which records are asked for. */
export type DnsRecords = 'A' | 'AAAA' | 'A+AAAA' | 'SRV' | 'hosts';

/** All values of {@link DnsRecords}. */
export const DNS_RECORDS: readonly DnsRecords[] = ['A', 'AAAA', 'A+AAAA', 'SRV', 'hosts'];

/** One SRV record. */
export interface SrvTarget {
  /** The host's name. */
  readonly name: string;
  /** The port. */
  readonly port: number;
  /** The least one is used first. */
  readonly priority: number;
  /** The share among targets of one priority. */
  readonly weight: number;
}

/** What is asked; the functions of `node:dns/promises`, or a test's own. */
export interface DnsQueries {
  /** The IPv4 addresses of a name. */
  resolve4(name: string): Promise<string[]>;
  /** The IPv6 addresses of a name. */
  resolve6(name: string): Promise<string[]>;
  /** The SRV records of a name. */
  resolveSrv(name: string): Promise<SrvTarget[]>;
  /** All addresses of a name by the system's resolver, hosts file included. */
  lookup(name: string, options: { readonly all: true }): Promise<ResolvedAddress[]>;
}

/** An address that the system's resolver gives. */
export interface ResolvedAddress {
  /** The address as text. */
  readonly address: string;
}

const NO_DATA = /^(?:ENODATA|ENOTFOUND)$/;
const ZERO_WEIGHT_FACTOR = 100;

/** A server that an SRV record has given a weight. */
type WeightedServer = ServerOptions & { readonly weight: number };

/**
 * Asks for the servers of a name.
 *
 * @param dns - What is asked.
 * @param name - The name.
 * @param records - Which records.
 * @param port - The port of servers that are found by addresses.
 * @returns The servers, in an order that depends on nothing but the answer; never empty.
 * @throws When a query fails, or there are no servers.
 */
export async function queryServers(
  dns: DnsQueries,
  name: string,
  records: DnsRecords,
  port: number,
): Promise<ServerOptions[]> {
  const servers =
    records === 'SRV'
      ? await serversOfTargets(dns, await dns.resolveSrv(name))
      : (await addressesOf(dns, name, records)).map((address) => ({ address, port }));
  if (servers.length === 0) throw new Error(`${name} has no ${records} records`);
  return servers.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

async function serversOfTargets(
  dns: DnsQueries,
  targets: readonly SrvTarget[],
): Promise<ServerOptions[]> {
  const priorities = [...new Set(targets.map(({ priority }) => priority))].toSorted(
    (a, b) => a - b,
  );
  let failure: unknown;
  for (const best of priorities) {
    const group = targets.filter(({ priority }) => priority === best);
    const found = await Promise.allSettled(
      group.map(async (target) => hostsOf(dns, target, group)),
    );
    const servers = found.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    // A target that cannot be asked for now must not make its servers leave.
    failure ??= found.find(isFailure)?.reason;
    if (failure !== undefined) throw failure;
    if (servers.length > 0) return together(servers);
  }
  return [];
}

/** One server for each address and port, with the sum of the weights. */
function together(servers: readonly WeightedServer[]): ServerOptions[] {
  const sums = new Map<string, WeightedServer>();
  for (const server of servers) {
    const key = orderOf(server);
    const weight = server.weight + (sums.get(key)?.weight ?? 0);
    sums.set(key, { ...server, weight: Math.min(weight, MAX_WEIGHT) });
  }
  return [...sums.values()];
}

async function hostsOf(
  dns: DnsQueries,
  { name, port, weight }: SrvTarget,
  group: readonly SrvTarget[],
): Promise<WeightedServer[]> {
  const addresses = await addressesOf(dns, name, 'A+AAAA');
  return addresses.map((address) => ({ address, port, weight: weightFor(weight, group) }));
}

function weightFor(weight: number, group: readonly SrvTarget[]): number {
  const isMixed = group.some((each) => each.weight === 0) && group.some((each) => each.weight > 0);
  return isMixed ? Math.max(1, weight * ZERO_WEIGHT_FACTOR) : Math.max(1, weight);
}

async function addressesOf(
  dns: DnsQueries,
  name: string,
  records: Exclude<DnsRecords, 'SRV'>,
): Promise<string[]> {
  if (records === 'hosts') {
    const found = (await dns.lookup(name, { all: true })).map(({ address }) => address);
    // Of a name of this host itself: a link-local address, which means nothing without its interface.
    return found.filter((address) => !address.includes('%'));
  }
  const asked = [
    records === 'AAAA' ? [] : await orNone(dns.resolve4(name)),
    records === 'A' ? [] : await orNone(dns.resolve6(name)),
  ];
  return asked.flat();
}

/** A name without records of one kind is an answer; anything else that fails is a failure. */
async function orNone(answer: Promise<string[]>): Promise<string[]> {
  try {
    return await answer;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code === 'string' && NO_DATA.test(code)) return [];
    throw error;
  }
}

function isFailure(result: PromiseSettledResult<unknown>): result is PromiseRejectedResult {
  return result.status === 'rejected';
}

function orderOf({ address, port }: ServerOptions): string {
  return `${String(address)} ${port}`;
}
