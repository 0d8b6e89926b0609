import { expect, test } from 'vitest';
import {
  createTunnel,
  DEFAULT_TUNNEL,
  FORWARDING_METHODS,
} from '../../src/model/forwarding-method.js';

test('there are three forwarding methods', () => {
  expect(FORWARDING_METHODS).toEqual(['masquerading', 'gatewaying', 'tunneling']);
});

test('a tunnel is plain IP in IP unless told otherwise', () => {
  expect(createTunnel({})).toEqual({ type: 'ipip', port: 0, checksum: 'nocsum' });
  expect(createTunnel({})).toEqual(DEFAULT_TUNNEL);
});

test.each([
  { type: 'ipip', port: 0, checksum: 'nocsum' },
  { type: 'gue', port: 1, checksum: 'nocsum' },
  { type: 'gue', port: 65535, checksum: 'csum' },
  { type: 'gue', port: 6080, checksum: 'remcsum' },
  { type: 'gre', port: 0, checksum: 'nocsum' },
  { type: 'gre', port: 0, checksum: 'csum' },
] as const)('a tunnel may be %o', (tunnel) => {
  expect(createTunnel(tunnel)).toEqual(tunnel);
});

test.each([
  [{ type: 'vxlan' }, 'Invalid tunnel type: expected ipip, gue, gre, got "vxlan"'],
  [{ type: 'gue' }, 'Invalid port of gue tunnel: expected an integer 1–65535, got 0'],
  [{ type: 'gre', port: 1 }, 'Invalid port of gre tunnel: expected an integer 0–0, got 1'],
  [{ port: 1 }, 'Invalid port of ipip tunnel: expected an integer 0–0, got 1'],
  [{ checksum: 'csum' }, 'Invalid checksum of ipip tunnel: expected nocsum, got "csum"'],
  [
    { type: 'gre', checksum: 'remcsum' },
    'Invalid checksum of gre tunnel: expected nocsum, csum, got "remcsum"',
  ],
  [
    { type: 'gue', port: 1, checksum: 'x' },
    'Invalid checksum of gue tunnel: expected nocsum, csum, remcsum, got "x"',
  ],
])('a tunnel of %o is refused', (tunnel, message) => {
  expect(() => createTunnel(tunnel as never)).toThrow(new RangeError(message));
});

test('a tunnel with an unknown option is refused', () => {
  expect(() => createTunnel({ kind: 'gre' } as never)).toThrow(
    new TypeError('Cannot set a tunnel: expected options type, port, checksum, got "kind"'),
  );
});

test('servers share the default tunnel, which none of them copies', () => {
  expect(createTunnel(DEFAULT_TUNNEL)).toBe(DEFAULT_TUNNEL);
});
