/** When packets to the host are looked up as answers to clients on it. */
import { expect, it, vi } from 'vitest';
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
