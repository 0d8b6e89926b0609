/** Which servers a pool has in its table, with which weight, whatever is refused and whoever comes and goes. */
import { describe, expect, test } from 'vitest';
import {
  type PoolRules,
  type PoolServer,
  ServerPool,
} from '../../../src/health/machine/server-pool.js';

interface Named extends PoolServer {
  readonly name: string;
}

function named(name: string, weight = 1, inhibit = false): Named {
  return { name, weight, alive: true, listed: false, refused: false, inhibit };
}

/** A pool, the table it fills, what it has done, and the servers that the table refuses. */
function poolOf(servers: readonly Named[], sorry?: Named, rules: Partial<PoolRules> = {}) {
  const table = new Map<string, number>();
  const refused = new Set<string>();
  const done: string[] = [];
  const observer = {
    add({ name }: Named, weight: number): boolean {
      done.push(`add ${name} ${weight}`);
      if (refused.has(name)) return false;
      table.set(name, weight);
      return true;
    },
    edit({ name }: Named, weight: number): void {
      done.push(`edit ${name} ${weight}`);
      table.set(name, weight);
    },
    remove({ name }: Named): void {
      done.push(`remove ${name}`);
      table.delete(name);
    },
    note({ type }: { readonly type: string }): void {
      if (type === 'gained' || type === 'lost') done.push(type);
    },
  };
  const pool = new ServerPool(servers, sorry, { quorum: 1, hysteresis: 0, ...rules }, observer);
  pool.start();
  done.length = 0;
  return { pool, table, refused, done };
}

describe('a server that the table refuses', () => {
  test('does not serve, nor count for quorum, and is added again when it is up again', () => {
    const [a, b] = [named('a'), named('b', 5)];
    const { pool, table, refused, done } = poolOf([a, b], undefined, { quorum: 3 });
    pool.takeDown(b);
    refused.add('b');
    pool.bringUp(b);
    expect([b.alive, pool.total, pool.up, table.has('b')]).toEqual([false, 1, false, false]);
    refused.clear();
    done.length = 0;
    pool.bringUp(b);
    expect(done).toEqual(['add b 5', 'gained']);
    expect([b.alive, pool.total, pool.up]).toEqual([true, 6, true]);
  });

  test('is added, not edited, when others have made room for it', () => {
    const a = named('a', 2);
    const { pool, refused, done } = poolOf([a]);
    pool.takeDown(a);
    refused.add('a');
    pool.bringUp(a);
    refused.clear();
    a.alive = true;
    done.length = 0;
    pool.correct(a);
    pool.correct(a);
    expect(done).toEqual(['add a 2', 'edit a 2']);
  });
});

describe('a sorry server', () => {
  test('that waits with weight 0 serves with weight 1 while there is no quorum', () => {
    const a = named('a', 4);
    const { pool, table } = poolOf([a], named('sorry', 9, true));
    const shown = (): unknown => Object.fromEntries(table);
    expect(shown()).toEqual({ a: 4, sorry: 0 });
    pool.takeDown(a);
    expect(shown()).toEqual({ sorry: 1 });
    pool.bringUp(a);
    expect(shown()).toEqual({ a: 4, sorry: 0 });
  });

  test('that comes while there is no quorum serves at once when it is weighed again', () => {
    const a = named('a');
    const { pool, table, done } = poolOf([a]);
    pool.takeDown(a);
    pool.sorry = named('sorry');
    pool.weigh();
    expect([...table.keys()]).toEqual([]);
    pool.weigh(true);
    expect([...table]).toEqual([['sorry', 1]]);
    done.length = 0;
    pool.weigh(true);
    expect(done).toEqual([]);
  });
});

describe('the weight of a server', () => {
  test('decides on quorum while the server is alive, and counts with it again when it is back', () => {
    const [a, b] = [named('a', 1), named('b', 5)];
    const { pool, table, done } = poolOf([a, b], named('sorry'), { quorum: 4 });
    pool.takeDown(b);
    expect([...table]).toEqual([['sorry', 1]]);
    done.length = 0;
    pool.changeWeight(b, 7);
    expect(done).toEqual([]);
    pool.changeWeight(a, 4);
    expect(done).toContain('gained');
    expect([...table]).toEqual([['a', 4]]);
    pool.changeWeight(a, 3);
    expect([...table]).toEqual([['sorry', 1]]);
    pool.bringUp(b);
    expect(Object.fromEntries(table)).toEqual({ a: 3, b: 7 });
  });

  test('of rules that change while a server is down decides at the next change only', () => {
    const [a, b] = [named('a', 1), named('b', 5)];
    const { pool, done } = poolOf([a, b]);
    pool.takeDown(b);
    pool.rules = { quorum: 3, hysteresis: 0 };
    done.length = 0;
    pool.changeWeight(b, 6);
    expect([pool.up, done]).toEqual([true, []]);
    pool.changeWeight(a, 2);
    expect([pool.up, done]).toEqual([false, ['edit a 2', 'lost']]);
  });
});
