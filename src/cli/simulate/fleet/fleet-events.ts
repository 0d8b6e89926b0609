/**
 * `--at SECONDS EVENT`, as often as wanted: the words of a command line that say what happens to a fleet.
 */
import {
  FLEET_EVENTS,
  type FleetEvent,
  type FleetEventKind,
  parseFleetEvent,
} from '../../../simulation/fleet/fleet-event.js';
import { UsageError } from '../../command.js';

/** The words of a command line, apart. */
export interface FleetWords {
  /** What happens, in the order of the words. */
  readonly events: readonly FleetEvent[];
  /** All other words. */
  readonly rest: readonly string[];
}

const OPTION = '--at';

/**
 * Takes the events out of a command line.
 *
 * @param argv - The words after the command's name.
 * @returns The events, and the other words.
 * @throws {UsageError} When an event is unknown, lacks a word, or has a value out of range.
 */
export function takeFleetEvents(argv: readonly string[]): FleetWords {
  const events: FleetEvent[] = [];
  const rest: string[] = [];
  const words = argv.flatMap((word) =>
    word.startsWith(`${OPTION}=`) ? [OPTION, word.slice(5)] : word,
  );
  for (let at = 0; at < words.length; at++) {
    if (words[at] !== OPTION) {
      rest.push(words[at]);
      continue;
    }
    const own = wordsOfEvent(words, at + 1);
    events.push(readEvent(own.join(' ')));
    at += own.length;
  }
  return { events, rest };
}

/** The words of one event: as many as its kind takes; a quoted one is a single word. */
function wordsOfEvent(words: readonly string[], from: number): readonly string[] {
  const seconds = words[from] ?? '';
  if (seconds.includes(' ')) return [seconds];
  const kind = words[from + 1] ?? '';
  if (kind.includes(' ') || !Object.hasOwn(FLEET_EVENTS, kind)) return words.slice(from, from + 2);
  const operands = FLEET_EVENTS[kind as FleetEventKind];
  const most = operands === '' ? 0 : operands.split(' ').length;
  const isLong = most === 2 && /^\d+$/.test(words[from + 3] ?? '');
  return words.slice(from, from + 2 + (isLong ? 2 : Math.min(most, 1)));
}

function readEvent(text: string): FleetEvent {
  const [, seconds, event] = /^(\S*)\s*(.*)$/.exec(text) as unknown as [string, string, string];
  if (!/^\d+(?:\.\d+)?$/.test(seconds) || event === '') {
    const got = text === '' ? 'nothing' : `'${text}'`;
    throw new UsageError(
      `${OPTION}: expected SECONDS EVENT, such as '60 fail-director 2', got ${got}`,
    );
  }
  try {
    return parseFleetEvent(Number(seconds), event);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`${OPTION}: ${error.message}`);
    throw error;
  }
}
