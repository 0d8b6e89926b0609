import { expect, test } from 'vitest';
import { IpAddress } from '../../src/ip-address.js';
import { createFlow, requirePort } from '../../src/model/flow.js';
import { PROTOCOLS } from '../../src/protocols.js';

test('a flow is TCP between ports 0 unless told otherwise', () => {
  const flow = createFlow({ source: '10.0.0.1', destination: '2001:db8::1' });
  expect(flow).toEqual({
    protocol: 'tcp',
    source: IpAddress.parse('10.0.0.1'),
    sourcePort: 0,
    destination: IpAddress.parse('2001:db8::1'),
    destinationPort: 0,
  });
});

test.each(PROTOCOLS)('a flow may be of %s, with ports and ready-made addresses', (protocol) => {
  const source = IpAddress.parse('10.0.0.1');
  const flow = createFlow({
    protocol,
    source,
    sourcePort: 65535,
    destination: source,
    destinationPort: 80,
  });
  expect(flow).toMatchObject({ protocol, sourcePort: 65535, destinationPort: 80 });
  expect(flow.source).toBe(source);
});

test.each([
  [{ protocol: 'icmp' as never }, 'Invalid protocol: expected tcp, udp, sctp, got "icmp"'],
  [{ sourcePort: -1 }, 'Invalid source port: expected an integer 0–65535, got -1'],
  [{ destinationPort: 65536 }, 'Invalid destination port: expected an integer 0–65535, got 65536'],
  [
    { source: 'localhost' },
    'Invalid address: expected IPv4 such as 10.0.0.1 or IPv6 such as 2001:db8::1, got "localhost"',
  ],
])('a flow with %o is refused', (wrong, message) => {
  const make = (): unknown => createFlow({ source: '10.0.0.1', destination: '10.0.0.2', ...wrong });
  expect(make).toThrow(new RangeError(message));
});

test('a flow with an unknown option is refused', () => {
  const make = (): unknown =>
    createFlow({ source: '10.0.0.1', destination: '10.0.0.2', dport: 80 } as never);
  expect(make).toThrow(
    new TypeError(
      'Cannot create a flow: expected options protocol, source, sourcePort, destination, destinationPort, got "dport"',
    ),
  );
});

test('there are three protocols', () => {
  expect(PROTOCOLS).toEqual(['tcp', 'udp', 'sctp']);
});

test('a port is an integer from 0 to 65535', () => {
  expect([requirePort('port', 0), requirePort('port', 65535)]).toEqual([0, 65535]);
  expect(() => requirePort('port', '80')).toThrow(
    new TypeError('Invalid port: expected an integer 0–65535, got "80"'),
  );
});
