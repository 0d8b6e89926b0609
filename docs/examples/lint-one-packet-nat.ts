import assert from 'node:assert/strict';
import { directorOf, packetOf, send } from './lint-client.js';

// The answer finds no connection, and leaves as it is.
const subject = directorOf('LVS406');
assert.equal(send(subject, { to: '192.0.2.53', port: 53, udp: true }), 'forward 10.2.0.53:53');
const answer = packetOf({
  from: '10.2.0.53',
  sourcePort: 53,
  to: '198.51.100.7',
  port: 5001,
  udp: true,
});
assert.equal(subject.director.respond(answer).action, 'accept');
