/**
 * What became of a fleet: figures for every event and service, and a sample for every second.
 */
import type { FleetEvent } from './fleet-event.js';
import type { FleetLoad } from './fleet-servers.js';

/** Clients that came back with a new connection. */
export interface FleetClients {
  /** How many came back. */
  readonly returned: number;
  /** How many of them got another server than the last time. */
  readonly moved: number;
}

/** What one event did to one service. */
export interface FleetEffect {
  /** How many connections were in use. */
  readonly open: number;
  /** How many of them the router sends to another director now. */
  readonly moved: number;
  /** How many of these the other director did not know: without `sloppy_tcp` all of them break. */
  readonly unknown: number;
  /** How many of these broke: they got another server, which resets them, or none. */
  readonly broken: number;
  /** How many were on a server that failed, and broke with it. */
  readonly lost: number;
  /** Clients that came back after the event and before the next one. */
  readonly clients: FleetClients;
  /** New connections that got no server after the event and before the next one. */
  readonly refused: number;
  /** The load just before. */
  readonly loadBefore: FleetLoad;
  /** The load just after, when all that broke are open again. */
  readonly loadAfter: FleetLoad;
  /**
   * After how many seconds the load was as even as in the 10 s before, to within 5 %; `undefined` when it was not
   * before the next event or the end.
   */
  readonly balancedAfterSeconds: number | undefined;
}

/** What became of one service. */
export interface FleetServiceResult {
  /** The service, such as `TCP 192.0.2.1:80`. */
  readonly service: string;
  /** Its scheduler. */
  readonly scheduler: string;
  /** How many connections began, those that broke and were opened again not included. */
  readonly connections: number;
  /** How many connections got no server, opened again or not. */
  readonly refused: number;
  /** Clients that came back before the first event: how often they get another server when nothing happens. */
  readonly clientsBefore: FleetClients;
  /** What each event did, in their order. */
  readonly effects: readonly FleetEffect[];
}

/** The fleet at one moment. */
export interface FleetSample {
  /** When, in seconds from the start. */
  readonly seconds: number;
  /** Connections in use by director, from the first. */
  readonly open: readonly number[];
  /** How many connections broke since the sample before. */
  readonly broken: number;
  /** The greatest load for each unit of weight, divided by the mean; of the worst service; 0 without a connection. */
  readonly imbalance: number;
}

/** What became of a fleet. */
export interface FleetResult {
  /** How many directors there were at the beginning. */
  readonly directors: number;
  /** What happened. */
  readonly events: readonly FleetEvent[];
  /** What became of each service. */
  readonly services: readonly FleetServiceResult[];
  /** A sample for every second. */
  readonly samples: readonly FleetSample[];
}
