/**
 * Replays recordings of the rule language against any administrator and tells every difference.
 *
 * The rules are restored (and, where the recording says so, run one by one on a fresh administrator);
 * then each listing is compared at its moment: before the traffic, after it, 2 s and 10 s later, and
 * after `-Z`. Without somebody to play the traffic, only what comes before it is compared.
 */
import type { Administrator } from '../../src/ipvsadm/administrator.js';
import { saveRules } from '../../src/ipvsadm/save.js';
import type { Moment, RecordedAnswer, RuleRecording } from './ipvsadm-recording.js';
import { readJsonLines, soundly } from './json-lines.js';
import { type ReplayResult, Tally } from './tally.js';
import { type Answer, runArguments, runLine, runRestore } from './ipvsadm-run.js';

/** Whoever takes recorded traffic. */
export interface TrafficPlayer {
  /**
   * Takes one step of recorded traffic at its own time, `t`.
   *
   * @param step - The step: a line of the recording, parsed.
   */
  play(step: unknown): void;
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
  /**
   * Tells the services in the words of recorded commands; when missing, they are not compared.
   *
   * @returns One value for each service, in any order.
   */
  services?(): readonly unknown[];
}

/** What became of a replay. */
export interface RuleReplay extends ReplayResult {
  /** What was not compared for lack of traffic. */
  readonly skipped: readonly string[];
}

/**
 * Makes a fresh target.
 *
 * @param header - The first line of the traffic, parsed; `undefined` when there is none.
 * @param tally - Where it may count what the traffic did.
 * @returns A target without any service.
 */
export type CreateTarget = (header: unknown, tally: Tally) => ReplayTarget;

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
  private readonly tally = new Tally();

  constructor(recording: RuleRecording, createTarget: CreateTarget) {
    const { name, traffic = '' } = recording;
    const [header, ...steps] = readJsonLines(traffic, `${name}.traffic.jsonl`);
    this.recording = recording;
    const where = `${name}.traffic.jsonl: header`;
    this.fresh = () => soundly(where, () => createTarget(header, this.tally));
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
    const { checks, differences, first } = this.tally;
    return { checks, differences, first, skipped: this.skipped };
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
    for (const [index, step] of this.steps.slice(from, to).entries()) {
      const where = `${this.recording.name}.traffic.jsonl: line ${from + index + 2}`;
      soundly(where, () => player.play(step));
    }
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
    compareTexts(this.tally, what, expected, actual);
  }
}

/**
 * Replays commands that were recorded one after the other, with the text, status and services of each.
 *
 * @param recording - The JSON lines; the first is a header.
 * @param createTarget - Makes a fresh target.
 * @returns What became of it.
 */
export function replayCommands(recording: string, createTarget: CreateTarget): ReplayResult {
  const tally = new Tally();
  const [, ...steps] = readJsonLines(recording);
  const target = createTarget(undefined, tally);
  for (const [index, step] of (steps as readonly RecordedCommand[]).entries()) {
    const words = soundly(`line ${index + 2}`, () => splitShellWords(step.argv));
    const { exitStatus, output, errors } = runArguments(words, target.administrator);
    const services = target.services?.() ?? step.services;
    const expected = [step.rc, step.stdout, step.stderr, inOrder(step.services)];
    const got = [exitStatus, output, errors, inOrder(services)];
    const what = `step ${step.i}: ipvsadm ${step.argv}`;
    tally.compare(what, JSON.stringify(expected), JSON.stringify(got));
  }
  return tally;
}

/** Services as texts in an order of their own, since that of recordings means nothing. */
function inOrder(services: readonly unknown[]): string[] {
  return services.map((service) => JSON.stringify(service)).toSorted();
}

interface RecordedCommand {
  readonly i: number;
  readonly argv: string;
  readonly rc: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly services: readonly unknown[];
}

/** Compares two texts, and tells only the first line that differs. */
function compareTexts(tally: Tally, what: string, expected: string, actual: string): void {
  if (expected === actual) {
    tally.same();
    return;
  }
  const [wanted, got] = [expected.split('\n'), actual.split('\n')];
  const at = wanted.findIndex((line, index) => line !== got[index]);
  const line = at < 0 ? wanted.length : at;
  tally.different(`${what}, line ${line + 1}`, show(wanted[line]), show(got[line]));
}

function show(line: string | undefined): string {
  return line === undefined ? 'nothing more' : JSON.stringify(line);
}

/** Words as a shell splits them, as far as recordings need it: quotes of either kind keep blanks. */
function splitShellWords(line: string): string[] {
  const words = line.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
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
