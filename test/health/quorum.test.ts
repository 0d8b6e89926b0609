/** Quorum, hysteresis and retries of a checker, which keepalived's configuration has as well. */
import { describe, expect, it } from 'vitest';
import { HealthChecker, type QuorumChange } from '../../src/health/index.js';
import { ServerList } from '../../src/model/server-list.js';
import { examine, passTime, server, weights } from './patients.js';

const A = '10.0.0.1:80';
const B = '10.0.0.2:80';
const C = '10.0.0.3:80';
const SORRY = '10.0.0.99:80';
const sorryServer = { address: '10.0.0.99', port: 80 };
const three = [server(1), server(2), server(3)];

describe('without quorum', () => {
  it('the sorry server serves, and no other server', async () => {
    const { servers, ill, rounds, lines, checker } = examine(three, { sorryServer, quorum: 2 });
    ill.add(A);
    await rounds(2);
    expect(weights(servers)).toEqual({ [A]: 0, [B]: 1, [C]: 1 });
    ill.add(B);
    await rounds(2);
    expect(weights(servers)).toEqual({ [A]: 0, [B]: 0, [C]: 0, [SORRY]: 1 });
    expect(checker.hasQuorum).toBe(false);
    expect(checker.health(server(3))?.up).toBe(true);
    expect(lines.slice(-3)).toEqual([
      `${B} is down (no pulse)`,
      'quorum lost: weight 1 of 2 is up',
      `weight 1 of 2 is up: sorry server ${SORRY} takes over`,
    ]);
    ill.delete(A);
    await rounds(2);
    expect(weights(servers)).toEqual({ [A]: 1, [B]: 0, [C]: 1 });
  });

  it('servers that are up go on when there is no sorry server, and the change is reported', async () => {
    const changes: QuorumChange[] = [];
    const onQuorumChange = (change: QuorumChange): number => changes.push(change);
    const { servers, ill, rounds } = examine(three, { quorum: 3, onQuorumChange });
    ill.add(A);
    await rounds(2);
    expect(weights(servers)).toEqual({ [A]: 0, [B]: 1, [C]: 1 });
    ill.clear();
    await rounds(2);
    expect(changes).toEqual([
      { gained: false, weight: 2, quorum: 3, timeMs: 1000 },
      { gained: true, weight: 3, quorum: 3, timeMs: 4000 },
    ]);
  });

  it('a server that the operator adds waits, and one that brings the weight ends it', async () => {
    const { servers, ill, pass, rounds } = examine(three, { sorryServer, quorum: 2 });
    ill.add(A).add(B);
    await rounds(2);
    servers.edit(server(3), { weight: 0 });
    servers.add(server(4));
    await pass(0);
    expect(servers.get(server(4))?.weight).toBe(0);
    servers.edit(server(4), { weight: 2 });
    await pass(0);
    expect(weights(servers)).toMatchObject({ [C]: 0, '10.0.0.4:80': 2 });
    expect(servers.get(sorryServer)).toBeUndefined();
  });

  it('a server that the operator has quiesced stays in the list, also when down is remove', async () => {
    const { servers, ill, rounds } = examine([server(1), server(2)], {
      sorryServer,
      down: 'remove',
    });
    servers.edit(server(1), { weight: 0 });
    ill.add(B);
    await rounds(2);
    expect(weights(servers)).toEqual({ [A]: 0, [SORRY]: 1 });
  });
});

it('hysteresis leaves quorum as it is between quorum − hysteresis and quorum + hysteresis', async () => {
  const { checker, ill, rounds } = examine(three, { quorum: 2, hysteresis: 1 });
  const quorum = async (...down: string[]): Promise<boolean> => {
    ill.clear();
    for (const each of down) ill.add(each);
    await rounds(2);
    return checker.hasQuorum;
  };
  expect(await quorum(A, B)).toBe(true);
  expect(await quorum(A, B, C)).toBe(false);
  expect(await quorum(A)).toBe(false);
  expect(await quorum()).toBe(true);
});

it('a failed probe is tried again after the retry delay, and a server that is down after the interval', async () => {
  const { ill, probes, pass } = examine([server(1)], { fall: 3, retryDelayMs: 100 });
  ill.add(A);
  await pass(2500);
  expect(probes).toEqual([0, 100, 200, 1200, 2200].map((time) => `${A}@${time}`));
});

it('the first failure takes a server down at once where it decides', async () => {
  const { servers, ill, pass, rounds } = examine([server(1)], { firstFailureDecides: true });
  ill.add(A);
  await pass(0);
  expect(weights(servers)).toEqual({ [A]: 0 });
  ill.clear();
  await rounds(2);
  ill.add(A);
  await rounds(1);
  expect(weights(servers)).toEqual({ [A]: 1 });
});

it('a probe that gives no weight any more leaves its server the weight that the operator wrote', async () => {
  const answers: unknown[] = [{ weight: 5 }, undefined];
  const { servers, pass, rounds, checker } = examine([server(1, 3)], {
    probe: async () => answers.shift(),
  });
  await pass(0);
  expect(weights(servers)).toEqual({ [A]: 5 });
  checker.report(server(1), true);
  expect(weights(servers)).toEqual({ [A]: 5 });
  await rounds(1);
  expect(weights(servers)).toEqual({ [A]: 3 });
});

it('a real server that was the sorry server has its own settings again', async () => {
  const own = { ...server(1, 2), forwardingMethod: 'masquerading', upperThreshold: 9 } as const;
  const { servers, ill, rounds } = examine([own, server(2)], {
    down: 'remove',
    sorryServer: { ...server(1, 7), forwardingMethod: 'gatewaying' },
  });
  ill.add(A).add(B);
  await rounds(2);
  expect(weights(servers)).toEqual({ [A]: 7 });
  ill.delete(A);
  await rounds(2);
  const { weight, forwardingMethod, upperThreshold } = servers.get(server(1)) ?? {};
  expect({ weight, forwardingMethod, upperThreshold }).toEqual({
    weight: 2,
    forwardingMethod: 'masquerading',
    upperThreshold: 9,
  });
});

it('a checker that was written out without quorum goes on without it', async () => {
  const options = { sorryServer, quorum: 2, hysteresis: 1, down: 'remove' } as const;
  const first = examine(three, options);
  first.ill.add(A).add(B).add(C);
  await first.rounds(2);
  first.ill.delete(A);
  first.ill.delete(B);
  await first.rounds(2);
  expect(weights(first.servers)).toEqual({ [SORRY]: 1 });
  const saved = JSON.parse(JSON.stringify([first.servers, first.checker])) as [never, never];
  first.checker.stop();

  const servers = ServerList.fromJSON(saved[0]);
  const probe = async (): Promise<boolean> => true;
  const { timers } = first;
  const checker = new HealthChecker(servers, { ...options, probe, timers, jitter: 0 });
  checker.restore(saved[1]);
  checker.start();
  expect(weights(servers)).toEqual({ [SORRY]: 1 });
  await passTime(timers, 10_000);
  expect(weights(servers)).toEqual({ [A]: 1, [B]: 1, [C]: 1 });
  checker.stop();
});

it('a quorum or a hysteresis that cannot be reached is refused', () => {
  const probe = async (): Promise<boolean> => true;
  const make = (options: object) => () =>
    new HealthChecker(new ServerList(), { probe, ...options });
  expect(make({ quorum: 0 })).toThrow('Invalid quorum');
  expect(make({ quorum: 2, hysteresis: 2 })).toThrow('Invalid hysteresis');
});
