/**
 * What makes the fast paths leave packets to the slow path, one matter at a time: connection tracking, clients and servers
 * on the host, data connections that a helper waits for, calls that servers begin, refusals. Each script is played with
 * and without a VLAN tag, which makes any packet take the slow path, and has to lead to the same.
 */
import { describe, expect, it } from 'vitest';
import { ConnectionTracking } from '../../src/conntrack/connection-tracking.js';
import type { DirectorOptions } from '../../src/director/index.js';
import type { Origin } from '../../src/forwarding/index.js';
import { tcp, udp } from './support/packets.js';
import { listing, sceneOf } from './support/scene.js';
import { frameOf, link, seenOf } from './support/tagged-frames.js';

const ENDS = {
  4: { client: '198.51.100.7', virtual: '192.0.2.1', server: '10.0.0.1', own: '192.0.2.77' },
  6: {
    client: '[2001:db8:9::7]',
    virtual: '[2001:db8::1]',
    server: '[2001:db8:2::1]',
    own: '[2001:db8::77]',
  },
} as const;
const HOST = {
  link,
  client: { ipv4: '192.0.2.254', ipv6: '2001:db8:1::fe' },
  server: { ipv4: '10.0.0.254', ipv6: '2001:db8:2::fe' },
  addresses: ['192.0.2.77', '2001:db8::77'],
};

type Script = readonly (readonly [Origin, Uint8Array])[];

/** What is seen of a script, and what is left after it. */
function played(
  rules: string,
  script: Script,
  tagged: boolean,
  options: Partial<DirectorOptions>,
): unknown {
  const tracking = options.tracking === undefined ? undefined : new ConnectionTracking();
  const scene = sceneOf(rules, { host: HOST, ...options, ...(tracking && { tracking }) });
  const seen = script.map(([origin, packet]) => {
    const frame = origin === 'host' ? packet.slice() : frameOf(packet, tagged);
    scene.wait(10);
    return seenOf(scene.director.take(frame, 0, frame.length, origin));
  });
  const tracked = JSON.stringify([...(tracking?.connections() ?? [])]);
  return { seen, listed: listing(scene), tracked, state: JSON.stringify(scene.director) };
}

const payload = (text: string): { payload: Uint8Array } => ({
  payload: new TextEncoder().encode(text),
});

describe.each([4, 6] as const)('over IPv%i, packets are handled alike', (family) => {
  const { client, virtual, server, own } = ENDS[family];
  const [from, to, back] = [`${client}:4000`, `${virtual}:80`, `${server}:8080`];
  const web = `-A -t ${to} -s rr\n-a -t ${to} -r ${back} -m`;
  const dns = `-A -u ${virtual}:53 -s rr\n-a -u ${virtual}:53 -r ${server}:53 -m`;
  const conversation: Script = [
    ['client', tcp(from, to, 'S')],
    ['server', tcp(back, from, 'SA')],
    ['client', tcp(from, to, 'A')],
    ['client', tcp(from, to, 'PA', payload('x'))],
    ['client', tcp(from, to, 'FA')],
    ['client', tcp(from, to, 'R')],
    ['client', tcp(from, to, 'S')],
  ];

  it.each<[string, string, Script, Partial<DirectorOptions>]>([
    ['alone', web, conversation, {}],
    [
      'beside connection tracking',
      web,
      conversation,
      { tracking: new ConnectionTracking(), tunables: { conntrack: 1 } },
    ],
    [
      'beside a client on the host, whose answers come from the clients',
      web,
      [
        ['host', tcp(`${own}:4000`, to, 'S')],
        ['client', tcp(from, to, 'S')],
        ['client', tcp(back, `${own}:4000`, 'SA')],
        ['client', tcp(from, to, 'A')],
      ],
      {},
    ],
    [
      'beside a client on the host that is answered on a virtual port',
      `${web}\n-A -t ${own}:4000 -s rr\n-a -t ${own}:4000 -r ${server}:9 -m`,
      [
        ['client', tcp(back, `${own}:4000`, 'S')],
        ['host', tcp(`${own}:4000`, to, 'S')],
        ['client', tcp(back, `${own}:4000`, 'A')],
        ['client', tcp(back, `${own}:4000`, 'PA', payload('x'))],
      ],
      {},
    ],
    [
      'beside a server on the host',
      `${web}\n-a -t ${to} -r ${own}:80 -m\n-a -t ${to} -r ${virtual}:80 -g -w 2`,
      [1, 2, 3, 4].flatMap((port): Script => [
        ['client', tcp(`${client}:${port}`, to, 'S')],
        ['client', tcp(`${client}:${port}`, to, 'A')],
      ]),
      {},
    ],
    [
      'while a data connection of FTP is waited for',
      `-A -t ${virtual}:21 -s rr\n-a -t ${virtual}:21 -r ${server}:21 -m`,
      [
        ['client', tcp(from, `${virtual}:21`, 'S')],
        ['server', tcp(`${server}:21`, from, 'SA')],
        ['client', tcp(from, `${virtual}:21`, 'A')],
        ['client', tcp(from, `${virtual}:21`, 'A', payload('EPSV\r\n'))],
        ['server', tcp(`${server}:21`, from, 'A', payload('229 ok (|||20657|)\r\n'))],
        ['client', tcp(`${client}:4001`, `${virtual}:20657`, 'S')],
        ['client', tcp(`${client}:4001`, `${virtual}:20657`, 'A')],
        ['client', tcp(`${client}:4002`, `${virtual}:20657`, 'S')],
      ],
      {},
    ],
    [
      'beside a service whose servers begin calls',
      `${dns}\n-A -u ${virtual}:5060 -s rr -p 300 --pe sip\n-a -u ${virtual}:5060 -r ${server}:5060 -m`,
      [
        ['client', udp(from, `${virtual}:53`)],
        ['client', udp(from, `${virtual}:53`)],
        // Without a call, the server is a client like others.
        ['client', udp(`${server}:5060`, `${virtual}:53`)],
        [
          'client',
          udp(
            `${server}:5060`,
            `${virtual}:53`,
            payload('INVITE sip:a@x SIP/2.0\r\nCall-ID: a@x\r\n\r\n'),
          ),
        ],
        [
          'client',
          udp(
            `${server}:5060`,
            `${virtual}:53`,
            payload('INVITE sip:a@x SIP/2.0\r\nCall-ID: a@x\r\n\r\n'),
          ),
        ],
      ],
      {},
    ],
    [
      'where replies outside of connections are refused',
      `${web}\n-A -t ${virtual}:90 -s rr\n-a -t ${virtual}:90 -r ${server}:90 -m`,
      [
        ['client', tcp(from, to, 'S')],
        ['client', tcp(back, `${virtual}:90`, 'S')],
        ['client', tcp(back, `${virtual}:90`, 'A')],
        ['client', tcp(from, to, 'A')],
      ],
      { tunables: { nat_icmp_send: 1 } },
    ],
    [
      'while every second packet that opens one is dropped',
      web,
      conversation,
      { tunables: { drop_packet: 3, am_droprate: 2 } },
    ],
    ['by the stricter table of states', web, conversation, { tunables: { secure_tcp: 3 } }],
    [
      'from port 20',
      web,
      [
        ['client', tcp(`${client}:20`, to, 'S')],
        ['client', tcp(`${client}:21`, to, 'S')],
      ],
      {},
    ],
    [
      'to a server that is full, without other servers',
      `-A -t ${to} -s rr\n-a -t ${to} -r ${back} -m -x 1`,
      [
        ['client', tcp(from, to, 'S')],
        ['client', tcp(`${client}:4001`, to, 'S')],
        ['client', tcp(from, to, 'A')],
      ],
      {},
    ],
    [
      'in a table that is full',
      web,
      conversation.concat([['client', tcp(`${client}:4001`, to, 'S')]]),
      { connectionLimit: 1 },
    ],
  ])('%s', (_, rules, script, options) => {
    const [fast, slow] = [false, true].map((tagged) => played(rules, script, tagged, options));

    expect(fast).toEqual(slow);
  });
});
