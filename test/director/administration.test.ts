import { describe, expect, it } from 'vitest';
import {
  restoreAdministration,
  stateOfAdministration,
} from '../../src/director/administration-state.js';
import { Administration } from '../../src/director/administration.js';
import { IpAddress } from '../../src/ip-address.js';
import { IpvsadmError } from '../../src/ipvsadm/index.js';
import { trivialRegistry } from '../services/registry.js';

const VIP = { address: '192.0.2.1', port: 80 };
const daemon = {
  role: 'master',
  device: 'eth1',
  syncId: 1,
  maxLengthBytes: 1472,
  group: IpAddress.parse('224.0.0.81'),
  port: 8848,
  ttl: 1,
} as const;

function director(): Administration {
  const administration = new Administration({
    schedulers: trivialRegistry,
    networks: [
      { address: IpAddress.parse('192.168.100.1'), prefixLength: 24 },
      { address: IpAddress.parse('172.16.0.1'), prefixLength: 31 },
    ],
    devices: ['eth1'],
  });
  administration.addService(VIP, { scheduler: 'rr' });
  return administration;
}

function codeOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
}

describe('a command of ipvsadm', () => {
  const line = '-A -t 192.0.2.1:80 -s wlc';

  it('is carried out with any scheduler, without options', () => {
    const administration = new Administration();
    expect(administration.execute(line)).toBe('');
    expect(administration.execute('ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.1 -m -w 3')).toBe('');
    expect(administration.execute('-S -n')).toBe(
      `${line}\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 3\n`,
    );
  });

  it('is refused with the text of the tool, and changes nothing', () => {
    const administration = new Administration();
    administration.execute(line);
    expect(() => administration.execute(line)).toThrow('Service already exists');
    expect(() => administration.execute('-A -x')).toThrow(IpvsadmError);
    expect(administration.execute('-S -n')).toBe(`${line}\n`);
  });

  it('reads names when it is given a look-up', () => {
    const administration = new Administration();
    const hosts = (name: string) => (name === 'web' ? IpAddress.parse('192.0.2.7') : undefined);
    administration.execute('-A -t web:80 -s rr', { hosts });
    expect(administration.execute('-S -n')).toBe('-A -t 192.0.2.7:80 -s rr\n');
  });
});

describe('the address of a real server', () => {
  const refused =
    '0.0.0.0 255.255.255.255 127.255.255.255 224.0.0.1 239.255.255.255 192.168.100.255 :: ff02::1 fe80::1 febf::1 ' +
    '::ffff:10.0.0.1';
  const taken =
    '127.0.0.1 0.0.0.7 240.0.0.1 192.168.100.0 172.16.0.1 ::1 fec0::1 fd00::ffff:0:1 ::1.2.3.4';

  it.each(refused.split(' '))('may not be %s', (address) => {
    const server = { address, port: 80, forwardingMethod: 'tunneling' } as const;
    expect(codeOf(() => director().addServer(VIP, server))).toBe('ERR_SERVER_ADDRESS');
  });

  it.each(taken.split(' '))('may be %s', (address) => {
    const server = { address, port: 80, forwardingMethod: 'tunneling' } as const;
    expect(codeOf(() => director().addServer(VIP, server))).toBeUndefined();
  });
});

describe('a refusal', () => {
  it('to add a server tells the missing service, the family, the thresholds, the presence, the address', () => {
    const administration = director();
    administration.startDaemon(daemon);
    const nowhere = { address: '192.0.2.9', port: 80 };
    const server = { address: '::', port: 80, lowerThreshold: 1 };
    expect(codeOf(() => administration.addServer(nowhere, server))).toBe('ERR_SERVICE_NOT_FOUND');
    expect(codeOf(() => administration.addServer(VIP, server))).toBe('ERR_FAMILY_MIXED');
    administration.stopDaemon('master');
    expect(codeOf(() => administration.addServer(VIP, server))).toBe('ERR_THRESHOLDS');
    const good = { address: '10.0.0.1', port: 80 };
    administration.addServer(VIP, good);
    expect(codeOf(() => administration.addServer(VIP, good))).toBe('ERR_SERVER_EXISTS');
    expect(codeOf(() => administration.addServer(VIP, { ...server, lowerThreshold: 0 }))).toBe(
      'ERR_SERVER_ADDRESS',
    );
  });

  it('to edit a server tells the thresholds before its absence, and looks at what stays', () => {
    const administration = director();
    const server = { address: '10.0.0.1', port: 80 };
    const edit = (settings: object): unknown =>
      codeOf(() => administration.editServer(VIP, server, settings));
    expect(edit({ lowerThreshold: 1 })).toBe('ERR_THRESHOLDS');
    expect(edit({ weight: 1 })).toBe('ERR_SERVER_NOT_FOUND');
    administration.addServer(VIP, { ...server, upperThreshold: 5 });
    expect(edit({ lowerThreshold: 6 })).toBe('ERR_THRESHOLDS');
    expect(edit({ lowerThreshold: 5 })).toBeUndefined();
  });

  it('to start a daemon tells mixed families, the device, and the one that runs', () => {
    const administration = director();
    const other = { ...daemon, device: 'eth9' };
    administration.addServer(VIP, { address: '::1', port: 80, forwardingMethod: 'tunneling' });
    expect(codeOf(() => administration.startDaemon(other))).toBe('ERR_FAMILY_MIXED');
    administration.removeServer(VIP, { address: '::1', port: 80 });
    expect(codeOf(() => administration.startDaemon(other))).toBe('ERR_DEVICE_NOT_FOUND');
    administration.startDaemon(daemon);
    expect(codeOf(() => administration.startDaemon(daemon))).toBe('ERR_DAEMON_RUNNING');
    expect(codeOf(() => administration.stopDaemon('backup'))).toBe('ERR_DAEMON_NOT_RUNNING');
  });
});

describe('statistics', () => {
  it('stand still while a server is removed, and are its own again when it returns', () => {
    const administration = director();
    const book = administration.statistics;
    const server = administration.addServer(VIP, { address: '10.0.0.1', port: 80 });
    server.open();
    book.of(server).countIn(100);
    administration.removeServer(VIP, server);
    book.tick(administration.services);
    expect(book.of(server).totals().bytesIn).toBe(0);
    expect(administration.addServer(VIP, server)).toBe(server);
    book.tick(administration.services);
    expect(book.of(server).totals().bytesIn).toBe(100);
  });

  it('start from 0 when a service was deleted and added again', () => {
    const administration = director();
    const server = administration.addServer(VIP, { address: '10.0.0.1', port: 80 });
    server.open();
    administration.statistics.of(server).countIn(100);
    administration.flush();
    administration.addService(VIP);
    expect(administration.addServer(VIP, server)).toBe(server);
    expect(administration.statistics.of(server).counted().bytesIn).toBe(0);
  });

  it('start from 0 for a server, too, that was removed before its service', () => {
    const administration = director();
    const server = administration.addServer(VIP, { address: '10.0.0.1', port: 80 });
    server.open();
    administration.statistics.of(server).countIn(100);
    administration.removeServer(VIP, server);
    administration.removeService(VIP);
    administration.addService(VIP);
    expect(administration.addServer(VIP, server)).toBe(server);
    expect(administration.statistics.of(server).counted().bytesIn).toBe(0);
  });

  it('are zeroed for one service and its servers, or for all and the director', () => {
    const administration = director();
    const { statistics, services } = administration;
    const [service] = services;
    const other = administration.addService({ fwmark: 1 });
    const all = [statistics.total, statistics.of(service), statistics.of(other)];
    for (const each of all) each.countConnection();
    statistics.tick(services);
    const shown = (): number[] => all.map((each) => each.totals().connections);
    administration.zero({ fwmark: 1 });
    expect(shown()).toEqual([1, 1, 0]);
    administration.zero();
    expect(shown()).toEqual([0, 0, 0]);
  });
});

describe('timeouts', () => {
  it('are left as they are by 0', () => {
    const administration = director();
    administration.setTimeouts({ tcpSeconds: 5, tcpFinSeconds: 0 });
    expect(administration.timeouts).toEqual({ tcpSeconds: 5, tcpFinSeconds: 120, udpSeconds: 300 });
    expect(() => administration.setTimeouts({ udpSeconds: 2678401 })).toThrow(RangeError);
  });
});

describe('a configuration that was written out', () => {
  it('is the same when it is read back, statistics of removed servers included', () => {
    const administration = director();
    const server = administration.addServer(VIP, { address: '10.0.0.1', port: 80, weight: 7 });
    administration.addServer(VIP, { address: '10.0.0.2', port: 80 });
    server.open();
    administration.statistics.of(server).countIn(60);
    administration.statistics.tick(administration.services);
    administration.removeServer(VIP, server);
    administration.startDaemon(daemon);
    administration.setTimeouts({ udpSeconds: 7 });
    administration.tunables.set('sloppy_tcp', 1);
    const state = stateOfAdministration(administration);
    const copy = new Administration({ schedulers: trivialRegistry });
    restoreAdministration(JSON.parse(JSON.stringify(state)) as typeof state, copy);
    expect(stateOfAdministration(copy)).toEqual(state);
    const again = copy.addServer(VIP, { address: '10.0.0.1', port: 80 });
    expect(copy.statistics.of(again).totals().bytesIn).toBe(60);
  });
});

it('a dry run of a persistent service takes its settings as they are', () => {
  const administration = new Administration({ schedulers: trivialRegistry });
  const persistence = { timeoutSeconds: 60, netmask: 24 };
  administration.addService(VIP, { scheduler: 'rr', persistence });
  const [copy] = administration.dryRun().services;
  expect(copy?.persistence?.timeoutSeconds).toBe(60);
  expect(String(copy?.persistence?.netmask)).toBe('255.255.255.0');
});
