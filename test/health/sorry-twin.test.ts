/** A sorry server that is a real server as well, weights from probes, and mistakes in the options of a checker. */
import { describe, expect, it } from 'vitest';
import { HealthChecker } from '../../src/health/health-checker.js';
import type { HealthCheckerOptions } from '../../src/health/health-options.js';
import { httpProbe, tcpProbe } from '../../src/health/node/index.js';
import { ServerList } from '../../src/model/server-list.js';
import { ManualTimers } from '../../src/timers.js';

const A = '10.0.0.1:80';
const B = '10.0.0.2:80';
const twin = { address: '10.0.0.1', port: 80 };

function watch(more: Partial<HealthCheckerOptions> = {}, first = [A, B]) {
  const timers = new ManualTimers();
  const servers = new ServerList(first);
  const dead = new Set<string>();
  const weights = new Map<string, number>();
  const checker = new HealthChecker(servers, {
    probe: async (server) => {
      const weight = weights.get(String(server));
      return dead.has(String(server)) ? false : weight === undefined ? true : { weight };
    },
    intervalMs: 1000,
    fall: 1,
    rise: 1,
    jitter: 0,
    timers,
    ...more,
  });
  checker.start();
  const pass = async (): Promise<string[]> => {
    for (let step = 0; step < 4; step++) {
      timers.advance(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return [...servers].filter(({ weight }) => weight > 0).map(String);
  };
  return { servers, dead, weights, checker, pass };
}

describe.each(['inhibit', 'remove'] as const)(
  'a sorry server that is a real server (%s)',
  (down) => {
    it('serves while all are down, and is a real server again as soon as one is up', async () => {
      const { dead, pass, servers } = watch({ down, sorryServer: twin });
      expect(new Set(await pass())).toEqual(new Set([A, B]));
      dead.add(A).add(B);
      expect(await pass()).toEqual([A]);
      dead.delete(A);
      expect(await pass()).toEqual([A]);
      dead.clear();
      expect(new Set(await pass())).toEqual(new Set([A, B]));
      dead.add(A).add(B);
      expect(await pass()).toEqual([A]);
      dead.delete(B);
      expect(await pass()).toEqual([B]);
      dead.clear();
      expect(new Set(await pass())).toEqual(new Set([A, B]));
      expect(servers.size).toBe(2);
    });

    it('may be added as a real server while it is the sorry server', async () => {
      const { dead, pass, servers } = watch({ down, sorryServer: twin }, [B]);
      dead.add(B);
      expect(await pass()).toEqual([A]);
      expect(() => servers.add(A)).toThrow('in the list already');
      dead.clear();
      expect(await pass()).toEqual([B]);
      servers.add(A);
      dead.add(A).add(B);
      expect(await pass()).toEqual([A]);
      dead.clear();
      expect(new Set(await pass())).toEqual(new Set([A, B]));
    });

    it('keeps the weight that the operator has given the real server', async () => {
      const { dead, pass, servers } = watch({ down, sorryServer: twin });
      servers.edit(A, { weight: 7 });
      dead.add(A).add(B);
      await pass();
      dead.clear();
      await pass();
      expect(servers.get(A)?.weight).toBe(7);
    });
  },
);

describe('a probe', () => {
  it('gives its server a weight', async () => {
    const { servers, weights, pass, dead } = watch();
    weights.set(A, 5);
    await pass();
    expect(servers.get(A)?.weight).toBe(5);
    dead.add(A);
    await pass();
    expect(servers.get(A)?.weight).toBe(0);
    dead.clear();
    weights.set(A, 3);
    await pass();
    expect(servers.get(A)?.weight).toBe(3);
  });

  it('does not bring a server back that the operator has quiesced', async () => {
    const { servers, weights, pass } = watch();
    weights.set(A, 5);
    await pass();
    servers.edit(A, { weight: 0 });
    weights.set(A, 6);
    await pass();
    expect(servers.get(A)?.weight).toBe(0);
    servers.edit(A, { weight: 1 });
    await pass();
    expect(servers.get(A)?.weight).toBe(6);
  });

  it.each([-1, 1.5, '3'])('that gives the weight %o has failed', async (weight) => {
    const { servers, checker, pass } = watch({ probe: async () => ({ weight }) });
    await pass();
    expect(servers.get(A)?.weight).toBe(0);
    expect(checker.health(A)?.reason).toMatch(/weight of a probe: expected an integer/);
  });

  it('that gives a function has failed, and says what is wrong', async () => {
    const { checker, pass } = watch({ probe: (() => async () => true) as never });
    await pass();
    expect(checker.health(A)?.reason).toMatch(/factory that must be called/);
  });
});

describe('a mistake in the options of a checker', () => {
  const probe = async (): Promise<boolean> => true;
  it.each([
    ['no options', undefined, /Cannot create a health checker: expected an object with probe/],
    ['a misspelt one', { probe, interval: 5 }, /"interval"/],
    [
      'a factory not called',
      { probe: tcpProbe },
      /expected tcpProbe\(\), got tcpProbe \(call it\)/,
    ],
    ['another one', { probe: httpProbe }, /expected httpProbe\(\)/],
    ['no probe', {}, /Invalid probe: expected a function, got undefined/],
  ])('is refused in words: %s', (_, options, message) => {
    expect(() => new HealthChecker(new ServerList(), options as never)).toThrow(message);
  });

  it('is refused in words: no list', () => {
    expect(() => new HealthChecker([] as never, { probe })).toThrow('expected a server list');
  });

  it('is refused by the makers of probes, too', () => {
    expect(() => tcpProbe({ prot: 1 } as never)).toThrow('"prot"');
    expect(() => httpProbe({ url: '/' } as never)).toThrow('"url"');
  });
});
