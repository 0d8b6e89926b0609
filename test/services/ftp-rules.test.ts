import { expect, test } from 'vitest';
import { isFtpData, isUnschedulableFtpPort, mayBeFtpData } from '../../src/services/ftp-rules.js';
import { createServiceKey } from '../../src/services/service-key.js';
import { Service } from '../../src/services/service.js';
import { trivialRegistry } from './registry.js';

const PORTS = Array.from({ length: 65_536 }, (_, port) => port);

function serviceOn(port: number): Service {
  const key = createServiceKey({ address: '192.0.2.1', port });
  return new Service(key, {}, { schedulers: trivialRegistry });
}

test('data of FTP may go to port 20 and to the ports from 1024 on, and comes from port 20 alone', () => {
  const others = [...Array(20).keys(), ...Array.from({ length: 1003 }, (_, at) => 21 + at)];
  expect(PORTS.filter((port) => !mayBeFtpData(port))).toEqual(others);
  expect(PORTS.filter(isFtpData)).toEqual([20]);
});

test('a service on port 21 leaves all ports but its own to the host, and another service none', () => {
  const [ftp, web] = [serviceOn(21), serviceOn(80)];
  expect(PORTS.filter((port) => !isUnschedulableFtpPort(ftp, port))).toEqual([21]);
  expect(PORTS.filter((port) => isUnschedulableFtpPort(web, port))).toEqual([]);
});
