import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { show } from '../../src/errors.js';
import { seededRandom } from '../../src/random.js';
import { createScheduler, SCHEDULERS } from '../../src/schedulers/index.js';
import type { SchedulerFactory, SchedulerName } from '../../src/schedulers/scheduler.js';
import { ServerList } from '../../src/model/server-list.js';
import { byTitle, variants, type Variant } from '../support/schedulers.js';
import { laws } from './scheduler.properties.js';

function factoryOf({ scheduler, options: { flags = [] } }: Variant): SchedulerFactory {
  const switches = Object.fromEntries(flags.map((flag) => [flag, true]));
  const random = seededRandom();
  const clock = new ManualClock();
  return SCHEDULERS[scheduler as SchedulerName]({ ...switches, clock, random });
}

describe.each(byTitle(variants))('%s', (title, variant) => {
  for (const [claim, { law, exempt }] of Object.entries(laws)) {
    const reason = exempt[title];
    if (reason === undefined)
      test(claim, () => fc.assert(law(factoryOf(variant)), { numRuns: 30 }));
    else test.skip(`${claim} (exempt: ${reason})`);
  }
});

describe('by name', () => {
  test.each(Object.keys(SCHEDULERS))('%s is the scheduler of that name', (name) => {
    expect(createScheduler(name, new ServerList()).name).toBe(name);
  });

  test('there are fourteen', () => {
    const tested = new Set(variants.map(({ scheduler }) => scheduler));
    expect(new Set(Object.keys(SCHEDULERS))).toEqual(tested);
    expect(tested.size).toBe(14);
  });

  test.each(['', 'WLC', 'toString', '__proto__'])('%j is refused', (name) => {
    const make = (): unknown => createScheduler(name, new ServerList());
    expect(make).toThrow(
      `No scheduler is named ${JSON.stringify(name)}: expected rr, wrr, lc, wlc, lblc, lblcr, dh, sh, sed, nq, fo, ovf, mh, twos`,
    );
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_SCHEDULER_NOT_FOUND' }));
  });
});

describe('restore', () => {
  const refused = [
    ['rr', 'cursor', [{ format: 1 }]],
    ['wrr', 'cursor', [{ format: 1, required: 1 }]],
    [
      'lblc',
      'entries',
      [
        { format: 1, entries: [] },
        { format: 1, check: {} },
      ],
    ],
    [
      'lblcr',
      'entries',
      [
        { format: 1, entries: [] },
        { format: 1, check: {} },
      ],
    ],
  ] as const;
  const cases = refused.flatMap(([name, part, values]) =>
    values.map((value) => [name, value, part] as const),
  );

  test.each(cases)('%s refuses %j as a state', (name, value, part) => {
    const article = part === 'cursor' ? 'a cursor' : 'entries';
    expect(() => createScheduler(name, new ServerList()).restore(value)).toThrow(
      new TypeError(
        `Invalid state of ${name}: expected an object with ${article}, got ${show(value)}`,
      ),
    );
  });

  test('wrr refuses a required weight that is none', () => {
    const restore = (required: unknown): void =>
      createScheduler('wrr', new ServerList()).restore({ format: 1, cursor: null, required });
    expect(() => restore('1')).toThrow(
      new TypeError('Invalid required weight of wrr: expected an integer 0–2147483647, got "1"'),
    );
    expect(() => restore(-1)).toThrow(RangeError);
  });

  test.each(['lc', 'wlc', 'dh', 'sh', 'sed', 'nq', 'fo', 'ovf', 'mh', 'twos'])(
    '%s has nothing to remember',
    (name) => {
      const scheduler = createScheduler(name, new ServerList());
      scheduler.restore(scheduler.toJSON());
      expect(scheduler.toJSON()).toBeNull();
    },
  );
});
