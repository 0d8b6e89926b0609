import { expect, test } from 'vitest';
import {
  hasChange,
  KERNEL_CHANGES,
  KERNEL_RELEASES,
  kernelRules,
} from '../../src/model/kernel-profile.js';
import { ServerList } from '../../src/model/server-list.js';
import { createScheduler } from '../../src/schedulers/create-scheduler.js';
import { createFlow } from '../../src/model/flow.js';

test('6.1.176 has none of the changes, 6.12.117 all, and 6.1.192 all but when statistics are renewed', () => {
  const [oldest, middle, newest] = KERNEL_RELEASES.map((release) => kernelRules(release));

  expect(Object.values(oldest)).not.toContain(true);
  expect(Object.values(newest)).not.toContain(false);
  expect(middle).toEqual({ ...newest, renewsFromFirstService: false });
});

test('the newest kernel is the default', () => {
  expect(kernelRules()).toEqual(kernelRules('6.12.117'));
});

test('a kernel that was not recorded is refused', () => {
  expect(() => kernelRules('6.6.1' as never)).toThrow('expected one of 6.1.176, 6.1.192, 6.12.117');
  expect(() => new ServerList([], { kernel: 'x' as never })).toThrow(RangeError);
});

test('every change says what was so before and what is so since', () => {
  for (const { title, before, after } of Object.values(KERNEL_CHANGES)) {
    expect([title, before, after].every((text) => text.length > 2)).toBe(true);
  }
});

test.each(['lc', 'wlc', 'lblc', 'lblcr'])(
  '%s weighs an active connection as 256 inactive ones before 6.1.183',
  (name) => {
    const flow = createFlow({ source: '192.0.2.1', destination: '198.51.100.1' });
    const pick = (kernel: '6.1.176' | '6.1.192'): string => {
      const servers = new ServerList(['10.0.0.1:80', '10.0.0.2:80']);
      const [inactive, active] = servers;
      active.open(true);
      inactive.open(false, 257);
      // 257 against 257: the first in the list; 257 against 256: the other one.
      return String(createScheduler(name, servers, { kernel }).schedule(flow));
    };

    expect([pick('6.1.192'), pick('6.1.176')]).toEqual(['10.0.0.2:80', '10.0.0.1:80']);
  },
);

test('a list hands its kernel to its schedulers', () => {
  const servers = new ServerList(['10.0.0.1:80', '10.0.0.2:80'], { kernel: '6.1.176' });
  const [inactive, active] = servers;
  active.open(true);
  inactive.open(false, 257);
  const flow = createFlow({ source: '192.0.2.1', destination: '198.51.100.1' });

  expect(String(createScheduler('wlc', servers).schedule(flow))).toBe('10.0.0.1:80');
});

test.each([
  ['6.1', 4, false],
  ['6.1', 5, true],
  ['6.1', 6, true],
  ['6.12', 99, false],
] as const)(
  'of a change since 6.1.5, which 6.12 never got, %s.%d has it: %o',
  (line, patch, has) => {
    const change = { title: '', before: '', after: '', since: { '6.1': 5, '6.12': undefined } };

    expect(hasChange(change, line, patch)).toBe(has);
  },
);

test('the rules of a kernel cannot be changed', () => {
  expect(Object.isFrozen(kernelRules())).toBe(true);
});
