/**
 * Replays recordings of the rule language against any administrator and tells every difference.
 *
 * The rules are restored (and, where the recording says so, run one by one on a fresh administrator);
 * then each listing is compared at its moment: before the traffic, after it, 2 s and 10 s later, and
 * after `-Z`. Without somebody to play the traffic, only what comes before it is compared.
 */
import type { Administrator } from '../../ipvsadm/administrator.js';
import { saveRules } from '../../ipvsadm/save.js';
import type { Moment, RecordedAnswer, RuleRecording } from './ipvsadm-recording.js';
import { type Answer, runArguments, runLine, runRestore } from './ipvsadm-run.js';

/** Whoever takes recorded traffic. */
export interface TrafficPlayer {
  /**
   * Takes one step of recorded traffic at its own time, `t`.
   *
   * @param step - The step: a line of the recording, parsed.
   * @returns What differs; nothing when all is as recorded.
   */
  play(step: unknown): readonly Difference[];
  /**
   * Moves the clock forward to the moment of a listing.
   *
   * @param timeMs - The moment, on the same scale as the steps' `t`.
   */
  advanceTo(timeMs: number): void;
}

/** Whom a recording is replayed against. */
export interface ReplayTarget {
  /** Does the commands. */
  readonly administrator: Administrator;
  /** Takes the traffic; when missing, listings that come after traffic are skipped. */
  readonly player?: TrafficPlayer;
}

/** Something that is not as it was recorded. */
export interface Difference {
  /** What was compared. */
  readonly what: string;
  /** What was recorded. */
  readonly expected: string;
  /** What came out. */
  readonly actual: string;
}

/** What became of a replay. */
export interface RuleReplay {
  /** The recording's name. */
  readonly name: string;
  /** How many answers were compared. */
  readonly compared: number;
  /** What was not compared for lack of traffic. */
  readonly skipped: readonly string[];
  /** What differs. */
  readonly differences: readonly Difference[];
}

/**
 * Makes a fresh target.
 *
 * @param header - The first line of the traffic, parsed; `undefined` when there is none.
 * @returns A target without any service.
 */
export type CreateTarget = (header: unknown) => ReplayTarget;

/**
 * Replays the recording of one file of rules.
 *
 * @param recording - The recording.
 * @param createTarget - Makes a fresh target each time.
 * @returns What became of it.
 */
export function replayRules(recording: RuleRecording, createTarget: CreateTarget): RuleReplay {
  return new RuleReplayer(recording, createTarget).run();
}

interface Step {
  readonly t: number;
  readonly op: string;
  readonly seconds?: number;
}

class RuleReplayer {
  private readonly recording: RuleRecording;
  private readonly fresh: () => ReplayTarget;
  private readonly steps: readonly Step[];
  private readonly skipped: string[] = [];
  private readonly differences: Difference[] = [];
  private compared = 0;

  constructor(recording: RuleRecording, createTarget: CreateTarget) {
    const [header, ...steps] = jsonLines(recording.traffic ?? '');
    this.recording = recording;
    this.fresh = () => createTarget(header);
    this.steps = steps as readonly Step[];
  }

  run(): RuleReplay {
    const target = this.prepare();
    this.compareAt('idle', target);
    const later: readonly Moment[] = ['busy', 'busy+2s', 'busy+10s'];
    // Each moment but the last one ends with a step that lets time pass.
    let from = 0;
    for (const moment of later) {
      const to = moment === 'busy+10s' ? this.steps.length : this.nextAdvance(from);
      this.playSteps(target, from, to);
      this.compareAt(moment, target);
      from = to;
    }
    if (target.player !== undefined) runArguments(['-Z'], target.administrator);
    this.compareAt('zeroed', target);
    this.saveAndRestore(target);
    const { name } = this.recording;
    const { compared, skipped, differences } = this;
    return { name, compared, skipped, differences };
  }

  private prepare(): ReplayTarget {
    const { rules, restored, oneByOne } = this.recording;
    const target = this.fresh();
    const { exitStatus, errors } = runRestore(rules, target.administrator);
    if (restored !== undefined) this.compare('restore', restored, `rc=${exitStatus}\n${errors}`);
    if (oneByOne === undefined) return target;
    const second = this.fresh();
    let answers = '';
    for (const line of rules.split('\n').filter((each) => each.trim() !== '')) {
      const answer = runLine(line, second.administrator);
      answers += `$ ipvsadm ${line}\nrc=${answer.exitStatus}\n${answer.output}${answer.errors}`;
    }
    this.compare('one by one', oneByOne, answers);
    return second;
  }

  private nextAdvance(from: number): number {
    const at = this.steps.findIndex((step, index) => index > from && step.op === 'advance');
    return at < 0 ? this.steps.length : at;
  }

  private playSteps({ player }: ReplayTarget, from: number, to: number): void {
    if (player === undefined) return;
    for (const step of this.steps.slice(from, to)) this.differences.push(...player.play(step));
    const next = this.steps[to];
    const last = this.steps[to - 1];
    if (next !== undefined) player.advanceTo(next.t);
    else if (last !== undefined) player.advanceTo(last.t + (last.seconds ?? 0) * 1000);
  }

  private compareAt(moment: Moment, target: ReplayTarget): void {
    for (const recorded of this.recording.answers) {
      if (recorded.moment !== moment) continue;
      const what = `${moment}: ipvsadm ${recorded.words.join(' ')}`;
      if (moment !== 'idle' && target.player === undefined) this.skipped.push(what);
      else this.compareAnswer(what, recorded, runArguments(recorded.words, target.administrator));
    }
  }

  private compareAnswer(what: string, recorded: RecordedAnswer, answer: Answer): void {
    const settle = settlerFor(recorded.words);
    const text = (each: Answer): string =>
      `rc=${each.exitStatus}\n${each.errors}${settle(each.output)}`;
    this.compare(what, text(recorded), text(answer));
  }

  private saveAndRestore(target: ReplayTarget): void {
    const expected = this.recording.savedAndRestored;
    if (expected === undefined) return;
    const saved = saveRules(target.administrator.services, { exactSave: true });
    const second = this.fresh();
    const { exitStatus, errors } = runRestore(saved, second.administrator);
    const again = saveRules(second.administrator.services, { exactSave: true });
    const verdict = again === saved ? 'identical\n' : `DIFFERENT:\n${again}\n`;
    this.compare('save', expected, `restore rc=${exitStatus} ${errors}\nsaved again ${verdict}`);
  }

  private compare(what: string, expected: string, actual: string): void {
    this.compared++;
    if (expected !== actual) this.differences.push({ what, expected, actual });
  }
}

/**
 * Replays commands that were recorded one after the other, with the text, status and services of each.
 *
 * @param recording - The JSON lines; the first is a header.
 * @param createTarget - Makes a fresh target.
 * @param describe - Renders the services as the recording does; when missing, they are not compared.
 * @returns What became of it.
 */
export function replayCommands(
  recording: string,
  createTarget: CreateTarget,
  describe?: (administrator: Administrator) => unknown,
): RuleReplay {
  const [header, ...steps] = jsonLines(recording);
  const { administrator } = createTarget(header);
  const differences: Difference[] = [];
  for (const step of steps as readonly RecordedCommand[]) {
    const answer = runArguments(splitShellWords(step.argv), administrator);
    const expected = { exitStatus: step.rc, output: step.stdout, errors: step.stderr };
    const before = describe === undefined ? expected : { ...expected, services: step.services };
    const after =
      describe === undefined ? answer : { ...answer, services: describe(administrator) };
    const [wanted, actual] = [before, after].map((each) => JSON.stringify(each));
    if (wanted === actual) continue;
    const what = `${step.i}: ipvsadm ${step.argv}`;
    differences.push({ what, expected: wanted as string, actual: actual as string });
  }
  const { name = 'commands' } = header as { name?: string };
  return { name, compared: steps.length, skipped: [], differences };
}

interface RecordedCommand {
  readonly i: number;
  readonly argv: string;
  readonly rc: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly services: unknown;
}

/** Words as a shell splits them, as far as recordings need it: double quotes keep blanks. */
function splitShellWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
}

function jsonLines(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}

/** Takes out of a listing what depends on the hashes of the machine that made it. */
function settlerFor(words: readonly string[]): (output: string) => string {
  if (/^-[LlSn]*c/.test(words[0] ?? '') || words.includes('-c')) return sortedLines;
  return words.includes('--nosort') ? sortedServices : (output) => output;
}

function sortedLines(output: string): string {
  return output.split('\n').toSorted().join('\n');
}

/** Sorts services, each with its servers, among those with an address and among those with a mark. */
function sortedServices(output: string): string {
  const [head, ...blocks] = output.split(/^(?=[A-Z]{3,4} )/m);
  const marked = blocks.filter((block) => block.startsWith('FWM'));
  const others = blocks.slice(0, blocks.length - marked.length);
  return [head, ...others.toSorted(), ...marked.toSorted()].join('');
}
