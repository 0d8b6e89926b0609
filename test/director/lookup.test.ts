/** Which service a packet belongs to, seen by the server that takes it. */
import { describe, expect, it } from 'vitest';
import { tcp, udp } from './support/packets.js';
import { sceneOf } from './support/scene.js';

const CLIENT = '198.51.100.7:4711';
const VIP = '192.0.2.1';

/** Rules by the name of the service, whose server's last byte is what tests expect. */
const services = {
  'tcp 80': '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.80 -g',
  'tcp 0': '-A -t 192.0.2.1:0 -s rr -p 300\n-a -t 192.0.2.1:0 -r 10.0.0.100 -g',
  'tcp 21': '-A -t 192.0.2.1:21 -s rr -p 300\n-a -t 192.0.2.1:21 -r 10.0.0.21 -g',
  'udp 80': '-A -u 192.0.2.1:80 -s rr\n-a -u 192.0.2.1:80 -r 10.0.0.17 -g',
  'udp 0': '-A -u 192.0.2.1:0 -s rr -p 300\n-a -u 192.0.2.1:0 -r 10.0.0.117 -g',
  'mark 5': '-A -f 5 -s rr\n-a -f 5 -r 10.0.0.5 -g',
  'mark 5, empty': '-A -f 5 -s rr',
} as const;
type Name = keyof typeof services;

function serverOf(names: readonly Name[], packet: Uint8Array, mark = 0): string {
  const { director } = sceneOf(names.map((name) => services[name]).join('\n'));
  const { action, reason, server } = director.receive(packet, mark);
  return action === 'forward' ? String(server?.address) : `${action}: ${reason}`;
}

describe('a TCP packet belongs to', () => {
  const both: Name[] = ['tcp 80', 'tcp 0'];
  const ftp: Name[] = ['tcp 21', 'tcp 0'];
  it.each<[string, Name[], number, string]>([
    ['its port', both, 80, '10.0.0.80'],
    ['port 0 when no service has its port', both, 443, '10.0.0.100'],
    ['port 0 whatever its port', both, 5000, '10.0.0.100'],
    ['FTP on port 21', ftp, 21, '10.0.0.21'],
    ['FTP from port 20', ftp, 20, '10.0.0.21'],
    ['FTP from the first port that is not privileged', ftp, 1024, '10.0.0.21'],
    ['FTP at any port that is not privileged', ftp, 50000, '10.0.0.21'],
    ['port 0 when its port is privileged', ftp, 1023, '10.0.0.100'],
    [
      'nobody when only FTP is there and its port is privileged',
      ['tcp 21'],
      22,
      'accept: no-service',
    ],
    ['FTP when only FTP is there', ['tcp 21'], 3000, '10.0.0.21'],
    ['nobody when only UDP is there', ['udp 80', 'udp 0'], 80, 'accept: no-service'],
  ])('%s', (_, names, port, expected) => {
    expect(serverOf(names, tcp(CLIENT, `${VIP}:${port}`))).toBe(expected);
  });
});

describe('a UDP packet', () => {
  it.each<[string, Name[], number, string]>([
    ['belongs to its port', ['udp 80', 'udp 0'], 80, '10.0.0.17'],
    ['belongs to port 0', ['udp 80', 'udp 0'], 81, '10.0.0.117'],
    ['does not belong to FTP', ['tcp 21', 'udp 0'], 3000, '10.0.0.117'],
    ['does not belong to TCP', ['tcp 80', 'tcp 0'], 80, 'accept: no-service'],
  ])('%s', (_, names, port, expected) => {
    expect(serverOf(names, udp(CLIENT, `${VIP}:${port}`))).toBe(expected);
  });
});

describe('a mark', () => {
  const syn = (): Uint8Array => tcp(CLIENT, `${VIP}:80`);

  it('goes before everything', () => {
    expect(serverOf(['tcp 80', 'mark 5'], syn(), 5)).toBe('10.0.0.5');
  });

  it('takes any protocol and any address', () => {
    expect(serverOf(['mark 5'], udp(CLIENT, '203.0.113.9:53'), 5)).toBe('10.0.0.5');
  });

  it('that has no service counts for nothing', () => {
    expect(serverOf(['tcp 80', 'mark 5'], syn(), 6)).toBe('10.0.0.80');
  });

  it('that has a service without servers leaves no second choice', () => {
    expect(serverOf(['tcp 80', 'mark 5, empty'], syn(), 5)).toMatch(/: no-destination$/);
  });

  it('of another family counts for nothing', () => {
    const rules: Name[] = ['tcp 80'];
    const { director } = sceneOf(`${services[rules[0]]}\n-A -f 5 -6 -s rr`);
    expect(String(director.receive(syn(), 5).server?.address)).toBe('10.0.0.80');
  });
});

describe('a family without services', () => {
  it('is left alone, known connections included', () => {
    const { director } = sceneOf(services['tcp 80']);
    director.receive(tcp(CLIENT, `${VIP}:80`));
    director.removeService({ address: VIP, port: 80 });
    director.addService({ address: '2001:db8::1', port: 80 });
    const verdict = director.receive(tcp(CLIENT, `${VIP}:80`, 'A'));
    expect([verdict.action, verdict.reason]).toEqual(['accept', 'no-service-of-family']);
  });
});
