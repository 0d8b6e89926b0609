import { expect, test } from 'vitest';
import { portOfService, serviceOfPort } from '../../src/ipvsadm/service-names.js';

test.each([
  ['smtp', 25],
  ['domain', 53],
  ['http', 80],
  ['www', 80],
  ['imap2', 143],
  ['submissions', 465],
  ['submission', 587],
  ['ms-sql-s', 1433],
  ['nfs', 2049],
  ['ms-wbt-server', 3389],
  ['postgresql', 5432],
  ['amqps', 5671],
  ['redis', 6379],
  ['tproxy', 8081],
] as const)('%s is TCP port %i', (name, port) => {
  expect(portOfService(name, 'tcp')).toBe(port);
});

test('a name is one of its own protocols only, and in lower case', () => {
  expect(portOfService('http', 'udp')).toBeUndefined();
  expect(portOfService('http', 'sctp')).toBeUndefined();
  expect(portOfService('tftp', 'tcp')).toBeUndefined();
  expect(portOfService('HTTP', 'tcp')).toBeUndefined();
  expect(portOfService('', 'tcp')).toBeUndefined();
  expect(portOfService('80/t', 'tcp')).toBeUndefined();
});

test('a port has the name of its protocol, and never an alias', () => {
  expect(serviceOfPort(80, 'tcp')).toBe('http');
  expect(serviceOfPort(21, 'tcp')).toBe('ftp');
  expect(serviceOfPort(21, 'udp')).toBe('fsp');
  expect(serviceOfPort(0, 'tcp')).toBeUndefined();
  expect(serviceOfPort(6443, 'tcp')).toBeUndefined();
});

/** The registry has this name twice, as an alias of a lower port: a system finds that one first. */
const AMBIGUOUS = 'dicom';

test('the name of a port is read back as the port', () => {
  for (const protocol of ['tcp', 'udp', 'sctp'] as const) {
    let named = 0;
    for (let port = 0; port <= 65535; port++) {
      const name = serviceOfPort(port, protocol);
      if (name === undefined || name === AMBIGUOUS) continue;
      named++;
      expect(portOfService(name, protocol)).toBe(port);
    }
    expect(named, protocol).toBeGreaterThan(protocol === 'sctp' ? 0 : 50);
  }
});
