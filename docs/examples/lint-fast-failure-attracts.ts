import assert from 'node:assert/strict';
import { ManualClock } from 'ipvs';
import { Director } from 'ipvs/director';
import { TCP_FLAG } from 'ipvs/wire';
import { packetOf, send } from './lint-client.js';

// Two servers of equal weight. One answers every SYN with a reset, so it never has a connection.
const clock = new ManualClock();
const director = new Director({ clock });
director.execute('-A -t 192.0.2.1:80 -s wlc');
director.execute('-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m');
director.execute('-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m');
const chosen = Array.from({ length: 100 }, (_, index) => {
  const sourcePort = 5001 + index;
  const result = send({ director, clock }, { to: '192.0.2.1', port: 80, sourcePort });
  const isDead = result === 'forward 10.0.0.1:80';
  const answer = packetOf({
    from: isDead ? '10.0.0.1' : '10.0.0.2',
    sourcePort: 80,
    to: '198.51.100.7',
    port: sourcePort,
    flags: isDead ? TCP_FLAG.RST | TCP_FLAG.ACK : TCP_FLAG.SYN | TCP_FLAG.ACK,
  });
  director.respond(answer);
  if (!isDead)
    send({ director, clock }, { to: '192.0.2.1', port: 80, sourcePort, flags: TCP_FLAG.ACK });
  clock.advance(11_000); // a closed connection is forgotten after 10 s, an open one is not
  director.advance();
  return isDead;
});
assert.ok(chosen.filter(Boolean).length > 90);
