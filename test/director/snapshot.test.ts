/** Writing a director out and reading it back. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { Director, type DirectorState } from '../../src/director/index.js';
import { tcp } from './support/packets.js';
import { listing, run, type Scene, sceneOf } from './support/scene.js';
import { Player, plays, sceneOfPlay, textOf, TRAFFIC_HOST } from './support/traffic.js';

const VIP = '192.0.2.1:80';
/** Chance that both directors draw alike. */
const random = (): number => 0.3;

/** The same director once more, from its JSON text, on a clock that shows `originMs` now. */
function again(director: Director, originMs: number): Scene {
  const clock = new ManualClock(originMs);
  const state = JSON.parse(JSON.stringify(director)) as DirectorState;
  const options = { clock, random, host: TRAFFIC_HOST };
  const restored = Director.fromJSON(state, options);
  const wait = (ms: number): void => {
    clock.advance(ms);
    restored.advance();
  };
  return { clock, director: restored, wait };
}

/** What a director looks like from outside. */
function looks(scene: Scene): unknown {
  const { services, statistics, timeouts } = scene.director;
  const all = [...services].flatMap((service) => [
    `${service} ${service.schedulerName}`,
    statistics.of(service).totals(),
    statistics.of(service).rates(),
    ...[...service.servers].map((server) => {
      const { active, inactive, persistent, weight, overloaded } = server;
      return [String(server), active, inactive, persistent, weight, overloaded];
    }),
  ]);
  return [all, timeouts, statistics.total.counted(), listing(scene)];
}

describe('a director that was written out and read back', () => {
  it('gives the same verdicts on the same further traffic, on whatever clock', () => {
    fc.assert(
      fc.property(plays, fc.nat(100), fc.nat(1e9), fc.boolean(), (play, cut, originMs, sloppy) => {
        const tunables = { expire_nodest_conn: sloppy ? 1 : 0, sloppy_tcp: sloppy ? 1 : 0 };
        const first = sceneOfPlay(play, { random, tunables });
        const before = new Player(play, first);
        for (const plan of play.packets.slice(0, cut)) before.send(plan);
        const second = again(first.director, originMs);
        const after = before.on(second);
        expect(looks(second)).toEqual(looks(first));
        for (const plan of play.packets.slice(cut)) {
          const [one, other] = [before.send(plan), after.send(plan)];
          expect(other && textOf(other.verdict)).toBe(one && textOf(one.verdict));
        }
        for (const ms of [2_500, 9_000, 60_000, 300_000]) {
          first.wait(ms);
          second.wait(ms);
          expect(looks(second)).toEqual(looks(first));
        }
      }),
      { numRuns: 40 },
    );
  }, 30_000);

  it('decides as the same kernel, unless another one is named', () => {
    const { director } = sceneOf('', { kernel: '6.1.176' });
    const state = JSON.parse(JSON.stringify(director)) as DirectorState;

    expect(Director.fromJSON(state).kernel).toBe('6.1.176');
    expect(Director.fromJSON(state, { kernel: '6.1.192' }).kernel).toBe('6.1.192');
  });

  it('says the same again', () => {
    fc.assert(
      fc.property(plays, (play) => {
        const scene = sceneOfPlay(play, { random });
        for (const event of new Player(play, scene).all()) void event;
        const { director } = again(scene.director, scene.clock.now());
        expect(JSON.parse(JSON.stringify(director))).toEqual(
          JSON.parse(JSON.stringify(scene.director)),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('keeps apart the servers of two services that have the same address', () => {
    const scene = sceneOf(`
      -A -t ${VIP} -s rr
      -a -t ${VIP} -r 10.0.0.1:80 -g
      -A -t 192.0.2.1:0 -s rr -p 300
      -a -t 192.0.2.1:0 -r 10.0.0.1:80 -g`);
    run(scene.director, `-D -t ${VIP}`);
    scene.director.receive(tcp('198.51.100.7:4711', VIP));
    run(scene.director, `-A -t ${VIP} -s rr\n-a -t ${VIP} -r 10.0.0.1:80 -g`);
    const copy = again(scene.director, 0);
    expect(looks(copy)).toEqual(looks(scene));
    copy.wait(1_000_000);
    expect([...copy.director.services].map(({ servers }) => servers.first?.total)).toEqual([0, 0]);
  });

  it('remembers the servers of deleted services, and counts on with them', () => {
    const rules = `-A -t ${VIP} -s rr\n-a -t ${VIP} -r 10.0.0.1:80 -g`;
    const scene = sceneOf(`${rules}\n-A -t 192.0.2.2:80`);
    scene.director.receive(tcp('198.51.100.7:4711', VIP));
    run(scene.director, `-D -t ${VIP}`);
    const copy = again(scene.director, 0);
    const packet = (): Uint8Array => tcp('198.51.100.7:4711', VIP, 'A');
    expect(copy.director.receive(packet()).reason).toBe('server-removed');
    run(copy.director, rules);
    expect(String(copy.director.receive(packet()).server)).toBe('10.0.0.1:80');
    const [service] = [...copy.director.services].slice(-1);
    expect(service?.servers.first).toMatchObject({ active: 1, total: 1 });
    expect(copy.director.statistics.total.counted().packetsIn).toBe(2);
  });

  it('goes on with what was due', () => {
    const scene = sceneOf(`-A -t ${VIP} -s rr\n-a -t ${VIP} -r 10.0.0.1:80 -g`, {
      tunables: { expire_nodest_conn: 1 },
    });
    scene.director.receive(tcp('198.51.100.7:4711', VIP));
    run(scene.director, `-d -t ${VIP} -r 10.0.0.1:80`);
    scene.wait(5);
    const copy = again(scene.director, 0);
    copy.wait(5);
    expect(listing(copy)).toHaveLength(1);
    copy.wait(1);
    expect(listing(copy)).toEqual([]);
  });
});
