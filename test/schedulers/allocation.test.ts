/** Picks leave nothing for the garbage collector. */
import { expect, test } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { createFlow } from '../../src/model/flow.js';
import { ServerList } from '../../src/model/server-list.js';
import { createScheduler } from '../../src/schedulers/index.js';
import { heapGrowth } from '../support/garbage.js';
import { byTitle, variants } from '../support/schedulers.js';

const PICKS = 50_000;
/** The smallest object is 16 bytes long; one per pick would take sixteen times as much. */
const MOST_BYTES = PICKS;

const flows = Array.from({ length: 64 }, (_, number) =>
  createFlow({ source: `192.0.2.${number}`, destination: `198.51.100.${number}` }),
);

test.each(byTitle(variants))('%s allocates nothing per pick', (_, variant) => {
  const servers = new ServerList();
  for (let id = 0; id < 100; id++) {
    servers.add({ address: `10.1.0.${id}`, port: 80, weight: 1 + (id % 7) });
  }
  const { flags = [] } = variant.options;
  const switches = Object.fromEntries(flags.map((flag) => [flag, true]));
  const clock = new ManualClock();
  const options = { ...switches, clock, random: (): number => 0 };
  const scheduler = createScheduler(variant.scheduler, servers, options);
  const run = (): void => {
    for (let pick = 0; pick < PICKS; pick++) scheduler.schedule(flows[pick & 63]);
  };
  // The first rounds are spent on compiling.
  for (let round = 0; round < 2; round++) run();
  expect(heapGrowth(MOST_BYTES, run)).toBeLessThanOrEqual(MOST_BYTES);
});
