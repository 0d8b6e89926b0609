import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IpAddress } from '../../src/ip-address.js';
import { readRules, RulesError, serviceName } from '../../src/simulation/index.js';
import { serviceOf } from './support.js';

const web = '-A -t 10.0.0.1:80 -s rr';

test('a service without options has the defaults of ipvsadm', () => {
  expect(serviceOf('-A -t 10.0.0.1:80')).toMatchObject({
    scheduler: 'wlc',
    flags: { fallback: false, port: false },
    onePacket: false,
    servers: [],
  });
});

test('a server without options has the defaults of ipvsadm', () => {
  const { servers } = serviceOf(web, '-a -t 10.0.0.1:80 -r 10.1.0.1');

  expect(servers).toEqual([
    {
      address: IpAddress.parse('10.1.0.1'),
      port: 80,
      weight: 1,
      upperThreshold: 0,
      lowerThreshold: 0,
      forwardingMethod: 'gatewaying',
    },
  ]);
});

test.each([
  ['ipvsadm -A -t 10.0.0.1:80 -s rr'],
  ['  -A  -t 10.0.0.1:80   -s rr  # a comment'],
  ['-At 10.0.0.1:80 -s rr'],
  ['-A -t10.0.0.1:80 -srr'],
  ['-A -t=10.0.0.1:80 -s=rr'],
  ['--add-service --tcp-service 10.0.0.1:80 --scheduler rr'],
  ['--add-service --tcp-service=10.0.0.1:80 --scheduler=rr'],
  ['-A -s rr -t 10.0.0.1:http'],
  ['# before\n\n-A -t 10.0.0.1:80 -s rr\n# after\n'],
  ['-A -t 10.0.0.1:80 -s rr\r\n'],
])('%j is one rule written in another way', (text) => {
  expect(readRules(text)).toEqual(readRules(web));
});

test.each([
  ['-A -u 10.0.0.1:53', 'UDP  10.0.0.1:53'],
  ['-A --sctp-service 10.0.0.1:5000', 'SCTP 10.0.0.1:5000'],
  ['-A -t [2001:DB8::1]:80', 'TCP  [2001:db8::1]:80'],
  ['-A -t 2001:db8::1 -p', 'TCP  [2001:db8::1]:0'],
  ['-A -f 7', 'FWM  7'],
  ['-A -f 4294967295 -6', 'FWM  4294967295 IPv6'],
])('%s is listed as %s', (rule, name) => {
  expect(serviceName(serviceOf(rule).service)).toBe(name);
});

test.each([
  ['-p', { timeoutSeconds: 360, netmask: 0xffff_ffff }],
  ['-p 300', { timeoutSeconds: 300, netmask: 0xffff_ffff }],
  ['-p -M 255.255.255.0', { timeoutSeconds: 360, netmask: 0xffff_ff00 }],
])('%s is how clients are remembered', (options, persistence) => {
  expect(serviceOf(`${web} ${options}`).persistence).toEqual(persistence);
});

test('the mask of an IPv6 service is a prefix length', () => {
  expect(serviceOf('-A -t [2001:db8::1]:80 -p 60 -M 64').persistence).toEqual({
    timeoutSeconds: 60,
    netmask: 64,
  });
});

test.each([
  ['sh', 'sh-port', { fallback: false, port: true }],
  ['mh', 'mh-fallback,mh-port', { fallback: true, port: true }],
  ['mh', 'flag-1,,flag-3', { fallback: true, port: false }],
])('-s %s -b %s sets flags', (scheduler, list, flags) => {
  expect(serviceOf(`-A -t 10.0.0.1:80 -b ${list} -s ${scheduler}`).flags).toEqual(flags);
});

test.each([
  ['-r 10.1.0.1:8080 -m', { port: 8080, forwardingMethod: 'masquerading' }],
  ['-r 10.1.0.1 -m', { port: 80, forwardingMethod: 'masquerading' }],
  // Without address translation the packet keeps its port, whatever is written.
  ['-r 10.1.0.1:8080 -g', { port: 80, forwardingMethod: 'gatewaying' }],
  ['-r 10.1.0.1:8080 -i', { port: 80, forwardingMethod: 'tunneling' }],
  ['-r 10.1.0.1 -w 0 -x 9 -y 3', { weight: 0, upperThreshold: 9, lowerThreshold: 3 }],
  ['-r [2001:db8::1]:80 -i', { forwardingMethod: 'tunneling' }],
  [
    '-r 10.1.0.1 -i --tun-type gue --tun-port 5555 --tun-csum',
    { tunnel: { type: 'gue', port: 5555, checksum: 'csum' } },
  ],
])('%s is a server', (options, expected) => {
  const { servers } = serviceOf(web, `-a -t 10.0.0.1:80 ${options}`);

  expect(servers[0]).toMatchObject(expected);
});

test.each([
  ['-A -f 3', '-a -f 3 -r 10.1.0.1', 0],
  ['-A -f 3', '-a -f 3 -r 10.1.0.1:81', 81],
])('%s; %s has server port %i', (service, server, port) => {
  expect(serviceOf(service, server).servers[0]?.port).toBe(port);
});

test('services and servers keep the order of the rules', () => {
  const services = readRules(
    [
      '-A -t 10.0.0.2:80',
      '-A -t 10.0.0.1:80',
      '-a -t 10.0.0.1:80 -r 10.1.0.9',
      '-a -t 10.0.0.1:80 -r 10.1.0.3',
    ].join('\n'),
  );

  expect(services.map(({ service }) => serviceName(service))).toEqual([
    'TCP  10.0.0.2:80',
    'TCP  10.0.0.1:80',
  ]);
  expect(services[1]?.servers.map(({ address }) => `${address}`)).toEqual(['10.1.0.9', '10.1.0.3']);
});

describe('refused with line and column', () => {
  const server = '-a -t 10.0.0.1:80';
  test.each([
    ['-D -t 10.0.0.1:80', 1, 2, '-D: unknown option'],
    ['-t 10.0.0.1:80 -A', 1, 4, 'expected -A or -a first'],
    ['-A', 1, 2, "You need to supply a 'service-address'"],
    ['-A -t', 1, 5, '-t: missing argument'],
    ['-A -t 10.0.0.1:80 --nosuch', 1, 19, '--nosuch: unknown option'],
    ['-A -t 10.0.0.1:80 --ops=yes', 1, 19, '--ops=yes: unknown option'],
    ['-A -t 10.0.0.1:80 -oq', 1, 21, '-q: unknown option'],
    ['-A -t 10.0.0.1:80 rr', 1, 19, 'unexpected argument rr'],
    ['-A -t 10.0.0.1:80 --constructor', 1, 19, 'unknown option'],
    ['-A -t 10.0.0:80', 1, 7, 'illegal virtual server address[:port] specified: 10.0.0:80'],
    ['-A -t 10.0.0.1:65536', 1, 7, 'illegal virtual server address'],
    ['-A -t [10.0.0.1]:80', 1, 7, 'illegal virtual server address'],
    ['-A -t 10.0.0.1', 1, 2, 'Zero port specified for non-persistent service'],
    ['-A -f 0', 1, 7, "invalid fwmark value '0' specified"],
    ['-A -t 10.0.0.1:80 -s best', 1, 22, 'unknown scheduler best; expected rr, wrr'],
    ['-A -t 10.0.0.1:80 -p 0', 1, 22, 'illegal persistent specified: expected 1–2678400, got 0'],
    ['-A -t 10.0.0.1:80 -p -M 24', 1, 25, 'illegal virtual server persistent mask specified: 24'],
    ['-A -t 10.0.0.1:80 -o', 1, 20, 'One-Packet Scheduling is only for UDP'],
    ['-A -t 10.0.0.1:80 -s sh -b mh-port', 1, 28, "invalid scheduler flag 'mh-port' for sh"],
    ['-A -t 10.0.0.1:80 -w 3', 1, 22, "Illegal 'weight' option with the 'add-service' command"],
    ['-A -t 10.0.0.1:80 -u 10.0.0.1:80', 1, 22, "multiple 'service-address' options"],
    [`${web}\n${web}`, 2, 2, 'Service already exists: TCP  10.0.0.1:80'],
    [`${server} -r 10.1.0.1`, 1, 2, 'Service not defined'],
    [`${web}\n${server}`, 2, 2, "You need to supply the 'real-server'"],
    [`${web}\n${server} -r 10.1`, 2, 22, 'illegal real server address[:port] specified: 10.1'],
    [`${web}\n${server} -r 10.1.0.1 -g -m`, 2, 35, "multiple 'forwarding-method' options"],
    [`${web}\n${server} -r 10.1.0.1 -w -1`, 2, 34, 'expected 0–2147483647, got -1'],
    [`${web}\n${server} -r 10.1.0.1 -w 1e3`, 2, 34, 'illegal weight specified'],
    [`${web}\n${server} -r 2001:db8::1`, 2, 22, 'Different address family'],
    [`${web}\n${server} -r 10.1.0.1 --tun-csum`, 2, 31, 'Tunnel options conflict'],
    [`${web}\n${server} -r 10.1.0.1 -x 3 -y 4`, 2, 22, 'Invalid lower threshold'],
    [`${web}\n${server} -r 10.1.0.1 -i --tun-type gue`, 2, 22, 'Invalid port of gue tunnel'],
    [
      `${web}\n${server} -r 10.1.0.1\n\n${server} -r 10.1.0.1:81`,
      4,
      22,
      'it is in the list already',
    ],
  ])('%j', (text, line, column, message) => {
    const attempt = (): unknown => readRules(text);

    expect(attempt).toThrow(RulesError);
    expect(attempt).toThrow(`line ${line}, column ${column}: `);
    expect(attempt).toThrow(message);
  });

  test('any text at all is rules or a RulesError', () => {
    const words =
      '-A -a -t -f -6 -s -p -r -m -w -x -At --weight= # 10.0.0.1:80 [::1]:80 1 rr = -- - -p= gre';
    const word = fc.constantFrom(...words.split(' '), '\n', '--tun-type');
    const text = fc.oneof(
      fc.array(word, { maxLength: 14 }).map((words) => words.join(' ')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (rules) => {
        try {
          readRules(rules);
        } catch (error) {
          expect(error).toBeInstanceOf(RulesError);
        }
      }),
      { numRuns: 200 },
    );
  });
});
