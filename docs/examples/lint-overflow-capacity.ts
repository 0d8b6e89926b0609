import assert from 'node:assert/strict';
import { TCP_FLAG } from 'ipvs/wire';
import { directorOf, packetOf, send } from './lint-client.js';

// Connections that stay open: weights 2 and 1 hold three and two, then the rest is refused.
const packet = { to: '192.0.2.1', port: 80 };
const open = (example: 'found' | 'clean'): string[] => {
  const subject = directorOf('LVS307', example);
  return Array.from({ length: 8 }, (_, index) => {
    const from = `198.51.100.${index + 1}`;
    const result = send(subject, { ...packet, from });
    if (!result.startsWith('forward')) return result;
    const server = result.slice('forward '.length, result.lastIndexOf(':'));
    const answer = {
      from: server,
      sourcePort: 80,
      to: from,
      port: 5001,
      flags: TCP_FLAG.SYN | TCP_FLAG.ACK,
    };
    subject.director.respond(packetOf(answer));
    send(subject, { ...packet, from, flags: TCP_FLAG.ACK });
    return result;
  });
};
assert.deepEqual(open('found').slice(5), ['reply', 'reply', 'reply']);
assert.deepEqual([...new Set(open('clean'))], ['forward 10.0.0.1:80']);
