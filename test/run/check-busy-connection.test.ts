/**
 * What the supervisor believes of an engine that reports busy connections.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Director } from 'ipvs/director';
import { checkBusyConnection } from '../../src/run/supervisor/check-busy-connection.js';
import { busyConnection } from './support/busy-connection.js';
import type { BusyConnection } from '../../src/run/kernel-path.js';

const director = new Director();
for (const rule of [
  '-A -t 192.0.2.1:80 -s rr',
  '-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m',
  '-a -t 192.0.2.1:80 -r 10.0.0.2:80 -i',
  '-A -f 7 -s rr',
  '-a -f 7 -r 10.0.0.3 -g',
]) {
  director.execute(rule);
}
const names = [...director.services].map((service) => ({
  service: service.toString(),
  servers: [...service.servers].map(String),
}));
const web = names.find(({ servers }) => servers.length === 2) ?? names[0];
const marked = names.find(({ servers }) => servers.length === 1) ?? names[0];
const GOOD = busyConnection({
  service: web.service,
  serverName: web.servers.find((name) => name.startsWith('10.0.0.1')) ?? '',
});
const check = (report: Partial<Record<keyof BusyConnection, unknown>>): unknown =>
  checkBusyConnection({ ...GOOD, ...report } as BusyConnection, director.services);

describe('a report of an engine', () => {
  it('is taken when it is about a connection of a service', () => {
    expect(check({})).toEqual(GOOD);
    const routed = { service: marked.service, serverName: marked.servers[0], virtual: '192.0.2.9' };
    expect(check(routed)).toMatchObject({ method: 'gatewaying', server: '10.0.0.3', ...routed });
  });

  it.each<[string, Partial<Record<keyof BusyConnection, unknown>>]>([
    ['service', { service: 'TCP 192.0.2.1:81' }],
    ['server', { serverName: '10.0.0.9:8080' }],
    ['address of a service', { virtual: '192.0.2.2' }],
    ['address of that family', { client: '2001:db8::7' }],
    ['address', { client: '198.51.100.7 ; flush ruleset' }],
    ['id', { id: '1.0 ; flush ruleset' }],
    ['port', { clientPort: 65_536 }],
    ['port of a number', { serverPort: '80 ; flush ruleset' }],
    ['method that the kernel has', { serverName: web.servers.find((name) => name.includes('.2')) }],
  ])('is not when it names no %s', (_what, report) => {
    expect(check(report)).toBeUndefined();
  });

  it('never brings words of its own to nftables, whatever it is', () => {
    const word = fc.oneof(
      fc.constantFrom('1.2.3.4', '::1', 'tcp', '10.0.0.1', '}\nflush ruleset', 80, null),
      fc.string(),
      fc.double(),
    );
    const keys = Object.keys(GOOD).filter((key) => key !== 'service' && key !== 'serverName');
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), word), (report) => {
        const { service, serverName, ...rest } = (check(report) ?? GOOD) as BusyConnection;
        expect([service, serverName]).toEqual([GOOD.service, GOOD.serverName]);
        for (const value of Object.values(rest)) expect(String(value)).toMatch(/^[\da-z.:]+$/);
      }),
    );
  });
});
