/**
 * A director in the state that listings show: connections with their timers, counters, statistics.
 */
import { type OptionNames, requireKnownOptions } from '../errors.js';
import { FLAG_TEMPLATE } from '../connections/entries/flags.js';
import type { ConnectionState } from '../connections/snapshot.js';
import { Director } from '../director/director.js';
import type { DirectorOptions } from '../director/director-options.js';
import type { DirectorState } from '../director/director-state.js';
import { type StatisticsState, statisticsShowing } from '../statistics/statistics.js';
import { formatEndpoint } from '../endpoint.js';
import type { RealServer } from '../model/real-server.js';
import type { ServerState } from '../model/server-list-state.js';
import { createServiceKey, describeServiceKey } from '../services/service-key.js';
import type { Service, ServiceState } from '../services/service.js';
import { type ListedEntry, listedEntries } from './listed-entries.js';
import type { ListedNumbers, UnderstoodText } from './understood-text.js';

/** What listings say beyond rules. */
export type ListedState = Pick<UnderstoodText, 'numbers' | 'connections' | 'total'>;

/** How far a director follows listings. */
export interface ListedDirectorOptions {
  /**
   * Whether servers without listed connections count as many as the listing says. These are numbers alone, which no
   * timer ever lowers; default `false`.
   */
  readonly countsWithoutConnections?: boolean;
}

const FOLLOWING_OPTIONS: OptionNames<ListedDirectorOptions> = { countsWithoutConnections: true };

/**
 * Makes a director with the rules of another one, and the connections, counters and statistics of listings.
 *
 * @param director - The director with the rules; it has no connections yet.
 * @param listed - What the listings say.
 * @param options - How the new director is made; the same as those of the first one.
 * @param following - How far the listings are followed.
 * @returns The new director; the first one when the listings say nothing beyond rules.
 */
export function listedDirector(
  director: Director,
  listed: ListedState,
  options: DirectorOptions,
  following: ListedDirectorOptions = {},
): Director {
  requireKnownOptions('follow listings', following, FOLLOWING_OPTIONS);
  const { countsWithoutConnections = false } = following;
  const { numbers, connections, total } = listed;
  if (numbers.length + connections.length === 0 && total === undefined) return director;
  const state = director.toJSON();
  const entries = listedEntries(connections, director.services, director.timeouts, state.timeMs);
  const counts = countsOf(entries);
  const names = new Map(numbers.map((each) => [nameOf(each), each]));
  const useNumbers = countsWithoutConnections && connections.length === 0;
  const services = [...director.services].map((service, index) =>
    withCounts(state.configuration.services.services[index], service, (server) => {
      const own = names.get(`${service} ${server}`);
      return (useNumbers ? own && countsListed(own) : counts.get(server)) ?? NO_COUNTS;
    }),
  );
  const composed = compose(state, services, entries, listed);
  return Director.fromJSON(composed, options);
}

type Counts = Pick<ServerState, 'active' | 'total' | 'persistent'>;

const NO_COUNTS: Counts = { active: 0, total: 0, persistent: 0 };

function countsListed({ active = 0, inactive = 0, persistent = 0 }: ListedNumbers): Counts {
  return { active, total: active + inactive, persistent };
}

function countsOf(entries: readonly ListedEntry[]): Map<RealServer, Counts> {
  const counts = new Map<RealServer, { active: number; total: number; persistent: number }>();
  for (const { entry, server, active } of entries) {
    if (server === undefined) continue;
    const own = counts.get(server) ?? { ...NO_COUNTS };
    counts.set(server, own);
    if (isTemplateEntry(entry)) own.persistent++;
    else {
      own.total++;
      if (active) own.active++;
    }
  }
  return counts;
}

function isTemplateEntry({ flags }: ConnectionState): boolean {
  return (flags & FLAG_TEMPLATE) !== 0;
}

function withCounts(
  state: ServiceState,
  service: Service,
  countsFor: (server: RealServer) => Counts,
): ServiceState {
  const oldestFirst = [...service.servers].toReversed();
  const servers = state.servers.servers.map((server, index) => {
    const counts = countsFor(oldestFirst[index]);
    const overloaded = server.upperThreshold !== 0 && counts.total >= server.upperThreshold;
    return { ...server, ...counts, overloaded };
  });
  return { ...state, servers: { ...state.servers, servers } };
}

function compose(
  state: DirectorState,
  services: readonly ServiceState[],
  entries: readonly ListedEntry[],
  { numbers, total }: ListedState,
): DirectorState {
  const { configuration, connections } = state;
  const statistics: Record<string, StatisticsState> = { ...configuration.statistics.entries };
  for (const each of numbers) {
    const { totals, rates } = each;
    if (totals !== undefined || rates !== undefined) {
      statistics[nameOf(each)] = statisticsShowing(totals, rates);
    }
  }
  const whole =
    total === undefined
      ? configuration.statistics.total
      : statisticsShowing(total.totals, total.rates);
  return {
    ...state,
    configuration: {
      ...configuration,
      services: { ...configuration.services, services },
      statistics: { ...configuration.statistics, total: whole, entries: statistics },
    },
    connections: { ...connections, connections: entries.map(({ entry }) => entry) },
  };
}

/** How statistics name what they belong to. */
function nameOf({ service, server }: ListedNumbers): string {
  const name = describeServiceKey(createServiceKey(service));
  return server === undefined ? name : `${name} ${formatEndpoint(server.address, server.port)}`;
}
