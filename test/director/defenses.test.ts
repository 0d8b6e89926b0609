/** The defenses against floods, through whole packets. */
import { describe, expect, it } from 'vitest';
import { sctp, tcp, udp } from './support/packets.js';
import { listing, type Scene, sceneOf } from './support/scene.js';

const VIP = '192.0.2.1:80';
const RULES = `
-A -t ${VIP} -s rr
-a -t ${VIP} -r 10.0.0.1:80 -m
-A -u ${VIP} -s rr
-a -u ${VIP} -r 10.0.0.1:80 -m
-A -t 192.0.2.2:80 -s rr -p 300
-a -t 192.0.2.2:80 -r 10.0.0.1:80 -m
`;

/** Opens connections from new ports, and tells which packets were dropped. */
function flood({ director }: Scene, count: number, firstPort = 1024): number[] {
  const dropped: number[] = [];
  for (let i = 0; i < count; i++) {
    const { reason } = director.receive(tcp(`198.51.100.7:${firstPort + i}`, VIP));
    if (reason === 'drop-packet-defence') dropped.push(i);
  }
  return dropped;
}

/** Lets a defense draw every entry several times: a thirty-second of the table each second. */
function lookRound(scene: Scene): void {
  for (let second = 0; second < 200; second++) scene.wait(1000);
}

describe('drop_packet', () => {
  it('drops every n-th packet that would open a connection, n as am_droprate', () => {
    const scene = sceneOf(RULES, { tunables: { drop_packet: 3, am_droprate: 4 } });
    expect(flood(scene, 12)).toEqual([0, 4, 8]);
  });

  it('takes a new rate at its next look, and goes on counting from where it was', () => {
    const scene = sceneOf(RULES, { tunables: { drop_packet: 3, am_droprate: 4 } });
    flood(scene, 12);
    scene.director.setTunable('am_droprate', 2);
    expect(flood(scene, 8, 2000)).toEqual([0, 4]);
    scene.wait(1001);
    expect(flood(scene, 6, 3000)).toEqual([0, 2, 4]);
  });

  it('looks at once when one of the three gets another value, and not when it gets the same', () => {
    const scene = sceneOf(RULES, { tunables: { drop_packet: 3, am_droprate: 4 } });
    scene.director.setTunable('am_droprate', 2);
    scene.director.setTunable('drop_packet', 3);
    expect(flood(scene, 9)).toEqual([0, 4, 8]);
    scene.director.setTunable('secure_tcp', 1);
    expect(flood(scene, 8, 2000)).toEqual([3, 5, 7]);
  });

  it('takes a new threshold at its next look', () => {
    const scene = sceneOf(RULES, {
      tunables: { drop_packet: 1, amemthresh: 700 },
      freeMemory: () => 750,
    });
    scene.director.setTunable('amemthresh', 1000);
    expect(scene.director.tunables.get('drop_packet')).toBe(1);
    scene.wait(1001);
    expect(scene.director.tunables.get('drop_packet')).toBe(2);
  });

  it('spares packets of known connections', () => {
    const scene = sceneOf(RULES, { tunables: { am_droprate: 2 } });
    scene.director.receive(tcp('198.51.100.7:1024', VIP));
    scene.director.setTunable('drop_packet', 3);
    const actions = [1, 2, 3, 4].map(
      () => scene.director.receive(tcp('198.51.100.7:1024', VIP, 'A')).action,
    );
    expect(actions).toEqual(['forward', 'forward', 'forward', 'forward']);
  });

  it('switches itself on while memory is short, and drops the more the less is left', () => {
    let free = Infinity;
    const scene = sceneOf(RULES, {
      tunables: { drop_packet: 1, amemthresh: 1000 },
      freeMemory: () => free,
    });
    expect(flood(scene, 4)).toEqual([]);
    free = 750;
    scene.wait(1001);
    expect(scene.director.tunables.get('drop_packet')).toBe(2);
    expect(flood(scene, 8, 2000)).toEqual([3, 7]);
    free = 1000;
    scene.wait(1000);
    expect(scene.director.tunables.get('drop_packet')).toBe(1);
    expect(flood(scene, 8, 3000)).toEqual([]);
  });
});

describe('drop_entry', () => {
  const tunables = { drop_entry: 3 };

  it('drops half-open connections', () => {
    const scene = sceneOf(RULES, { tunables });
    flood(scene, 64);
    for (let second = 0; second < 33; second++) scene.wait(1000);
    expect(listing(scene).length).toBeLessThan(40);
  });

  it('looks at a thirty-second of the table each second', () => {
    const scene = sceneOf(RULES, { tunables });
    flood(scene, 3200);
    scene.wait(1010);
    expect(listing(scene).length).toBeGreaterThan(3200 - 150);
    expect(listing(scene).length).toBeLessThan(3200 - 50);
  });

  it('spares established connections that are in use', () => {
    const scene = sceneOf(RULES, { tunables });
    scene.director.receive(tcp('198.51.100.7:1024', VIP));
    for (let second = 0; second < 100; second++) {
      scene.director.receive(tcp('198.51.100.7:1024', VIP, 'A'));
      scene.wait(1000);
    }
    expect(listing(scene)).toEqual([`tcp 198.51.100.7:1024 ${VIP} 10.0.0.1:80 ESTABLISHED`]);
  });

  it('drops established connections that are idle for a minute and had few packets', () => {
    const scene = sceneOf(RULES, { tunables });
    scene.director.setTunable('drop_entry', 0);
    scene.director.receive(tcp('198.51.100.7:1024', VIP));
    scene.director.receive(tcp('198.51.100.7:1024', VIP, 'A'));
    scene.wait(61_000);
    scene.director.setTunable('drop_entry', 3);
    lookRound(scene);
    expect(listing(scene)).toEqual([]);
  });

  it('spares idle connections that had many packets', () => {
    const scene = sceneOf(RULES, { tunables });
    scene.director.setTunable('drop_entry', 0);
    scene.director.receive(tcp('198.51.100.7:1024', VIP));
    for (let i = 0; i < 9; i++) scene.director.receive(tcp('198.51.100.7:1024', VIP, 'A'));
    scene.wait(61_000);
    scene.director.setTunable('drop_entry', 3);
    lookRound(scene);
    expect(listing(scene)).toHaveLength(1);
  });

  it('drops idle datagram connections', () => {
    const scene = sceneOf(RULES);
    scene.director.receive(udp('198.51.100.7:1024', VIP));
    scene.wait(61_000);
    scene.director.setTunable('drop_entry', 3);
    lookRound(scene);
    expect(listing(scene)).toEqual([]);
  });

  it('spares templates that are assured, and those that control others', () => {
    const scene = sceneOf(RULES);
    scene.director.receive(tcp('198.51.100.7:1024', '192.0.2.2:80'));
    scene.director.receive(tcp('198.51.100.7:1024', '192.0.2.2:80', 'A'));
    scene.director.receive(tcp('198.51.100.7:1024', '192.0.2.2:80', 'R'));
    scene.wait(11_000);
    scene.director.setTunable('drop_entry', 3);
    lookRound(scene);
    expect(listing(scene)).toEqual(['tcp 198.51.100.7:0 192.0.2.2:80 10.0.0.1:80 ASSURED']);
  });

  it('drops templates that are not assured, but for those of one-packet services that saw no packets', () => {
    const templates = (flags: string): number => {
      const scene = sceneOf(`
        -A ${flags} -s rr -p 3600
        -a ${flags.replace(' -o', '')} -r 10.0.0.1:80 -g
      `);
      const mark = flags.startsWith('-f') ? 7 : 0;
      scene.director.receive(udp('198.51.100.7:1024', VIP), mark);
      scene.wait(301_000);
      scene.director.setTunable('drop_entry', 3);
      lookRound(scene);
      return listing(scene).length;
    };
    expect([templates(`-u ${VIP}`), templates(`-u ${VIP} -o`)]).toEqual([0, 1]);
    expect([templates('-f 7'), templates('-f 7 -o')]).toEqual([0, 1]);
  });

  it('switches itself on while memory is short', () => {
    const scene = sceneOf(RULES, { tunables: { drop_entry: 1 }, freeMemory: () => 0 });
    flood(scene, 32);
    for (let second = 0; second < 40; second++) scene.wait(1000);
    expect(scene.director.tunables.get('drop_entry')).toBe(2);
    expect(listing(scene).length).toBeLessThan(20);
  });
});

describe('secure_tcp', () => {
  const stateAfterSyn = (scene: Scene, port: number): string => {
    const client = `198.51.100.7:${port}`;
    scene.director.receive(tcp(client, VIP));
    const line = listing(scene).find((each) => each.includes(client));
    return line?.split(' ').pop() ?? '';
  };

  it('follows the stricter table while it is at work, from the first packet on', () => {
    const usual = stateAfterSyn(sceneOf(RULES), 1024);
    const scene = sceneOf(RULES, { tunables: { secure_tcp: 3 } });
    const client = '198.51.100.7:1024';
    scene.director.receive(tcp(client, VIP));
    scene.director.receive(tcp(client, VIP, 'A'));
    scene.director.receive(tcp(client, VIP, 'S'));
    const scenario = sceneOf(RULES);
    scenario.director.receive(tcp(client, VIP));
    scenario.director.receive(tcp(client, VIP, 'A'));
    scenario.director.receive(tcp(client, VIP, 'S'));
    expect(usual).toBe('SYN_RECV');
    expect(listing(scene)).not.toEqual(listing(scenario));
  });

  it('switches itself by the memory that is free', () => {
    let free = 0;
    const scene = sceneOf(RULES, { tunables: { secure_tcp: 1 }, freeMemory: () => free });
    const seen: number[] = [];
    for (const next of [0, Infinity, 0]) {
      free = next;
      scene.wait(1001);
      seen.push(scene.director.tunables.get('secure_tcp'));
    }
    expect(seen).toEqual([2, 1, 2]);
  });
});

describe('a defense that is off or always at work', () => {
  it.each(['drop_entry', 'drop_packet', 'secure_tcp'])('is not switched: %s', (name) => {
    for (const value of [0, 3]) {
      const scene = sceneOf(RULES, { tunables: { [name]: value }, freeMemory: () => 0 });
      scene.wait(2500);
      expect(scene.director.tunables.get(name)).toBe(value);
    }
  });
});

describe('a full table', () => {
  it('refuses connections with a reason of its own, and forgets nothing', () => {
    const scene = sceneOf(RULES, { connectionLimit: 3, overflow: 'refuse' });
    flood(scene, 3);
    const verdict = scene.director.receive(tcp('198.51.100.7:99', VIP));
    expect([verdict.action, verdict.reason]).toEqual(['drop', 'table-full']);
    expect(listing(scene)).toHaveLength(3);
    expect(scene.director.table.statistics.refused).toBe(1);
  });

  it('still serves the connections it has', () => {
    const scene = sceneOf(RULES, { connectionLimit: 3, overflow: 'refuse' });
    flood(scene, 5);
    const again = tcp('198.51.100.7:1024', VIP, 'A');
    expect(scene.director.receive(again).action).toBe('forward');
    expect(scene.director.receive(sctp('198.51.100.7:1', VIP)).action).toBe('accept');
  });

  it('drops half-open connections for new ones when it may', () => {
    const scene = sceneOf(RULES, { connectionLimit: 3 });
    flood(scene, 5);
    expect(listing(scene)).toHaveLength(3);
    expect(scene.director.table.statistics).toMatchObject({ dropped: 2, refused: 0 });
  });

  it('never drops a template for the connection it controls', () => {
    const scene = sceneOf(RULES, { connectionLimit: 2 });
    for (const port of [1024, 1025, 1026]) {
      scene.director.receive(tcp(`198.51.100.${port - 1000}:${port}`, '192.0.2.2:80'));
      const templates = listing(scene).filter((line) => line.includes(':0 '));
      expect(templates).toHaveLength(1);
    }
  });
});
