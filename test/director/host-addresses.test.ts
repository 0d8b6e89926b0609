/**
 * The addresses of a director's interfaces, which may change while it works.
 */
import { expect, test } from 'vitest';
import { Director } from '../../src/director/index.js';
import { tcp } from './support/packets.js';

function tunneling(): Director {
  const director = new Director({ host: { server: { ipv4: '10.0.0.254' } } });
  director.execute('-A -t 192.0.2.1:80 -s rr');
  director.execute('-a -t 192.0.2.1:80 -r 10.0.0.1:80 -i');
  return director;
}

const outerSource = (director: Director): string =>
  [...director.receive(tcp('198.51.100.7:4711', '192.0.2.1:80')).departures()]
    .map(({ bytes }) => bytes.subarray(12, 16).join('.'))
    .join();

test('tunnels come from the address that an interface was given last', () => {
  const director = tunneling();

  const before = outerSource(director);
  director.addresses.assign('server', '10.0.0.253');

  expect([before, outerSource(director)]).toEqual(['10.0.0.254', '10.0.0.253']);
  expect([...director.addresses].map(String)).toEqual(
    expect.arrayContaining(['10.0.0.254', '10.0.0.253']),
  );
});

test('an interface keeps its address of the other family, and its MTU', () => {
  const director = tunneling();

  director.addresses.assign('server', 'fd00::fe');

  expect(outerSource(director)).toBe('10.0.0.254');
});

test.each([
  ['no such side', 'middle', '10.0.0.253', 'Invalid side: expected client, server, got "middle"'],
  ['no address', 'server', 'nonsense', 'Invalid address'],
])('%s is refused, and nothing changes', (_, side, address, message) => {
  const director = tunneling();

  expect(() => director.addresses.assign(side as 'server', address)).toThrow(message);
  expect(outerSource(director)).toBe('10.0.0.254');
});
