import { describe, expect, it } from 'vitest';
import { HealthChecker, type HealthChange, type Probe } from '../../src/health/index.js';
import { ServerList } from '../../src/model/server-list.js';
import { weightedRoundRobin } from '../../src/schedulers/weighted-round-robin.js';
import { createFlow } from '../../src/model/flow.js';
import { examine, INTERVAL_MS, passTime, server, weights } from './patients.js';

const A = '10.0.0.1:80';
const B = '10.0.0.2:80';
const SORRY = '10.0.0.99:80';
const sorryServer = { address: '10.0.0.99', port: 80 };

const probe: Probe = async () => Promise.resolve();

describe('a server that fails its probes', () => {
  it('goes to weight 0 with the n-th failure in a row, not before', async () => {
    const { servers, ill, pass } = examine([server(1, 3), server(2, 5)]);
    ill.add(A);
    await pass(INTERVAL_MS - 1);
    expect(weights(servers)).toEqual({ [A]: 3, [B]: 5 });
    await pass(1);
    expect(weights(servers)).toEqual({ [A]: 0, [B]: 5 });
  });

  it('gets its weight back with the m-th success in a row', async () => {
    const { servers, ill, rounds, pass } = examine([server(1, 3)]);
    ill.add(A);
    await rounds(3);
    ill.clear();
    await pass(INTERVAL_MS);
    expect(weights(servers)).toEqual({ [A]: 0 });
    await rounds(1);
    expect(weights(servers)).toEqual({ [A]: 3 });
  });

  it('is passed over by the scheduler of its list, and picked again once it is up', async () => {
    const { servers, ill, rounds } = examine([server(1), server(2)]);
    const scheduler = weightedRoundRobin()(servers);
    const flow = createFlow({ source: '198.51.100.1', destination: '192.0.2.1' });
    const picked = (): Set<string> =>
      new Set(Array.from({ length: 6 }, () => String(scheduler.schedule(flow))));
    ill.add(A);
    await rounds(2);
    expect(picked()).toEqual(new Set([B]));
    ill.clear();
    await rounds(2);
    expect(picked()).toEqual(new Set([A, B]));
  });

  it('leaves the list instead, and returns with its settings, when down is remove', async () => {
    const list = [
      { ...server(1, 3), upperThreshold: 9, forwardingMethod: 'masquerading' } as const,
    ];
    const { servers, ill, rounds } = examine([...list, server(2)], { down: 'remove' });
    ill.add(A);
    await rounds(2);
    expect(weights(servers)).toEqual({ [B]: 1 });
    ill.clear();
    await rounds(2);
    expect(servers.get(server(1))).toMatchObject({
      weight: 3,
      upperThreshold: 9,
      forwardingMethod: 'masquerading',
    });
  });

  it('tells a line for each change', async () => {
    const { ill, rounds, lines } = examine([server(1, 3), server(2)]);
    ill.add(A);
    await rounds(3);
    ill.clear();
    await rounds(3);
    expect(lines).toEqual([`${A} is down (no pulse)`, `${A} is up again with weight 3`]);
  });
});

describe('a probe', () => {
  it.each<[string, Probe, string]>([
    ['rejects', async () => Promise.reject(new Error('refused')), 'refused'],
    ['rejects with no error', async () => Promise.reject('gone'), 'gone'],
    ['fulfils with false', async () => Promise.resolve(false), 'the probe said no'],
    [
      'throws',
      () => {
        throw new Error('broken');
      },
      'broken',
    ],
    ['takes too long', async () => new Promise(() => {}), 'no answer within 200 ms'],
  ])('fails when it %s', async (_, probe, reason) => {
    const { checker, rounds } = examine([server(1)], { probe });
    await rounds(1);
    await rounds(0.5);
    expect(checker.health(server(1))).toMatchObject({ up: false, failures: 2, reason });
  });

  it('gets a signal that is aborted when its time is up', async () => {
    const reasons: unknown[] = [];
    const probe: Probe = async (_, signal) =>
      new Promise(() => {
        signal.addEventListener('abort', () => reasons.push(String(signal.reason)));
      });
    const { pass } = examine([server(1)], { probe });
    await pass(199);
    expect(reasons).toEqual([]);
    await pass(1);
    expect(reasons).toEqual(['Error: The probe took longer than 200 ms']);
  });

  it('is not believed after its time is up', async () => {
    let fulfil: (() => void) | undefined;
    const probe: Probe = async () => new Promise<void>((resolve) => (fulfil = resolve));
    const { checker, pass } = examine([server(1)], { probe });
    await pass(300);
    fulfil?.();
    await pass(0);
    expect(checker.health(server(1))).toMatchObject({ failures: 1, successes: 0 });
  });

  it('begins one interval after the last one began', async () => {
    const { probes, rounds } = examine([server(1)]);
    await rounds(3);
    expect(probes).toEqual([0, 1000, 2000, 3000].map((time) => `${A}@${time}`));
  });

  it('begins when the last one has ended, if that took longer than the interval', async () => {
    let running = 0;
    const began: number[] = [];
    const { timers, pass } = examine([server(1)], {
      timeoutMs: 1500,
      probe: async () => {
        began.push(timers.now());
        running++;
        expect(running).toBe(1);
        await new Promise<void>((resolve) => void timers.after(1400, resolve));
        running--;
      },
    });
    await pass(3000);
    expect(began).toEqual([0, 1400, 2800]);
  });

  it('is delayed at first and moved by jitter within its share of the interval', async () => {
    const chances = [0.5, 1 - 1e-9, 0];
    const { probes, pass } = examine([server(1)], {
      jitter: 0.2,
      random: () => chances.shift() ?? 0.5,
    });
    await pass(4000);
    const times = probes.map((probe) => Math.round(Number(probe.split('@')[1])));
    // First 0.5 × 0.2 × 1000, then an interval of 1200, one of 800, and even ones.
    expect(times.slice(0, 4)).toEqual([100, 1300, 2100, 3100]);
  });
});

describe('the sorry server', () => {
  it('is in the list exactly while no other server is up', async () => {
    const { servers, ill, rounds, lines } = examine([server(1), server(2)], { sorryServer });
    ill.add(A);
    await rounds(2);
    expect(servers.get(sorryServer)).toBeUndefined();
    ill.add(B);
    await rounds(2);
    expect(weights(servers)).toEqual({ [A]: 0, [B]: 0, [SORRY]: 1 });
    ill.clear();
    await rounds(2);
    expect(weights(servers)).toEqual({ [A]: 1, [B]: 1 });
    expect(lines).toContain(`no server is left: sorry server ${SORRY} takes over`);
    expect(lines).toContain(`sorry server ${SORRY} is not needed any more`);
  });

  it('comes when the operator quiesces the last server, and goes when it gets weight', async () => {
    const { servers, pass } = examine([server(1)], { sorryServer });
    servers.edit(server(1), { weight: 0 });
    await pass(0);
    expect(servers.get(sorryServer)).toBeDefined();
    servers.edit(server(1), { weight: 2 });
    await pass(0);
    expect(servers.get(sorryServer)).toBeUndefined();
  });

  it('is not probed', async () => {
    const { ill, probes, rounds } = examine([server(1)], { sorryServer });
    ill.add(A);
    await rounds(5);
    expect(probes.filter((probe) => probe.startsWith(SORRY))).toEqual([]);
  });

  it('stays away after the operator took it out, until it is needed again', async () => {
    const { servers, ill, rounds } = examine([server(1)], { sorryServer });
    ill.add(A);
    await rounds(2);
    servers.remove(sorryServer);
    await rounds(2);
    expect(servers.get(sorryServer)).toBeUndefined();
    ill.clear();
    await rounds(2);
    ill.add(A);
    await rounds(2);
    expect(servers.get(sorryServer)).toBeDefined();
  });

  it('is not said to go when the operator took it out before', async () => {
    for (const [takenOut, expected] of [
      [true, ['sorry-server-in']],
      [false, ['sorry-server-in', 'sorry-server-out']],
    ] as const) {
      const { servers, ill, checker, rounds } = examine([server(1)], { sorryServer });
      const kinds: string[] = [];
      checker.subscribe(({ kind }) => kinds.push(kind));
      ill.add(A);
      await rounds(3);
      if (takenOut) servers.remove(SORRY);
      ill.clear();
      await rounds(3);
      expect(kinds.filter((kind) => kind.startsWith('sorry'))).toEqual(expected);
    }
  });

  it('serves, although it is down, when it is a watched server as well', async () => {
    const { servers, ill, rounds } = examine([server(1), sorryServer], { sorryServer });
    ill.add(A).add(SORRY);
    await rounds(2);
    expect(weights(servers)).toEqual({ [A]: 0, [SORRY]: 1 });
  });
});

describe('the operator', () => {
  it('quiesces a server that is down, and it stays quiesced when it is up again', async () => {
    const { servers, ill, rounds, lines } = examine([server(1, 3), server(2)]);
    ill.add(A);
    await rounds(2);
    servers.edit(server(1), { weight: 0 });
    ill.clear();
    await rounds(3);
    expect(servers.get(server(1))?.weight).toBe(0);
    expect(lines.at(-1)).toBe(`${A} is up again, and stays quiesced`);
  });

  it('quiesces a server before it goes down, and it stays quiesced', async () => {
    const { servers, ill, rounds } = examine([server(1, 3)]);
    servers.edit(server(1), { weight: 0 });
    ill.add(A);
    await rounds(2);
    ill.clear();
    await rounds(3);
    expect(servers.get(server(1))?.weight).toBe(0);
  });

  it('gives weight to a server that is down, which it gets once it is up again', async () => {
    const { servers, ill, rounds, pass } = examine([server(1, 3)]);
    ill.add(A);
    await rounds(2);
    servers.edit(server(1), { weight: 7 });
    await pass(0);
    expect(servers.get(server(1))?.weight).toBe(0);
    ill.clear();
    await rounds(2);
    expect(servers.get(server(1))?.weight).toBe(7);
  });

  it('edits thresholds of a server that is down without touching its weight', async () => {
    const { servers, ill, rounds } = examine([server(1, 3)]);
    ill.add(A);
    await rounds(2);
    servers.edit(server(1), { upperThreshold: 9 });
    ill.clear();
    await rounds(2);
    expect(servers.get(server(1))).toMatchObject({ weight: 3, upperThreshold: 9 });
  });

  it('adds a server, which is probed from then on', async () => {
    const { servers, ill, rounds } = examine([server(1)]);
    await rounds(2);
    ill.add(B);
    servers.add(server(2));
    await rounds(2);
    expect(weights(servers)).toEqual({ [A]: 1, [B]: 0 });
  });

  it('removes a server, which is probed no more', async () => {
    const { servers, checker, probes, rounds } = examine([server(1), server(2)]);
    servers.remove(server(1));
    const before = probes.filter((probe) => probe.startsWith(A)).length;
    await rounds(3);
    expect(probes.filter((probe) => probe.startsWith(A))).toHaveLength(before);
    expect(checker.health(server(1))).toBeUndefined();
  });

  it('removes a server that is inhibited, and it does not come back', async () => {
    const { servers, ill, rounds } = examine([server(1), server(2)]);
    ill.add(A);
    await rounds(2);
    servers.remove(server(1));
    ill.clear();
    await rounds(3);
    expect(weights(servers)).toEqual({ [B]: 1 });
  });

  it('forgets a server that was taken off the list, and it does not come back', async () => {
    const { servers, checker, ill, rounds } = examine([server(1), server(2)], { down: 'remove' });
    ill.add(A);
    await rounds(2);
    expect(checker.forget(server(1))).toBe(true);
    expect(checker.forget(server(2))).toBe(false);
    ill.clear();
    await rounds(3);
    expect(weights(servers)).toEqual({ [B]: 1 });
  });

  it('adds a server that was taken off because it is down: it waits, with the new weight', async () => {
    const { servers, ill, rounds, pass } = examine([server(1), server(2)], { down: 'remove' });
    ill.add(A);
    await rounds(2);
    servers.add(server(1, 8));
    await pass(0);
    expect(weights(servers)).toEqual({ [B]: 1 });
    ill.clear();
    await rounds(2);
    expect(weights(servers)).toEqual({ [A]: 8, [B]: 1 });
  });
});

describe('a checker', () => {
  it('takes the word of the traffic as that of a probe', async () => {
    const { servers, checker } = examine([server(1), server(2)]);
    checker.report(server(1), false, new Error('reset'));
    checker.report(server(1), true);
    checker.report(server(1), false, new Error('reset'));
    expect(servers.get(server(1))?.weight).toBe(1);
    checker.report(server(1), false, new Error('reset'));
    expect(servers.get(server(1))?.weight).toBe(0);
    checker.report({ address: '10.9.9.9', port: 1 }, false);
  });

  it('does not listen to the traffic while it is stopped', () => {
    const { servers, checker } = examine([server(1), server(2)]);
    checker.stop();
    for (let times = 0; times < 5; times++) checker.report(server(1), false);
    expect(servers.get(server(1))?.weight).toBe(1);
  });

  it('probes no more when the end of a probe stops it', async () => {
    const hooks: { onEnd?: () => void } = {};
    const { checker, timers, pass } = examine([server(1)], {
      probe: async (_, signal) =>
        new Promise(() => {
          signal.addEventListener('abort', () => hooks.onEnd?.());
        }),
    });
    hooks.onEnd = (): void => checker.stop();
    await pass(5000);
    expect(checker.health(server(1))?.failures).toBe(0);
    expect(timers.nextMs).toBeUndefined();
  });

  it('tells its listeners what has changed, until they unsubscribe', async () => {
    const changes: HealthChange[] = [];
    const { checker, ill, rounds } = examine([server(1, 4)]);
    const unsubscribe = checker.subscribe((change) => changes.push(change));
    ill.add(A);
    await rounds(2);
    unsubscribe();
    ill.clear();
    await rounds(2);
    expect(changes).toMatchObject([{ kind: 'down', timeMs: 1000, weight: 4, reason: 'no pulse' }]);
    expect(String(changes[0]?.server)).toBe(A);
  });

  it('shows how each server is', async () => {
    const { checker, ill, rounds } = examine([server(1, 4), server(2)]);
    ill.add(A);
    await rounds(2);
    const shown = [...checker].map(({ server, up, weight, sinceMs }) => [
      String(server),
      up,
      weight,
      sinceMs,
    ]);
    expect(shown).toEqual([
      [A, false, 4, 1000],
      [B, true, 1, 0],
    ]);
  });

  it('holds servers back until their first successes when they do not start as up', async () => {
    const { servers, rounds } = examine([server(1, 4)], { startUp: false });
    expect(weights(servers)).toEqual({ [A]: 0 });
    await rounds(1);
    expect(weights(servers)).toEqual({ [A]: 4 });
  });

  it.each(['stop', 'signal'])(
    'probes no more after %s, and abandons what is under way',
    async (how) => {
      const controller = new AbortController();
      let aborted = false;
      const { checker, timers, pass } = examine([server(1)], {
        signal: controller.signal,
        probe: async (_, signal) =>
          new Promise(() => {
            signal.addEventListener('abort', () => (aborted = true));
          }),
      });
      await pass(100);
      if (how === 'stop') checker.stop();
      else controller.abort();
      expect(aborted).toBe(true);
      expect(checker.running).toBe(false);
      expect(timers.nextMs).toBeUndefined();
    },
  );

  it('does not start when its signal is aborted', () => {
    const { checker, timers } = examine([server(1)], { signal: AbortSignal.abort() });
    expect(checker.running).toBe(false);
    expect(timers.nextMs).toBeUndefined();
  });

  it('catches up with the operator when it starts again', async () => {
    const { servers, checker, ill, rounds } = examine([server(1, 3), server(2, 4), server(3)]);
    ill.add(A).add('10.0.0.3:80');
    await rounds(2);
    checker.stop();
    servers.edit(server(2), { weight: 0 });
    servers.remove(server(3));
    servers.add(server(4));
    ill.clear();
    checker.start();
    await rounds(2);
    expect(weights(servers)).toEqual({ [A]: 3, [B]: 0, '10.0.0.4:80': 1 });
  });

  it('refuses options that make no sense', () => {
    const servers = new ServerList();
    expect(() => new HealthChecker(servers, {} as never)).toThrow(TypeError);
    expect(() => new HealthChecker(servers, { probe, intervalMs: 0 })).toThrow(RangeError);
    expect(() => new HealthChecker(servers, { probe, jitter: 2 })).toThrow(RangeError);
    expect(() => new HealthChecker(servers, { probe, jitter: '1' as never })).toThrow(TypeError);
    expect(() => new HealthChecker(servers, { probe, fall: 0 })).toThrow(RangeError);
    expect(() => new HealthChecker(servers, { probe, down: 'kill' as never })).toThrow(RangeError);
  });
});

describe.each(['inhibit', 'remove'] as const)('a checker that was written out (%s)', (down) => {
  it('goes on where it was, with the list', async () => {
    const first = examine([server(1, 3), server(2, 4)], { down, sorryServer });
    first.ill.add(A).add(B);
    await first.rounds(2);
    const saved = JSON.parse(JSON.stringify({ servers: first.servers, health: first.checker })) as {
      servers: never;
      health: never;
    };
    first.checker.stop();

    const servers = ServerList.fromJSON(saved.servers);
    const checker = new HealthChecker(servers, {
      probe: async () => Promise.resolve(),
      intervalMs: INTERVAL_MS,
      jitter: 0,
      rise: 2,
      down,
      sorryServer,
      timers: first.timers,
    });
    checker.restore(saved.health);
    checker.start();
    expect(servers.get(sorryServer)).toBeDefined();
    await passTime(first.timers, 2 * INTERVAL_MS);
    expect(weights(servers)).toEqual({ [A]: 3, [B]: 4 });
    checker.stop();
  });
});
