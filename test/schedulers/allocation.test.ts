/** Picks and changes of counters leave nothing for the garbage collector. */
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { createFlow } from '../../src/model/flow.js';
import { ServerList } from '../../src/model/server-list.js';
import { createScheduler } from '../../src/schedulers/index.js';
import { heapGrowth } from '../support/garbage.js';
import { byTitle, variants } from '../support/schedulers.js';

const PICKS = 100_000;
/** The smallest object is 16 bytes long: one of them per pick would be sixteen times as much. */
const MOST_BYTES = PICKS;

const flows = Array.from({ length: 64 }, (_, number) =>
  createFlow({ source: `192.0.2.${number}`, destination: `198.51.100.${number}` }),
);

describe.each(byTitle(variants))('%s', (_, { scheduler: name, options: { flags = [] } }) => {
  test.each([8, 200])('allocates nothing per pick with %i servers', (size) => {
    const servers = new ServerList();
    for (let id = 0; id < size; id++) {
      servers.add({ address: `10.1.0.${id}`, port: 80, weight: 1 + (id % 7) });
    }
    const switches = Object.fromEntries(flags.map((flag) => [flag, true]));
    const clock = new ManualClock();
    const scheduler = createScheduler(name, servers, { ...switches, clock, random: () => 0 });
    const run = (): void => {
      for (let pick = 0; pick < PICKS; pick++) scheduler.schedule(flows[pick & 63]);
    };
    // The first two rounds are spent on compiling.
    for (let round = 0; round < 2; round++) run();
    const { garbage, kept } = heapGrowth(run);
    expect(Math.max(garbage, kept)).toBeLessThan(MOST_BYTES);
  });
});
