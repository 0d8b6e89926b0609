/**
 * Plays a generated run on the plain reference and on the library at once and compares each answer.
 *
 * What was done is kept as steps of a trace, so that a difference comes with the recording that shows it.
 */
import type { Movement, Operation, Run } from './arbitraries/runs.js';
import { serverAddress } from './arbitraries/addresses.js';
import type { ListSubject } from './list-subject.js';
import type { ReferenceService } from './reference/service.js';
import { playChange } from './subject.js';
import type { Change, Choice, Draw, Endpoints } from '../replay/scheduler-trace-steps.js';

/** A run on both sides. */
export class Comparison {
  readonly reference: ReferenceService;
  readonly subject: ListSubject;
  /** What was done, as steps of a trace. */
  readonly steps: unknown[] = [];
  private readonly present: number[] = [];
  private readonly absent: number[] = [];
  private readonly run: Run;

  constructor(run: Run, reference: ReferenceService, subject: ListSubject) {
    this.run = run;
    this.reference = reference;
    this.subject = subject;
    for (const settings of run.servers) this.perform({ do: 'add', settings });
  }

  /** Plays the whole run. */
  play(): void {
    for (const operation of this.run.operations) this.perform(operation);
  }

  /** Plays one operation. */
  perform(operation: Operation): void {
    switch (operation.do) {
      case 'add':
      case 'addAgain':
        this.add(operation);
        break;
      case 'edit':
        this.onOne(this.present, operation.which, (id) => ['edit', id, operation.settings]);
        break;
      case 'remove':
        for (let count = 0; count < operation.count; count++) this.remove(operation.which + count);
        break;
      case 'connections':
        this.onOne([...this.present, ...this.absent], operation.which, (id) =>
          this.movement(id, operation.movement),
        );
        break;
      case 'advance':
        this.change(['time', operation.ms]);
        break;
      default:
        for (let count = 0; count < operation.times; count++) this.pickAndOpen(operation);
        break;
    }
  }

  private add(operation: Extract<Operation, { do: 'add' | 'addAgain' }>): void {
    const again = operation.do === 'addAgain' && this.absent.length > 0;
    const [id] = again
      ? this.absent.splice(operation.which % this.absent.length, 1)
      : [this.present.length + this.absent.length];
    this.present.push(id);
    const addr = serverAddress(this.run.family, id);
    this.change(['add', id, { addr, port: 8080, ...operation.settings }]);
  }

  private remove(which: number): void {
    if (this.present.length === 0) return;
    const [id] = this.present.splice(which % this.present.length, 1);
    this.absent.push(id);
    this.change(['remove', id]);
  }

  private onOne(ids: readonly number[], which: number, make: (id: number) => Change): void {
    if (ids.length > 0) this.change(make(ids[which % ids.length]));
  }

  private movement(id: number, { how, count }: Movement): Change {
    const { active, total } = this.reference.server(id);
    const inactive = total - active;
    // Counters stay below 2^31, as the kernel's do.
    const opened = Math.min(count, 2 ** 31 - 2 - total);
    switch (how) {
      case 'open':
        return ['conn', id, opened, 0];
      case 'openInactive':
        return ['conn', id, 0, opened];
      case 'activate':
        return ['conn', id, Math.min(count, inactive), -Math.min(count, inactive)];
      case 'deactivate':
        return ['conn', id, -Math.min(count, active), Math.min(count, active)];
      case 'close':
        return ['conn', id, -Math.min(count, active), 0];
      default:
        return ['conn', id, 0, -Math.min(count, inactive)];
    }
  }

  private change(change: Change): void {
    this.steps.push(change);
    playChange(change, this.reference);
    playChange(change, this.subject);
  }

  private pickAndOpen(operation: Extract<Operation, { do: 'pick' }>): void {
    const picked = this.pick(operation.endpoints, operation.draws);
    if (operation.opens && picked !== null)
      this.change(this.movement(picked, { how: 'open', count: 1 }));
  }

  private pick(endpoints: Endpoints, draws: readonly Draw[]): Choice {
    const expected = this.reference.pick(endpoints, draws);
    const got = this.subject.pick(endpoints, draws);
    this.steps.push(['pick', ...endpoints, expected]);
    if (got !== expected || this.subject.drawn.length !== this.reference.drawn.length) {
      throw new Error(
        `Expected ${expected} after ${this.reference.drawn.length} draws, got ${got} after ` +
          `${this.subject.drawn.length}, at the end of:\n${this.steps.map((step) => JSON.stringify(step)).join('\n')}`,
      );
    }
    return expected;
  }
}
