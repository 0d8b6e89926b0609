/**
 * What a command line asks of a fleet.
 */
import { type EcmpHash, ECMP_HASHES } from '../../../simulation/fleet/ecmp-hash.js';
import { type EcmpTableKind, ECMP_TABLES } from '../../../simulation/fleet/ecmp-table.js';
import { FLEET_EVENTS, type FleetEvent } from '../../../simulation/fleet/fleet-event.js';
import { type OptionTable, UsageError } from '../../command.js';
import { type Arguments, choiceOption, integerOption, textOption } from '../../options.js';

/** A fleet as the command line asks for it. */
export interface FleetRequest {
  /** How many directors there are. */
  readonly directors: number;
  /** What happens. */
  readonly events: readonly FleetEvent[];
  /** What the router hashes. */
  readonly hash: EcmpHash;
  /** How it chooses by that. */
  readonly table: EcmpTableKind;
  /** How many buckets a resilient table has. */
  readonly buckets: number;
  /** Whether the directors synchronize. */
  readonly sync: boolean;
  /** The time between two packets of a client, in seconds. */
  readonly packetSeconds: number;
  /** For how long connections begin, in seconds. */
  readonly seconds: number;
  /** Tunables of every director. */
  readonly tunables: readonly (readonly [name: string, value: string])[];
  /** Where the picture goes. */
  readonly svg: string | undefined;
}

const DEFAULT_BUCKETS = 256;
/** How long a load is at least, and how long it goes on after the last event, in seconds. */
const SHORTEST_LOAD = 180;
const AFTER_LAST_EVENT = 120;
const LONGEST_LOAD = 86_400;

const eventList = Object.entries(FLEET_EVENTS)
  .map(([kind, operands]) => `${kind} ${operands}`.trim())
  .join(', ');

/** The options of a fleet; all but the first need that one. */
export const FLEET_OPTIONS: OptionTable = {
  directors: { value: 'N', help: 'a fleet of N directors behind a router, 1–256' },
  at: { value: 'SECONDS EVENT', help: `of a fleet, as often as wanted: ${eventList}` },
  ecmp: { value: 'FIELDS', help: `what the router hashes: ${ECMP_HASHES.join(' or ')}` },
  'ecmp-table': {
    value: 'KIND',
    help: `how it chooses a director by that: ${ECMP_TABLES.join(', ')}; default modulo`,
  },
  'ecmp-buckets': { value: 'N', help: `of a resilient table; default ${DEFAULT_BUCKETS}` },
  sync: {
    value: 'WHEN',
    help: 'synchronize directors: off, on, or on with this sync_period; default off',
  },
  'sync-loss': {
    value: 'SECONDS',
    help: 'lose all messages for so long before the directors first change',
  },
  sysctl: {
    value: 'NAME=VALUE[,…]',
    help: 'tunables of all directors; of a fleet, sloppy_tcp and sloppy_sctp are 1 unless set',
  },
  'packet-interval': {
    value: 'SECONDS',
    help: 'time between two packets of a client; default 1; matters with --sync only',
  },
  seconds: {
    value: 'N',
    help: `for how long connections begin; default ${AFTER_LAST_EVENT} after the last event, at least ${SHORTEST_LOAD}`,
  },
  svg: { value: 'FILE', help: 'write a time line of the fleet as a picture' },
};

/**
 * Reads what a command line asks of a fleet.
 *
 * @param args - The options.
 * @param events - What happens.
 * @returns The request; `undefined` when it asks for a single director.
 * @throws {UsageError} When a value makes no sense, or an option of a fleet comes without one.
 */
export function readFleetRequest(
  args: Arguments,
  events: readonly FleetEvent[],
): FleetRequest | undefined {
  if (args.values['directors'] === undefined) {
    const given = Object.keys(FLEET_OPTIONS).find((name) => args.values[name] !== undefined);
    const lonely = events.length > 0 ? 'at' : given;
    if (lonely === undefined) return undefined;
    throw new UsageError(`--${lonely}: expected with --directors, for a fleet`);
  }
  const sync = textOption(args, 'sync') ?? 'off';
  const all = withLoss(events, numberOption(args, 'sync-loss', 0));
  if (sync === 'off' && all.some(({ kind }) => kind === 'sync-loss')) {
    throw new UsageError('sync-loss: expected with --sync on, there are no messages to lose');
  }
  const last = all.at(-1)?.atSeconds ?? 0;
  const usual = Math.max(SHORTEST_LOAD, Math.ceil(last) + AFTER_LAST_EVENT);
  return {
    directors: integerOption(args, 'directors', 1, 1, 256),
    events: all,
    hash: choiceOption(args, 'ecmp', ECMP_HASHES) ?? '5-tuple',
    table: choiceOption(args, 'ecmp-table', ECMP_TABLES) ?? 'modulo',
    buckets: integerOption(args, 'ecmp-buckets', DEFAULT_BUCKETS, 1, 65_536),
    sync: sync !== 'off',
    packetSeconds: numberOption(args, 'packet-interval', 1),
    seconds: integerOption(args, 'seconds', usual, 1, LONGEST_LOAD),
    tunables: [...syncTunables(sync), ...tunablesOf(textOption(args, 'sysctl') ?? '')],
    svg: textOption(args, 'svg'),
  };
}

function syncTunables(sync: string): (readonly [string, string])[] {
  if (sync === 'off' || sync === 'on') return [];
  if (/^\d+$/.test(sync)) return [['sync_period', sync]];
  throw new UsageError(`--sync: expected off, on, or a period in packets, got '${sync}'`);
}

function tunablesOf(text: string): (readonly [string, string])[] {
  if (text === '') return [];
  return text.split(',').map((each) => {
    const [, name, value] = /^([\w.]+)=(.+)$/.exec(each) ?? [];
    if (name !== undefined && value !== undefined) return [name, value];
    throw new UsageError(`--sysctl: expected NAME=VALUE, got '${each}'`);
  });
}

/** Adds the loss of messages before the first change of a director. */
function withLoss(events: readonly FleetEvent[], seconds: number): readonly FleetEvent[] {
  if (seconds === 0) return events;
  const first = events.find(({ kind }) => kind.endsWith('-director'));
  if (first === undefined) {
    throw new UsageError(
      '--sync-loss: expected with an event of a director, such as fail-director',
    );
  }
  const atSeconds = Math.max(0, first.atSeconds - seconds);
  const loss: FleetEvent = { atSeconds, kind: 'sync-loss', seconds: first.atSeconds - atSeconds };
  const earlier = events.filter((event) => event.atSeconds < atSeconds);
  return [...earlier, loss, ...events.slice(earlier.length)];
}

function numberOption(args: Arguments, name: string, fallback: number): number {
  const text = textOption(args, name);
  if (text === undefined) return fallback;
  if (/^\d+(?:\.\d+)?$/.test(text) && Number(text) > 0) return Number(text);
  throw new UsageError(`--${name}: expected a number of seconds above 0, got '${text}'`);
}
