/** What a connection of the load sends. */
import { expect, it } from 'vitest';
import { createFlow } from 'ipvs';
import { Director } from 'ipvs/director';
import { talk } from '../../docs/playground/conversation.js';
import { closingTurns, openingTurns } from '../../docs/playground/packets.js';

it.each([
  ['tcp', 2 + 1, 4 + 2],
  ['udp', 1, 1],
  ['sctp', 3 + 1, 3 + 2],
] as const)(
  'every %s question of a client is answered through the director',
  (protocol, out, into) => {
    const director = new Director();
    const option = protocol === 'sctp' ? '--sctp-service' : `-${protocol.charAt(0)}`;
    director.execute(`-A ${option} 192.0.2.1:80 -s rr`);
    director.execute(`-a ${option} 192.0.2.1:80 -r 10.0.0.1 -m`);
    const flow = createFlow({
      ...{ protocol, source: '198.51.100.7', sourcePort: 40_000 },
      ...{ destination: '192.0.2.1', destinationPort: 80 },
    });
    const parts = { director, mark: 0, asked: () => {}, answers: () => true, answered: () => {} };
    expect(talk([...openingTurns(flow), ...closingTurns(flow)], flow, parts).complete).toBe(true);
    const [service] = director.services;
    const { packetsIn, packetsOut } = director.statistics.of(service).counted();
    expect({ packetsIn, packetsOut }).toEqual({ packetsIn: into, packetsOut: out });
  },
);
