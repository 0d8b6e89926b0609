import assert from 'node:assert/strict';
import { TCP_FLAG } from 'ipvs/wire';
import { directorOf, packetOf, send } from './lint-client.js';

// An open connection without a packet for two minutes.
const after = (example: 'found' | 'clean'): string => {
  const subject = directorOf('LVS510', example);
  const packet = { to: '192.0.2.1', port: 80 };
  send(subject, packet);
  const answer = { from: '10.0.0.1', sourcePort: 80, to: '198.51.100.7', port: 5001 };
  subject.director.respond(packetOf({ ...answer, flags: TCP_FLAG.SYN | TCP_FLAG.ACK }));
  send(subject, { ...packet, flags: TCP_FLAG.ACK });
  subject.clock.advance(120_000);
  subject.director.advance();
  return send(subject, { ...packet, flags: TCP_FLAG.ACK });
};
assert.equal(after('found'), 'accept'); // left to the host, which resets it
assert.equal(after('clean'), 'forward 10.0.0.1:80');
