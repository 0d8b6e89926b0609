/**
 * A director in a namespace of its own, as it is without any interface; what watches it, and what it watches.
 */
import { spawnSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Stage, until, whatIsMissing } from './support/stage.js';

const missing = whatIsMissing('curl', 'nft', 'nsenter', 'ping', 'script');

describe.skipIf(missing !== '')(`a namespace of its own (needs root and tools; ${missing})`, () => {
  const stage = new Stage('nat', 1, true);
  const { lab } = stage;
  const { virtual4, virtual6 } = lab;
  const servers = ['s1', 's2'];

  /** What the machine itself gets, a client of the director. */
  const here = (command: string): string => lab.run('director', command).stdout.trim();
  const names = (count: number, address: string): string[] =>
    here(`for i in $(seq ${count}); do curl -s -m 3 'http://${address}/' || echo none; done`).split(
      '\n',
    );

  beforeAll(async () => {
    await stage.up();
    // As it is with servers whose gateway is another machine: they know their own network alone.
    for (const name of servers) {
      lab.run(name, 'ip route del default; ip -6 route del default');
    }
  }, 120_000);
  afterAll(() => stage.down());
  afterEach(async () => stage.stop(), 60_000);

  it('serves the machine, whatever routes the servers have, and leaves no trace', async () => {
    const before = stage.network();
    await stage.start();
    for (const address of [virtual4, `[${virtual6}]`]) {
      expect(new Set(names(4, address))).toEqual(new Set(servers));
    }
    expect(stage.network()).not.toBe(before);
    await stage.stop();
    expect(stage.network()).toBe(before);
    expect(here('ip netns list')).not.toContain(stage.ownNamespace);
  });

  it('is scraped while traffic flows', async () => {
    await stage.start('--metrics 9178');
    names(10, virtual4);
    const scraped = here('curl -s -m 5 -i http://127.0.0.1:9178/metrics');
    expect(scraped).toMatch(/^HTTP\/1.1 200 OK\r\ncontent-type: text\/plain; version=0.0.4/i);
    expect(scraped).toMatch(/^node_ipvs_connections_total 10$/m);
    expect(scraped).toMatch(/^ipvs_engine_restarts_total 0$/m);
    expect(here("curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:9178/")).toBe('404');
  });

  // A probe may take as long as the interval: a busy machine may need a second for eight of them.
  it.each([
    ['http:/health:1s', () => lab.stopServer('s1'), () => lab.startServer('s1')],
    [
      'ping:1s',
      () => void lab.run('s1', 'ip link set dev eth0 down'),
      () => void lab.run('s1', 'ip link set dev eth0 up'),
    ],
  ])('takes a server out that %s finds dead, and back', async (check, end, begin) => {
    await stage.start(`--check ${check}`);
    // Each of four services has checks of its own, and logs first whatever it finds first.
    const answer = async (expected: string[]): Promise<void> =>
      until(() => [...new Set(names(4, virtual4))].toSorted().join() === expected.join());
    await answer(servers);
    end();
    await answer(['s2']);
    await until(() => stage.logged.includes(' server-down '));
    begin();
    await answer(servers);
    await until(() => stage.logged.includes(' server-up '));
  });

  it('shows a live table on a terminal', async () => {
    await stage.start();
    const top = lab.start('director', [
      'script',
      '-qec',
      stage.commandLine('ctl top'),
      '/dev/null',
    ]);
    let shown = '';
    top.stdout?.on('data', (data: Buffer) => (shown += data.toString()));
    await until(() => shown.split('\u001B[H\u001B[2J').length > 2);
    expect(shown).toContain(`TCP ${virtual4}:80`);
    expect(shown).toMatch(/ server +weight +active +inactive +new\/s/);
    top.kill();
  });

  it('goes on when its namespace loses its name, and makes another one when it has to', async () => {
    await stage.start();
    spawnSync('ip', ['netns', 'del', stage.ownNamespace]);
    expect(names(2, virtual4)).not.toContain('none');
    const { pid } = (await stage.status()) as unknown as { pid: number };
    const before = stage.logged.length;
    process.kill(pid, 'SIGKILL');
    await until(() => stage.logged.slice(before).includes(' ready '));
    expect(stage.logged.slice(before)).toContain('network-made-again');
    expect(names(2, virtual4)).not.toContain('none');
  });
});
