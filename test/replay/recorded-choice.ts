/**
 * A scheduler that makes the random choices of a recording again.
 *
 * Of power of two choices only this is recorded: which server it took. The choice is made again if the
 * server is one that it may take (in the list, with weight, not overloaded), so that all counters behind it
 * can be compared; and where it took none, none may be usable.
 */
import { isUsable } from '../../src/model/real-server.js';
import type { SchedulerFactory } from '../../src/schedulers/scheduler.js';

/** Chooses as recorded. */
export class RecordedChoice {
  private address = '';

  /** Ties the recorded choices to a list. */
  readonly factory: SchedulerFactory = (servers) => ({
    name: 'twos',
    schedule: () => {
      const usable = [...servers].filter(isUsable);
      return usable.find((server) => server.address.toString() === this.address) ?? usable[0];
    },
    toJSON: () => null,
    restore: () => undefined,
    close: () => undefined,
  });

  /**
   * Sets which server the next packet went to.
   *
   * @param address - The server's address; empty when it went to none.
   */
  expect(address: string): void {
    this.address = address;
  }
}
