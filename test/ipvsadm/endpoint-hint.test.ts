import { expect, it } from 'vitest';
import { endpointHint } from '../../src/ipvsadm/endpoint.js';

const NO_NAMES = 'names are not resolved; save with -n, or use ipvs admin --resolve';

it.each([
  ['10.0.0.300', 'tcp', ''],
  ['10.0.0.300:80', 'tcp', ''],
  ['10.0.0.1:nosuch', 'tcp', 'no TCP service is named nosuch'],
  ['10.0.0.1:domain', 'udp', ''],
  ['10.0.0.1:8x', 'udp', ''],
  ['[2001:db8::zz]:80', 'tcp', ''],
  ['web.internal:80', 'tcp', NO_NAMES],
  ['web.internal', 'tcp', NO_NAMES],
] as const)('the hint for %s over %s is "%s"', (text, protocol, hint) => {
  expect(endpointHint(text, protocol)).toBe(hint);
});

it('the hint for a name that is resolved is about its address, and then about its port', () => {
  const hosts = (name: string): never => (name === 'known' ? '10.0.0.1' : undefined) as never;
  expect(endpointHint('unknown:80', 'tcp', hosts)).toBe('unknown has no IPv4 address');
  expect(endpointHint('known:nosuch', 'sctp', hosts)).toBe('no SCTP service is named nosuch');
  expect(endpointHint('known', 'tcp', hosts)).toBe('');
});
