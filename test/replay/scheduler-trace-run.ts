/**
 * Plays one scheduler trace on a {@link Subject}, and counts what its picks agree with.
 */
import { formatEndpoint } from '../../src/endpoint.js';
import { InputError } from '../../src/cli/command.js';
import { IpAddress } from '../../src/ip-address.js';
import { playChange, type Subject } from '../support/subject.js';
import { soundly } from './json-lines.js';
import type { Change, Choice, Draw, FillStep, PickStep, Step } from './scheduler-trace-steps.js';
import type { Tally } from './tally.js';

/** The steps that name a server which was added before. */
const OF_A_SERVER: ReadonlySet<string> = new Set(['edit', 'remove', 'conn']);

/** Replays the steps of one trace. */
export class SchedulerTraceRun {
  private readonly endpoints = new Map<Choice, string>();
  private readonly name: string;
  private readonly tally: Tally;
  private readonly subject: Subject;

  /**
   * @param name - The name of the trace, for messages.
   * @param tally - Where checks are counted.
   * @param subject - The service that picks.
   */
  constructor(name: string, tally: Tally, subject: Subject) {
    this.name = name;
    this.tally = tally;
    this.subject = subject;
  }

  /**
   * Does one step, and counts what it checks.
   *
   * @param step - The step.
   * @param index - Its position in the trace, from 0.
   * @throws {InputError} When the step makes no sense.
   */
  perform(step: Step, index: number): void {
    const label = `${this.name} step ${index} ${step[0]}`;
    if (step[0] === 'pick') soundly(label, () => this.pick(step, label));
    else if (step[0] === 'fill') soundly(label, () => this.fill(step, label));
    else soundly(label, () => this.change(step));
  }

  private change(step: Change): void {
    if (step[0] === 'add') {
      const { addr, port } = step[2];
      this.endpoints.set(step[1], formatEndpoint(addr, port));
    } else if (OF_A_SERVER.has(step[0]) && !this.endpoints.has(step[1])) {
      throw new InputError(`there is no server ${step[1]}`);
    }
    playChange(step, this.subject);
  }

  private pick(step: PickStep, label: string): void {
    const [, source, sourcePort, destination, destinationPort, expected, draws = []] = step;
    const got = this.subject.pick([source, sourcePort, destination, destinationPort], draws);
    const where = `${label} ${source} ${sourcePort} > ${destination} ${destinationPort}`;
    const remark = remarkOn(this.subject.drawn, draws);
    this.tally.compare(where, this.nameOf(expected), this.nameOf(got) + remark);
  }

  private fill(step: FillStep, label: string): void {
    const [, source, sourcePort, first, , destinationPort, runs] = step;
    let address = IpAddress.parse(first);
    for (const [expected, count] of runs) {
      for (let i = 0; i < count; i++) {
        const destination = address.toString();
        const got = this.subject.pick([source, sourcePort, destination, destinationPort]);
        // There are many of these: only different ones get a text.
        if (got === expected) this.tally.same();
        else {
          const where = `${label} ${source} ${sourcePort} > ${destination} ${destinationPort}`;
          this.tally.different(where, this.nameOf(expected), this.nameOf(got));
        }
        address = nextAddress(address);
      }
    }
  }

  private nameOf(id: Choice): string {
    if (id === null) return 'none';
    const endpoint = this.endpoints.get(id);
    return endpoint === undefined ? `${id}` : `${id} (${endpoint})`;
  }
}

/** Whether other random numbers were drawn than recorded; empty when they are the same. */
function remarkOn(drawn: readonly number[], draws: readonly Draw[]): string {
  if (drawn.length !== draws.length) {
    return ` after ${drawn.length} draws instead of ${draws.length}`;
  }
  const bounds = draws.map(([, bound]) => bound);
  if (drawn.every((bound, index) => bound === bounds[index])) return '';
  return ` after draws below ${drawn.join(', ')} instead of ${bounds.join(', ')}`;
}

/** The next destination of a `fill`: its lowest 32 bits count up and wrap. */
function nextAddress(address: IpAddress): IpAddress {
  const { family, word0, word1, word2, word3 } = address;
  if (family === 4) return IpAddress.fromIpv4(word3 + 1);
  return IpAddress.fromIpv6(word0, word1, word2, word3 + 1);
}
