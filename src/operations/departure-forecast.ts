/**
 * What becomes of the connections of a server that is drained or dies, by their timers.
 */
import type { ManualClock } from '../clock.js';
import { FLAG_TEMPLATE } from '../connections/entries/flags.js';
import type { Director } from '../director/director.js';
import { IpAddress } from '../ip-address.js';
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';

/** A server of a service, and what it holds. */
export interface Departure {
  /** The service. */
  readonly service: Service;
  /** The server. */
  readonly server: RealServer;
  /** Active connections: they break when the server dies. */
  readonly active: number;
  /** Connections that are being closed, or have no states: UDP. */
  readonly inactive: number;
  /** Persistence templates: their clients come back to this server. */
  readonly templates: number;
  /** The addresses of the clients with active connections. */
  readonly clients: readonly string[];
  /** After how many seconds half of the connections are gone, when no packet comes. */
  readonly halfGoneSeconds: number;
  /** After how many seconds the last connection is gone, when no packet comes. */
  readonly connectionsGoneSeconds: number;
  /** After how many seconds the last template is gone, too. */
  readonly emptySeconds: number;
}

/** Timers of templates are looked at as often as this. */
const STEP_MS = 1000;
/** Longer than any timer runs. */
const LONGEST_STEPS = 32 * 86_400;

/**
 * Finds the servers of an address.
 *
 * @param director - The director.
 * @param wanted - `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`.
 * @returns The services and their servers.
 */
export function serversNamed(
  { services }: Director,
  wanted: string,
): { readonly service: Service; readonly server: RealServer }[] {
  const host = IpAddress.tryParse(wanted);
  return [...services].flatMap((service) =>
    [...service.servers]
      .filter((server) =>
        host === undefined ? server.toString() === wanted : server.address.equals(host),
      )
      .map((server) => ({ service, server })),
  );
}

/**
 * Forecasts what becomes of a server's connections. The director's time moves on until the servers are empty, so it is
 * one that is made for this.
 *
 * @param director - The director.
 * @param clock - Its clock.
 * @param wanted - The server: `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`.
 * @returns One forecast for each service that has it.
 */
export function forecastDeparture(
  director: Director,
  clock: ManualClock,
  wanted: string,
): Departure[] {
  const found = serversNamed(director, wanted);
  const holdings = found.map(({ service, server }) => {
    return { service, server, ...holdingOf(director, server) };
  });
  const emptied = emptyingSeconds(
    director,
    clock,
    found.map(({ server }) => server),
  );
  return holdings.map(({ lifetimes, ...rest }, index) => ({
    ...rest,
    halfGoneSeconds: lifetimes[Math.ceil(lifetimes.length / 2) - 1] ?? 0,
    connectionsGoneSeconds: lifetimes.at(-1) ?? 0,
    emptySeconds: emptied[index] ?? 0,
  }));
}

type Holding = Pick<Departure, 'active' | 'inactive' | 'templates' | 'clients'> & {
  /** The seconds left of each connection, shortest first. */
  readonly lifetimes: readonly number[];
};

function holdingOf(director: Director, server: RealServer): Holding {
  const { table } = director;
  const now = director.advance();
  const lifetimes: number[] = [];
  const clients = new Set<string>();
  const { active, inactive, persistent: templates } = server;
  for (let slot = table.next(-1); slot >= 0; slot = table.next(slot)) {
    if (table.server(slot) !== server || (table.flags(slot) & FLAG_TEMPLATE) !== 0) continue;
    lifetimes.push(Math.ceil((table.expiryMs(slot) - now) / 1000));
    clients.add(table.endpoints(slot).clientAddress.toString());
  }
  lifetimes.sort((a, b) => a - b);
  return { active, inactive, templates, clients: [...clients], lifetimes };
}

/** Lets time pass until nothing counts on the servers any more, from one timer to the next. */
function emptyingSeconds(
  director: Director,
  clock: ManualClock,
  servers: readonly RealServer[],
): number[] {
  const startMs = clock.now();
  const seconds = servers.map(() => 0);
  for (let step = 0; step < LONGEST_STEPS; step++) {
    const waiting = servers.filter((server) => server.total + server.persistent > 0);
    for (const [index, server] of servers.entries()) {
      if (waiting.includes(server)) seconds[index] = (clock.now() - startMs) / 1000;
    }
    if (waiting.length === 0) break;
    // A template whose time is up while it has connections runs on, which only its timer shows.
    const due = director.table.nextDueMs();
    clock.set(Math.max(clock.now() + STEP_MS, Number.isFinite(due) ? due : 0));
    director.advance();
  }
  return seconds.map(Math.ceil);
}
