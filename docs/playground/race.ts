/**
 * Two schedulers under the same load, with the same changes at the same moments.
 */
import { parseCommand } from 'ipvs/ipvsadm';
import { Lane } from './lane.js';
import type { Change, Scenario } from './scenario.js';
import { createTimeline, type Timeline } from './timeline.js';

/** A run of a scenario. */
export class Race {
  /** One lane for each scheduler. */
  readonly lanes: readonly [Lane, Lane];
  /** When the last connection begins, in milliseconds. */
  readonly endMs: number;
  /** The present moment, in milliseconds. */
  nowMs = 0;
  private readonly timeline: Timeline;
  private readonly scenario: Scenario;
  private changes: Change[] = [];
  private next = 0;

  /**
   * @param scenario - What to run, and how far.
   * @throws {IpvsError} When rules, schedulers or changes are wrong.
   */
  constructor(scenario: Scenario) {
    const { rules, schedulers, seed, changes, atMs } = scenario;
    this.scenario = scenario;
    this.lanes = [new Lane(rules, schedulers[0], seed), new Lane(rules, schedulers[1], seed)];
    this.timeline = createTimeline(this.lanes[0].service, scenario);
    this.endMs = this.timeline.endMs;
    for (const change of changes) {
      this.advanceTo(Math.min(change.atMs, this.endMs));
      this.run(change.command);
    }
    this.advanceTo(atMs);
  }

  /** Whether all connections have begun. */
  get isOver(): boolean {
    return this.nowMs >= this.endMs;
  }

  /** The scenario as it is at this moment. */
  get present(): Scenario {
    return { ...this.scenario, atMs: this.nowMs, changes: this.changes };
  }

  /**
   * Lets time pass.
   *
   * @param timeMs - Until when, in milliseconds; not beyond the end.
   */
  advanceTo(timeMs: number): void {
    const { timeline, lanes } = this;
    const until = Math.max(this.nowMs, Math.min(Math.round(timeMs), this.endMs));
    for (; (timeline.timesMs[this.next] ?? Infinity) <= until; this.next++) {
      for (const lane of lanes) lane.take(timeline, this.next);
    }
    for (const lane of lanes) lane.settle(until);
    this.nowMs = until;
  }

  /**
   * Does a command now, for both schedulers.
   *
   * @param line - The command.
   * @returns What it writes, scheduler by scheduler.
   * @throws {IpvsadmError} When it is wrong; nothing is changed then.
   */
  run(line: string): string {
    const { command } = parseCommand(line);
    const outputs = this.lanes.map((lane) => lane.run(line));
    if (command !== 'list' && command !== 'save') {
      this.changes = [...this.changes, { atMs: this.nowMs, command: line }];
    }
    return outputs.filter((output) => output !== '').join('\n');
  }
}
