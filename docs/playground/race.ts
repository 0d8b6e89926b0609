/**
 * One or two schedulers under the same load, with the same changes at the same moments.
 */
import { parseCommand } from 'ipvs/ipvsadm';
import { History } from './history.js';
import { Lane } from './lane.js';
import { parseOutage } from './outage.js';
import { type Change, type Measure, NO_SCHEDULER, type Scenario } from './scenario.js';
import { createTimeline, type Timeline } from './timeline.js';
import { type Visitor, visitorOf } from './visitor.js';

/** A change of the plan, and what became of it. */
export interface PlannedChange extends Change {
  /** Whether its time has come. */
  readonly done: boolean;
  /** Why it could not be done; empty when nothing is wrong. */
  readonly problem: string;
}

/** A run of a scenario. */
export class Race {
  /** One lane for each scheduler: one or two. */
  readonly lanes: readonly [Lane, ...Lane[]];
  /** The course of each lane. */
  readonly histories: readonly History[];
  /** When the last connection begins, in milliseconds. */
  readonly endMs: number;
  /** The present moment, in milliseconds. */
  nowMs = 0;
  /** What the curves show; changes nothing else. */
  measure: Measure;
  private readonly timeline: Timeline;
  private readonly scenario: Scenario;
  private readonly problems = new Map<Change, string>();
  private plan: readonly Change[];
  private next = 0;
  private lastConnection = 0;
  private nextChange = 0;

  /**
   * @param scenario - What to run, and how far.
   * @throws {IpvsError} When rules or schedulers are wrong.
   */
  constructor(scenario: Scenario) {
    const { rules, schedulers, seed, changes, atMs } = scenario;
    this.scenario = scenario;
    this.measure = scenario.measure;
    const others = schedulers.slice(1).filter((name) => name !== NO_SCHEDULER);
    this.lanes = [
      new Lane(rules, schedulers[0], seed),
      ...others.map((name) => new Lane(rules, name, seed)),
    ];
    this.timeline = createTimeline(this.lanes[0].service, scenario);
    this.endMs = this.timeline.endMs;
    this.histories = this.lanes.map(() => new History(this.endMs));
    this.record();
    this.plan = changes.toSorted((a, b) => a.atMs - b.atMs);
    this.advanceTo(atMs);
  }

  /** Whether all connections have begun. */
  get isOver(): boolean {
    return this.nowMs >= this.endMs;
  }

  /** What changes on the way, with what became of it. */
  get changes(): readonly PlannedChange[] {
    return this.plan.map((change, index) => ({
      ...change,
      done: index < this.nextChange,
      problem: this.problems.get(change) ?? '',
    }));
  }

  /**
   * A client that comes now, beside the load.
   *
   * @param returning - Whether it is the one whose connection began last; else one that was never here.
   * @returns Its endpoints.
   */
  visitor(returning: boolean): Visitor {
    return visitorOf(this.timeline.workload.flow(this.lastConnection), returning);
  }

  /** The scenario as it is at this moment. */
  get present(): Scenario {
    return { ...this.scenario, measure: this.measure, atMs: this.nowMs, changes: this.plan };
  }

  /**
   * Lets time pass, and the planned changes happen.
   *
   * @param timeMs - Until when, in milliseconds; not beyond the end.
   */
  advanceTo(timeMs: number): void {
    const until = Math.max(this.nowMs, Math.min(Math.round(timeMs), this.endMs));
    let change = this.plan[this.nextChange];
    while (change !== undefined && change.atMs <= until) {
      this.playTo(Math.max(this.nowMs, change.atMs));
      this.nextChange += 1;
      this.tryChange(change);
      change = this.plan[this.nextChange];
    }
    this.playTo(until);
  }

  /**
   * Does a command now, for both schedulers.
   *
   * @param line - The command.
   * @returns What it writes, scheduler by scheduler.
   * @throws {IpvsadmError} When it is wrong; nothing is changed then.
   */
  run(line: string): string {
    const output = this.execute(line);
    if (!isQuestion(line)) {
      this.insert({ atMs: this.nowMs, command: line });
      this.nextChange += 1;
    }
    return output;
  }

  /**
   * Has a command done when its time comes.
   *
   * @param atMs - When, in milliseconds; the past means now.
   * @param line - The command.
   * @returns What it writes, if that is now.
   * @throws {IpvsadmError} When its words are wrong.
   */
  schedule(atMs: number, line: string): string {
    const dueMs = Math.min(Math.round(atMs), this.endMs);
    if (dueMs <= this.nowMs || isQuestion(line)) return this.run(line);
    this.insert({ atMs: dueMs, command: line });
    return '';
  }

  /** Puts a change behind those of its time. */
  private insert(change: Change): void {
    const place = this.plan.findIndex(({ atMs }) => atMs > change.atMs);
    this.plan = this.plan.toSpliced(place === -1 ? this.plan.length : place, 0, change);
  }

  /** Plays, with a stop at each moment of which the histories keep a sample. */
  private playTo(timeMs: number): void {
    const { stepMs } = this.histories[0];
    let sampleMs = (Math.floor(this.nowMs / stepMs) + 1) * stepMs;
    for (; sampleMs <= timeMs; sampleMs += stepMs) {
      this.playWithoutSample(sampleMs);
      this.record();
    }
    this.playWithoutSample(timeMs);
  }

  private playWithoutSample(timeMs: number): void {
    const { timeline, lanes } = this;
    for (; (timeline.timesMs[this.next] ?? Infinity) <= timeMs; this.next++) {
      for (const lane of lanes) lane.take(timeline, this.next);
      this.lastConnection = Math.max(this.lastConnection, (timeline.events[this.next] ?? 0) >>> 1);
    }
    for (const lane of lanes) lane.advance(timeMs);
    this.nowMs = timeMs;
  }

  private record(): void {
    for (const [index, lane] of this.lanes.entries()) {
      this.histories[index]?.record(this.nowMs, lane.tallies);
    }
  }

  private tryChange(change: Change): void {
    try {
      this.execute(change.command);
    } catch (error) {
      this.problems.set(change, error instanceof Error ? error.message : String(error));
    }
  }

  private execute(line: string): string {
    const outputs = this.lanes.map((lane) => lane.run(line));
    return outputs.filter((output) => output !== '').join('\n');
  }
}

/** Whether a command only asks. */
function isQuestion(line: string): boolean {
  if (parseOutage(line) !== undefined) return false;
  return ['list', 'save'].includes(parseCommand(line).command);
}
