/**
 * Replays recorded scenarios: what keepalived loaded, and how it changed while checks failed and came back.
 *
 * Every command and every log line is one check, in order and at its time; so is what scripts were called
 * with, in any order within an instant; and so is every listing of the table.
 *
 * What is not compared, and why: lines of the parent process, which reads the file for itself; checks that
 * come at random (`warmup` not 0) and all that follows them; what a killed program's parent says.
 */
import { readJsonLines, soundly } from '../json-lines.js';
import type { Replayer } from '../recording.js';
import { type ReplayResult, Tally } from '../tally.js';
import { type RecordedEvent, type RecordedScenario, ScenarioPlayer } from './scenario.js';

/** Times may differ by so many seconds: the recorded program acts a few ticks late. */
const TOLERANCE_SECONDS = 0.06;
/** Before any check. */
const FIRST_CHECK_SECONDS = 0.9;

/** Lines of the parent process, which has no part in the rules. */
const OF_THE_PARENT =
  /^\((?:Line)|^pid |^Registering|^There are|^ +'|Terminating|died: Exiting|^Reloading \.\.\./;

/** A command or a line, as text. */
interface Event {
  readonly t: number;
  readonly kind: 'cmd' | 'log' | 'notify';
  readonly text: string;
}

/** Replays scenarios. */
export const timelineReplayer: Replayer = {
  format: 'scenarios of keepalived (JSON Lines)',
  files: /\.jsonl(?:\.gz)?$/,
  recognizes: ({ header }) => {
    const { config, events } = (header ?? {}) as Partial<RecordedScenario>;
    return config !== undefined && Array.isArray(events);
  },
  replay: ({ text }) => replayScenarios(text),
};

/**
 * Replays scenarios.
 *
 * @param text - JSON Lines.
 * @returns What was the same and what was not.
 * @throws {InputError} When the recording is damaged.
 */
export function replayScenarios(text: string): ReplayResult {
  const tally = new Tally();
  for (const [index, line] of readJsonLines(text).entries()) {
    soundly(`line ${index + 1}`, () => replayScenario(line as RecordedScenario, tally));
  }
  return tally;
}

function replayScenario(scenario: RecordedScenario, tally: Tally): void {
  const player = new ScenarioPlayer(scenario);
  player.play();
  const until = player.isRandom ? FIRST_CHECK_SECONDS : Infinity;
  const within = ({ t }: { readonly t: number }): boolean => t < until;
  const expected = recordedEvents(scenario.events).filter(within);
  const got = player.events.filter(within).filter(({ text }) => !OF_THE_PARENT.test(text));
  compareInOrder(scenario.name, expected, got, tally);
  compareScripts(scenario.name, expected, got, tally);
  const listings = scenario.events.filter(({ rules }) => rules !== undefined);
  for (const [index, { t, rules }] of listings.entries()) {
    if (!within({ t })) continue;
    const table = player.tables[index]?.rules ?? [];
    tally.compare(`${scenario.name} table at ${t}`, (rules ?? []).join('\n'), table.join('\n'));
  }
}

/** What was recorded, without the parent's lines and what it says of a killed child. */
function recordedEvents(events: readonly RecordedEvent[]): Event[] {
  const list: Event[] = [];
  let killed = false;
  for (const { t, ...event } of events) {
    if (event.do !== undefined) killed = event.do === 'kill' || (killed && event.do !== 'start');
    if (event.cmd !== undefined) list.push({ t, kind: 'cmd', text: commandText(event) });
    else if (event.notify !== undefined) list.push({ t, kind: 'notify', text: event.notify });
    else if (event.log !== undefined && !killed && !OF_THE_PARENT.test(event.log)) {
      list.push({ t, kind: 'log', text: event.log });
    }
  }
  return list;
}

/** A command as the player writes it; the raw attributes of daemons are reduced to their role. */
function commandText(event: Omit<RecordedEvent, 't'>): string {
  const { cmd, daemon } = event as { cmd: string; daemon?: Record<string, string> };
  if (daemon === undefined) return JSON.stringify(event);
  return JSON.stringify({ cmd, role: daemon['1'] === '01000000' ? 'master' : 'backup' });
}

function compareInOrder(
  name: string,
  expected: readonly Event[],
  got: readonly Event[],
  tally: Tally,
): void {
  const wanted = expected.filter(({ kind }) => kind !== 'notify');
  const made = got.filter(({ kind }) => kind !== 'notify');
  for (let index = 0; index < Math.max(wanted.length, made.length); index += 1) {
    const [want, have] = [wanted[index], made[index]];
    const late = Math.abs((want?.t ?? 0) - (have?.t ?? 0)) > TOLERANCE_SECONDS;
    if (want?.text === have?.text && !late) tally.same();
    else tally.different(`${name} event ${index}`, show(want), show(have));
  }
}

function show(event: Event | undefined): string {
  return event === undefined ? 'nothing' : `${event.t.toFixed(2)} ${event.text}`;
}

/** Scripts that are called in the same instant may be called in any order. */
function compareScripts(
  name: string,
  expected: readonly Event[],
  got: readonly Event[],
  tally: Tally,
): void {
  const calls = (events: readonly Event[]): string => {
    const scripts = events.filter(({ kind }) => kind === 'notify');
    return scripts
      .map(({ t, text }) => `${t.toFixed(1)} ${text}`)
      .sort()
      .join('\n');
  };
  if (calls(expected) + calls(got) === '') return;
  tally.compare(`${name}: scripts`, calls(expected), calls(got));
}
