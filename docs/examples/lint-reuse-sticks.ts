import assert from 'node:assert/strict';
import { TCP_FLAG } from 'ipvs/wire';
import { directorOf, packetOf, send } from './lint-client.js';

// A client closes a connection, its server is drained, and the client uses the port again.
const again = (example: 'found' | 'clean'): string => {
  const subject = directorOf('LVS502', example);
  const packet = { to: '192.0.2.1', port: 80 };
  const answer = (flags: number): void => {
    const back = { from: '10.0.0.1', sourcePort: 80, to: '198.51.100.7', port: 5001, flags };
    subject.director.respond(packetOf(back));
  };
  send(subject, packet);
  answer(TCP_FLAG.SYN | TCP_FLAG.ACK);
  send(subject, { ...packet, flags: TCP_FLAG.FIN | TCP_FLAG.ACK });
  answer(TCP_FLAG.FIN | TCP_FLAG.ACK);
  subject.director.execute('-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m');
  subject.director.execute('-e -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 0');
  return send(subject, packet);
};
assert.equal(again('found'), 'forward 10.0.0.1:80');
assert.equal(again('clean'), 'forward 10.0.0.2:80');
