import { describe, expect, it } from 'vitest';
import type { IpAddress } from '../../src/ip-address.js';
import { isHostMask, prefixLengthOf } from '../../src/services/persistence-settings.js';
import { createServiceKey, type ServiceName } from '../../src/services/service-key.js';
import { Service, type ServiceSettings } from '../../src/services/service.js';
import { NewestServer, trivialRegistry } from './registry.js';

const environment = { schedulers: trivialRegistry };

function webService(settings: ServiceSettings = {}): Service {
  return new Service(createServiceKey({ address: '10.0.0.1', port: 80 }), settings, environment);
}

function oneByOne(name: ServiceName): Service {
  return new Service(createServiceKey(name), { onePacket: true }, environment);
}

function maskOf(address: string, netmask?: string | number): IpAddress | undefined {
  const persistence = netmask === undefined ? {} : { netmask };
  const key = createServiceKey({ address, port: 80 });
  return new Service(key, { persistence }, environment).persistence?.netmask;
}

describe('Service', () => {
  it('is a non-persistent wlc service without flags unless told otherwise', () => {
    const service = webService();
    expect([service.schedulerName, service.schedulerFlags]).toEqual(['wlc', 0]);
    expect([service.persistence, service.onePacket]).toEqual([undefined, false]);
  });

  it('closes the old scheduler and starts a fresh one on the same list when it changes', () => {
    const service = webService({ scheduler: 'rr' });
    const server = service.servers.add({ address: '10.1.0.1', port: 80 });
    const before = service.scheduler as NewestServer;
    service.edit({ scheduler: 'sh' });
    expect(before.closed).toBe(true);
    expect(service.scheduler.name).toBe('sh');
    expect((service.scheduler as NewestServer).schedule()).toBe(server);
  });

  it('keeps the live scheduler when it is edited with the same one', () => {
    const service = webService({ scheduler: 'sh' });
    const before = service.scheduler as NewestServer;
    service.edit({ scheduler: 'sh', schedulerFlags: 3 });
    expect(service.scheduler).toBe(before);
    expect(before.closed).toBe(false);
  });

  it('shows changed flags to the live scheduler', () => {
    const service = webService({ scheduler: 'sh', schedulerFlags: 1 });
    const scheduler = service.scheduler as NewestServer;
    expect(scheduler.flags).toEqual({ fallback: true, port: false });
    service.edit({ schedulerFlags: 2 });
    expect(scheduler.flags).toEqual({ fallback: false, port: true });
  });

  it('changes nothing when one of the new settings is refused', () => {
    const service = webService({ scheduler: 'rr', persistence: { timeoutSeconds: 50 } });
    const before = JSON.stringify(service);
    const edits: ServiceSettings[] = [
      { persistence: false, scheduler: 'nosuch' },
      { scheduler: 'lc', schedulerFlags: 8 },
      { scheduler: 'lc', persistence: { timeoutSeconds: 0 } },
      { scheduler: 'lc', onePacket: true },
    ];
    for (const edit of edits) expect(() => service.edit(edit)).toThrow();
    expect(JSON.stringify(service)).toBe(before);
  });

  it('takes a factory in place of a name', () => {
    const settings = { clock: { now: () => 0 }, random: () => 0 };
    const service = webService({
      scheduler: (servers) =>
        new NewestServer('nq', { ...settings, expirationMs: () => 1 }, servers),
    });
    expect(service.schedulerName).toBe('nq');
    const before = service.scheduler;
    service.edit({ scheduler: 'nq' });
    expect(service.scheduler).toBe(before);
  });

  it('leaves the flags of a factory as they are, unless others are given', () => {
    const settings = { clock: { now: () => 0 }, random: () => 0, expirationMs: () => 1 };
    const service = webService({
      scheduler: (servers) => new NewestServer('sh', settings, servers),
    });
    const scheduler = service.scheduler as NewestServer;
    scheduler.setFlags({ port: true });
    service.edit({ persistence: { timeoutSeconds: 50 } });
    expect(scheduler.flags).toEqual({ port: true });
    service.edit({ schedulerFlags: 1 });
    expect(scheduler.flags).toEqual({ fallback: true, port: false });
  });

  it('refuses a scheduler nobody knows', () => {
    expect(() => webService({ scheduler: 'nosuch' })).toThrow(
      expect.objectContaining({ code: 'ERR_SCHEDULER_NOT_FOUND' }),
    );
  });

  it('gives the locality-based schedulers the time of their own tunable, asked each time', () => {
    const seconds = { lblc_expiration: 10, lblcr_expiration: 20 };
    const expirations: (() => number)[] = [];
    const name = createServiceKey({ address: '10.0.0.1', port: 80 });
    const service = new Service(
      name,
      { scheduler: 'lblc' },
      {
        tunable: (tunable) => seconds[tunable],
        schedulers: (each, options) => {
          expirations.push(options.expirationMs);
          return trivialRegistry(each, options);
        },
      },
    );
    service.edit({ scheduler: 'lblcr' });
    expect(expirations.map((each) => each())).toEqual([10_000, 20_000]);
    seconds.lblc_expiration = 30;
    expect(expirations.map((each) => each())).toEqual([30_000, 20_000]);
  });

  it('names a factory that makes no scheduler', () => {
    function wrongFactory(): never {
      return 7 as never;
    }
    expect(() => webService({ scheduler: wrongFactory })).toThrow('got wrongFactory');
    const [nameless] = [(): never => 7 as never];
    expect(() => webService({ scheduler: nameless })).toThrow('got a function');
  });

  it('takes one-packet scheduling for UDP and for marks, and refuses it elsewhere', () => {
    expect(oneByOne({ fwmark: 7 }).onePacket).toBe(true);
    expect(oneByOne({ protocol: 'udp', address: '::1', port: 53 }).onePacket).toBe(true);
    expect(() => oneByOne({ protocol: 'sctp', address: '::1', port: 53 })).toThrow(RangeError);
  });

  it('reads its state back with servers and scheduler state', () => {
    const service = webService({
      scheduler: 'lc',
      schedulerFlags: 5,
      persistence: { timeoutSeconds: 90, netmask: '255.0.255.0' },
    });
    service.servers.add({ address: '10.1.0.1', port: 80, weight: 3 }).open();
    (service.scheduler as NewestServer).remembered = { cursor: 4 };
    const copy = Service.fromJSON(service.toJSON(), service, environment);
    expect(JSON.stringify(copy)).toBe(JSON.stringify(service));
  });
});

describe('a persistence netmask', () => {
  it('keeps every bit unless told otherwise', () => {
    expect(isHostMask(maskOf('10.0.0.1') as IpAddress)).toBe(true);
    expect(isHostMask(maskOf('::1') as IpAddress)).toBe(true);
  });

  it.each([
    ['10.0.0.1', '::', 'expected an IPv4 mask, got "::"'],
    ['2001:db8::1', '255.255.255.0', 'expected a prefix of 1–128 bits, got "255.255.255.0"'],
    ['2001:db8::1', 'ff00:ff00::', 'expected a prefix of 1–128 bits, got "ff00:ff00::"'],
    ['10.0.0.1', 33, 'expected an integer 0–32, got 33'],
    ['2001:db8::1', 0, 'expected an integer 1–128, got 0'],
  ])('of %s is not %s', (address, netmask, message) => {
    expect(() => maskOf(address, netmask)).toThrow(message);
  });

  it('may be any pattern of bits in IPv4', () => {
    expect(String(maskOf('10.0.0.1', '255.0.255.0'))).toBe('255.0.255.0');
  });

  it('is a prefix length when it is a number', () => {
    expect(String(maskOf('10.0.0.1', 20))).toBe('255.255.240.0');
    expect(prefixLengthOf(maskOf('::1', 65) as IpAddress)).toBe(65);
  });

  it('must be a prefix of at least one bit in IPv6', () => {
    for (const mask of [0, 129, 'ff::ff', '255.0.0.0']) {
      expect(() => maskOf('::1', mask)).toThrow(RangeError);
    }
  });
});
