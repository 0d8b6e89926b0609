/** When packets to the host are looked up as answers to clients on it. */
import { expect, it, vi } from 'vitest';
import { Director, type DirectorState } from '../../src/director/index.js';
import { endsOf, tcp } from './support/packets.js';
import { type Scene, sceneOf } from './support/scene.js';

const VIP = '192.0.2.1:80';
const RULES = `-A -t ${VIP} -s rr\n-a -t ${VIP} -r 10.0.0.1:8080 -m`;
const CLIENT = '198.51.100.7:5000';

/** Whether a client's segment is looked up as a server's answer, too. */
function isLookedUpTwice({ director }: Scene): boolean {
  director.receive(tcp(CLIENT, VIP, 'S'));
  const findOut = vi.spyOn(director.table, 'findOut');
  expect(director.receive(tcp(CLIENT, VIP, 'A')).action).toBe('forward');
  return findOut.mock.calls.length > 0;
}

it('packets are looked up as answers once the host has a client of its own', () => {
  const scene = sceneOf(RULES);

  expect(isLookedUpTwice(scene)).toBe(false);
  scene.director.observe(tcp('192.0.2.1:4000', VIP, 'S'));
  expect(isLookedUpTwice(scene)).toBe(true);
});

it('an address that the host gets makes packets be looked up twice only if there are connections', () => {
  const [before, after] = [sceneOf(RULES), sceneOf(RULES)];
  before.director.addresses.add('192.0.2.99');
  after.director.receive(tcp(CLIENT, VIP, 'S'));
  after.director.addresses.add('192.0.2.99');

  expect([isLookedUpTwice(before), isLookedUpTwice(after)]).toEqual([false, true]);
});

it('a restored director knows whether its host has clients', () => {
  for (const [client, expected] of [
    [CLIENT, false],
    ['192.0.2.1:4000', true],
  ] as const) {
    const scene = sceneOf(RULES);
    scene.director.take(tcp(client, VIP, 'S'), 0, 40, expected ? 'host' : 'client');
    const state = JSON.parse(JSON.stringify(scene.director)) as DirectorState;
    const director = Director.fromJSON(state, { clock: scene.clock });

    expect(isLookedUpTwice({ ...scene, director })).toBe(expected);
  }
});

it.each([4, 6] as const)(
  'a client of the host over IPv%i is known by all words of its address',
  (family) => {
    const virtual = family === 4 ? VIP : '[2001:db8::1]:80';
    const rules = `-A -t ${virtual} -s rr\n-a -t ${virtual} -r ${family === 4 ? '10.0.0.1' : '[fd00::1]'}:8080 -m`;
    const own = family === 4 ? '192.0.2.77' : '2001:db8:1:2:3:4:5:77';
    const near =
      family === 4
        ? ['192.0.2.78', '192.1.2.77']
        : [
            '2001:db9:1:2:3:4:5:77',
            '2001:db8:1:3:3:4:5:77',
            '2001:db8:1:2:3:5:5:77',
            '2001:db8:1:2:3:4:5:78',
          ];
    const text = (address: string): string =>
      family === 4 ? `${address}:4000` : `[${address}]:4000`;
    const lookedUp = (client: string): boolean => {
      const { director } = sceneOf(rules, { host: { addresses: [own] } });
      director.receive(tcp(text(client), virtual, 'S'));
      const findOut = vi.spyOn(director.table, 'findOut');
      director.receive(tcp(text(client), virtual, 'A'));
      return findOut.mock.calls.length > 0;
    };

    expect([own, ...near].map(lookedUp)).toEqual([true, ...near.map(() => false)]);
  },
);

it('packets from a loopback address, which no network can answer, do not make others slower', () => {
  const scene = sceneOf(RULES);
  scene.director.receive(tcp('127.0.0.5:4000', VIP, 'S'));

  expect(isLookedUpTwice(scene)).toBe(false);
});

it('a client on a loopback address of the host gets its answers from a server on the host', () => {
  const scene = sceneOf(RULES.replace('10.0.0.1', '127.0.0.1'));
  scene.director.observe(tcp('127.0.0.5:4000', VIP, 'S'));
  const answer = scene.director.observe(tcp('127.0.0.1:8080', '127.0.0.5:4000', 'SA'));

  expect(endsOf(answer.delivery())).toBe(`${VIP} > 127.0.0.5:4000`);
});
