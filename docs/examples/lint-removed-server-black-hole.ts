import assert from 'node:assert/strict';
import { directorOf, send } from './lint-client.js';

// A UDP client goes on sending while its server is removed and another one is there.
const next = (example: 'found' | 'clean'): string[] => {
  const subject = directorOf('LVS504', example);
  const packet = { to: '192.0.2.1', port: 69, udp: true };
  send(subject, packet);
  subject.director.execute('-a -u 192.0.2.1:69 -r 10.0.0.2:69 -m');
  subject.director.execute('-d -u 192.0.2.1:69 -r 10.0.0.1:69');
  return [1, 2, 3].map(() => {
    subject.clock.advance(60_000);
    subject.director.advance();
    return send(subject, packet);
  });
};
assert.deepEqual(next('found'), ['drop', 'drop', 'drop']);
assert.deepEqual(next('clean').slice(1), ['forward 10.0.0.2:69', 'forward 10.0.0.2:69']);
