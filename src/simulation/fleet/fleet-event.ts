/**
 * What happens to a fleet, and when: events as values, and their text.
 */
import { requireInteger, requireNumber, requireOneOf, show } from '../../errors.js';
import { MAX_WEIGHT } from '../../model/thresholds.js';

/** A director fails, or comes back with an empty connection table. */
export interface FleetDirectorEvent {
  /** When, in seconds from the start. */
  readonly atSeconds: number;
  /** What happens. */
  readonly kind: 'fail-director' | 'restore-director';
  /** Which director, from 1. */
  readonly director: number;
}

/** A further director joins, with the next number. */
export interface FleetAddDirectorEvent {
  /** When, in seconds from the start. */
  readonly atSeconds: number;
  /** What happens. */
  readonly kind: 'add-director';
}

/**
 * A server fails and is taken out of every director, is drained (weight 0), or comes back with its weight.
 */
export interface FleetServerEvent {
  /** When, in seconds from the start. */
  readonly atSeconds: number;
  /** What happens. */
  readonly kind: 'fail-server' | 'drain' | 'restore-server';
  /** Which server, as `ADDRESS` or `ADDRESS:PORT`; of every service that has it. */
  readonly server: string;
}

/** A further server joins every service of its address family. */
export interface FleetAddServerEvent {
  /** When, in seconds from the start. */
  readonly atSeconds: number;
  /** What happens. */
  readonly kind: 'add-server';
  /** The server, as `ADDRESS` or `ADDRESS:PORT`; default the port of the service's first server. */
  readonly server: string;
  /** Its weight; default that of the service's first server. */
  readonly weight?: number;
}

/** All messages of synchronization are lost for some time. */
export interface FleetSyncLossEvent {
  /** When it begins, in seconds from the start. */
  readonly atSeconds: number;
  /** What happens. */
  readonly kind: 'sync-loss';
  /** How long, in seconds, above 0. */
  readonly seconds: number;
}

/** Something that happens to a fleet. */
export type FleetEvent =
  | FleetDirectorEvent
  | FleetAddDirectorEvent
  | FleetServerEvent
  | FleetAddServerEvent
  | FleetSyncLossEvent;

/** What kind of event it is. */
export type FleetEventKind = FleetEvent['kind'];

/** Every kind of event, with the words that follow it in its text. */
export const FLEET_EVENTS: Readonly<Record<FleetEventKind, string>> = {
  'fail-director': 'N',
  'restore-director': 'N',
  'add-director': '',
  'fail-server': 'ADDRESS[:PORT]',
  drain: 'ADDRESS[:PORT]',
  'restore-server': 'ADDRESS[:PORT]',
  'add-server': 'ADDRESS[:PORT] [WEIGHT]',
  'sync-loss': 'SECONDS',
};

/** The longest time of an event, in seconds: a day. */
export const LAST_SECOND = 86_400;
/** The most directors there may ever be. */
export const MOST_DIRECTORS = 256;

/**
 * Reads an event.
 *
 * @param atSeconds - When, in seconds from the start, 0–86400.
 * @param text - What happens, for example `fail-director 2`.
 * @returns The event.
 * @throws {TypeError} When a value has the wrong type.
 * @throws {RangeError} When the event is unknown, or a word is missing, one too many, or out of range.
 * @example
 * {@includeCode ../../../docs/examples/simulate-fleet.ts}
 */
export function parseFleetEvent(atSeconds: number, text: string): FleetEvent {
  const [word, ...operands] = text.trim().split(/\s+/);
  const kind = requireOneOf('event', word, Object.keys(FLEET_EVENTS) as FleetEventKind[]);
  const usage = `${kind} ${FLEET_EVENTS[kind]}`.trim();
  const most = FLEET_EVENTS[kind] === '' ? 0 : kind === 'add-server' ? 2 : 1;
  const least = Math.min(most, 1);
  if (operands.length < least || operands.length > most) {
    throw new RangeError(`Cannot read an event: expected '${usage}', got ${show(text)}`);
  }
  return requireFleetEvent({ atSeconds, ...fieldsOf(kind, operands) } as FleetEvent);
}

/**
 * Writes an event as {@link parseFleetEvent} reads it.
 *
 * @param event - The event.
 * @returns For example `fail-director 2`.
 */
export function describeFleetEvent(event: FleetEvent): string {
  switch (event.kind) {
    case 'add-director':
      return event.kind;
    case 'fail-director':
    case 'restore-director':
      return `${event.kind} ${event.director}`;
    case 'sync-loss':
      return `${event.kind} ${event.seconds}`;
    case 'add-server':
      return `${event.kind} ${event.server}${event.weight === undefined ? '' : ` ${event.weight}`}`;
    default:
      return `${event.kind} ${event.server}`;
  }
}

/**
 * Checks the values of an event, as far as they do not depend on a fleet.
 *
 * @param event - The event.
 * @returns The event itself.
 * @throws {TypeError} When a value has the wrong type.
 * @throws {RangeError} When a value is out of range.
 */
export function requireFleetEvent(event: FleetEvent): FleetEvent {
  requireNumber('time of an event', event.atSeconds, 0, LAST_SECOND);
  requireOneOf('event', event.kind, Object.keys(FLEET_EVENTS) as FleetEventKind[]);
  if ('director' in event) requireInteger('director', event.director, 1, MOST_DIRECTORS);
  if ('weight' in event) requireInteger('weight', event.weight, 0, MAX_WEIGHT);
  if ('seconds' in event) requireNumber('seconds of sync loss', event.seconds, 0.001, LAST_SECOND);
  return event;
}

function fieldsOf(kind: FleetEventKind, operands: readonly string[]): object {
  const [first, second] = operands;
  if (kind === 'add-director') return { kind };
  if (kind === 'fail-director' || kind === 'restore-director') {
    return { kind, director: numberOf(first) };
  }
  if (kind === 'sync-loss') return { kind, seconds: numberOf(first) };
  return { kind, server: first, ...(second !== undefined && { weight: numberOf(second) }) };
}

/** A number, or the text itself, which is then refused by its type's check. */
function numberOf(text: string | undefined): number {
  return text !== undefined && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}
