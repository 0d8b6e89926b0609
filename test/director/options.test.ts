/** Every option of a director and of its parts is taken, and what is refused says why. */
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { ConnectionTracking } from '../../src/conntrack/connection-tracking.js';
import { Administration, Director, type DirectorOptions } from '../../src/director/index.js';
import { MacAddress } from '../../src/wire/index.js';
import { KERNEL_RELEASES } from '../../src/model/kernel-profile.js';
import { seededRandom } from '../../src/random.js';
import { schedulersByName } from '../../src/schedulers/index.js';
import { tcp } from './support/packets.js';
import { sceneOf } from './support/scene.js';

const MAC = new MacAddress(0x0200, 1);
const HOST: Required<NonNullable<DirectorOptions['host']>> = {
  client: { ipv4: '192.0.2.254', ipv6: '2001:db8::fe', mtu: 1400 },
  server: { ipv4: '10.0.0.254', ipv6: 'fd00::fe', mtu: 9000 },
  addresses: ['192.0.2.77'],
  localPrefixes: [{ address: '203.0.113.0', length: 24 }],
  link: { client: MAC, server: MAC, resolveNeighbor: () => MAC },
  mergesSegments: true,
};
const ALL: Omit<Required<DirectorOptions>, 'sync'> = {
  schedulers: schedulersByName,
  clock: new ManualClock(),
  random: seededRandom(1),
  networks: [{ address: HOST.client.ipv4 as never, prefixLength: 24 }],
  devices: ['eth0'],
  kernel: KERNEL_RELEASES[0],
  persistenceEngines: ['sip'],
  host: HOST,
  tunables: { sloppy_tcp: 1 },
  connectionLimit: 10,
  overflow: 'drop',
  headroom: 80,
  freeMemory: () => 1,
  readAheadFrom: 0,
  timerLatenessMs: 1,
  estimationIntervalMs: 1000,
  firstEstimationAfterMs: 10,
  defenseIntervalMs: 500,
  firstDefenseAfterMs: 20,
  ftp: { ports: [21, 2121], rewritesRepeats: true, hostTracks: false },
  tracking: new ConnectionTracking(),
};

describe('a director', () => {
  it.each(Object.keys(ALL))('takes the option %s', (name) => {
    expect(() => new Director({ [name]: ALL[name as keyof typeof ALL] })).not.toThrow();
  });

  it.each(Object.keys(HOST))('takes the option %s of its host', (name) => {
    expect(() => new Director({ host: { [name]: HOST[name as keyof typeof HOST] } })).not.toThrow();
  });

  it.each([
    [{ estimationIntervalMs: 0 }, 'estimation interval'],
    [{ estimationIntervalMs: 3_600_001 }, 'estimation interval'],
    [{ firstEstimationAfterMs: -1 }, 'time before the first estimation'],
    [{ firstEstimationAfterMs: 3_600_001 }, 'time before the first estimation'],
    [{ defenseIntervalMs: 0 }, 'interval of the defenses'],
    [{ defenseIntervalMs: 3_600_001 }, 'interval of the defenses'],
    [{ firstDefenseAfterMs: -1 }, 'time before the first defense'],
    [{ firstDefenseAfterMs: 3_600_001 }, 'time before the first defense'],
    [{ ftp: { ports: 21 } }, 'Cannot help FTP: expected a list of ports, got 21'],
    [
      { ftp: { port: [21] } },
      'Cannot help FTP: expected options ports, rewritesRepeats, hostTracks',
    ],
    [{ ftp: { ports: [65_536] } }, '65536'],
    [{ ftp: { ports: [1, 2, 3, 4, 5, 6, 7, 8, 9] } }, 'Cannot help FTP'],
    [{ conection: 1 }, 'Cannot create a director: expected options '],
  ])('refuses %j', (options, message) => {
    expect(() => new Director(options as never)).toThrow(message);
  });

  it.each([
    { estimationIntervalMs: 1 },
    { estimationIntervalMs: 3_600_000 },
    { firstEstimationAfterMs: 0 },
    { firstEstimationAfterMs: 3_600_000 },
    { defenseIntervalMs: 1 },
    { defenseIntervalMs: 3_600_000 },
    { firstDefenseAfterMs: 0 },
    { firstDefenseAfterMs: 3_600_000 },
    { ftp: { ports: [1, 65_535, 3, 4, 5, 6, 7, 8] } },
    { ftp: { ports: [] } },
    { ftp: false },
  ] as const)('takes %j', (options) => {
    expect(() => new Director(options as DirectorOptions)).not.toThrow();
  });
});

describe('an administration', () => {
  it.each([
    'schedulers',
    'clock',
    'random',
    'networks',
    'devices',
    'kernel',
    'persistenceEngines',
  ] as const)('takes the option %s', (name) => {
    expect(() => new Administration({ [name]: ALL[name] })).not.toThrow();
  });

  it('says in its refusals what was refused', () => {
    const director = new Director({ clock: new ManualClock(), devices: ['eth0'] });
    const name = { address: '192.0.2.1', port: 80 };
    director.addService(name);
    director.addServer(name, { address: '10.0.0.1', port: 80 });
    const daemon = { role: 'master', device: 'eth0', syncId: 1 } as never;
    const message = (act: () => unknown): string => {
      try {
        act();
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    };
    const server = { address: '10.0.0.2', port: 80, upperThreshold: 1, lowerThreshold: 2 };

    expect(message(() => director.addServer(name, { address: '224.0.0.1', port: 80 }))).toBe(
      'Cannot add 224.0.0.1: it is not unicast',
    );
    expect(message(() => director.addServer(name, server))).toBe(
      'Cannot set the thresholds of 10.0.0.2: 2 is above 1',
    );
    expect(
      message(() =>
        director.editServer(name, { address: '10.0.0.1', port: 80 }, { lowerThreshold: 3 }),
      ),
    ).toMatch(/^Cannot set the thresholds of 10\.0\.0\.1: 3 is above 0$/);
    expect(
      message(() => director.startDaemon({ ...(daemon as object), device: 'eth9' } as never)),
    ).toBe('Cannot start a daemon: no eth9');
    expect(message(() => director.stopDaemon('master'))).toBe(
      'Cannot stop a master daemon: none runs',
    );
    director.startDaemon(daemon);
    expect(message(() => director.startDaemon(daemon))).toBe(
      'Cannot start a master daemon: one runs',
    );
    expect(message(() => director.addServer(name, { address: 'fd00::1', port: 80 }))).toBe(
      'Cannot add fd00::1: a sync daemon runs',
    );
    director.stopDaemon('master');
    director.addServer(name, { address: 'fd00::1', port: 80, forwardingMethod: 'tunneling' });
    expect(message(() => director.startDaemon(daemon))).toBe(
      'Cannot start a daemon: families are mixed',
    );
  });
});

describe('a tunable of a defense', () => {
  const VIP = '192.0.2.1:80';
  const RULES = `-A -t ${VIP} -s rr\n-a -t ${VIP} -r 10.0.0.1:80 -m`;

  it('drop_packet has its effect at once, and no longer', () => {
    const { director } = sceneOf(RULES, { tunables: { am_droprate: 1 } });
    const reasons = [0, 3, 3, 0].map((value, index) => {
      director.setTunable('drop_packet', value);
      return director.receive(tcp(`198.51.100.7:${5000 + index}`, VIP)).reason;
    });

    expect(reasons).toEqual([
      'translated',
      'drop-packet-defence',
      'drop-packet-defence',
      'translated',
    ]);
  });

  it.each(['drop_entry', 'drop_packet', 'secure_tcp'])(
    '%s is switched at once while memory is short',
    (name) => {
      const { director } = sceneOf(RULES, { freeMemory: () => 100 });
      director.setTunable(name, 1);

      expect(director.tunables.get(name)).toBe(2);
    },
  );

  it('that stays as it is starts no look at the memory', () => {
    let looks = 0;
    const { director } = sceneOf(RULES, { freeMemory: () => (looks += 1) });
    const before = looks;
    for (const name of ['drop_entry', 'drop_packet', 'secure_tcp', 'sloppy_tcp'])
      director.setTunable(name, 0);
    director.setTunable('sloppy_tcp', 1);

    expect(looks).toBe(before);
  });
});
