import { describe, expect, test } from 'vitest';
import { IpvsError } from '../../src/errors.js';
import { createFlow } from '../../src/model/flow.js';
import type { KernelRelease } from '../../src/model/kernel-profile.js';
import { ServerList } from '../../src/model/server-list.js';
import {
  createScheduler,
  isSchedulerName,
  SCHEDULERS,
  schedulersByName,
} from '../../src/schedulers/create-scheduler.js';

const names = Object.keys(SCHEDULERS);

describe('a scheduler by its name', () => {
  test.each(names)('%s has it', (name) => {
    expect(createScheduler(name, new ServerList()).name).toBe(name);
    expect(isSchedulerName(name)).toBe(true);
  });

  test.each(['RR', '', 'toString'])('%o is unknown', (name) => {
    expect(isSchedulerName(name)).toBe(false);
    expect(schedulersByName(name)).toBeUndefined();
    const make = (): unknown => createScheduler(name, new ServerList());
    expect(make).toThrow(IpvsError);
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_SCHEDULER_NOT_FOUND' }));
    expect(make).toThrow(`No scheduler is named "${name}": expected ${names.join(', ')}`);
  });

  test.each([...names, 'unknown'])('%s takes no option of another name', (name) => {
    expect(() => createScheduler(name, new ServerList(), { fallbak: true } as never)).toThrow(
      new TypeError(
        'Cannot create a scheduler: expected options fallback, port, clock, expirationMs, random, kernel, got "fallbak"',
      ),
    );
  });
});

describe.each(['lc', 'wlc', 'lblc', 'lblcr'])('%s', (name) => {
  const flow = createFlow({ source: '192.0.2.1', destination: '198.51.100.1' });

  /** The pick between 257 inactive connections, on the first server of the list, and a single active one. */
  function pick(ofList: KernelRelease | undefined, own: KernelRelease | undefined): string {
    const servers = new ServerList(['10.0.0.1:80', '10.0.0.2:80'], {
      ...(ofList !== undefined && { kernel: ofList }),
    });
    const [first, second] = servers;
    second.open(true);
    first.open(false, 257);
    const options = own === undefined ? {} : { kernel: own };
    return String(createScheduler(name, servers, options).schedule(flow));
  }

  test('weighs by the kernel of its list, unless it is given another one', () => {
    expect(pick('6.1.192', undefined)).toBe(pick(undefined, undefined));
    expect(pick('6.1.176', undefined)).not.toBe(pick('6.1.192', undefined));
    expect(pick('6.1.192', '6.1.176')).toBe(pick('6.1.176', undefined));
    expect(pick('6.1.176', '6.1.192')).toBe(pick('6.1.192', undefined));
  });
});
