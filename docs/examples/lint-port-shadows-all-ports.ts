import assert from 'node:assert/strict';
import { directorOf, send } from './lint-client.js';

// One client, two ports, two servers.
const subject = directorOf('LVS205');
const http = send(subject, { to: '192.0.2.1', port: 80 });
const https = send(subject, { to: '192.0.2.1', port: 443, sourcePort: 5002 });
assert.match(http, /^forward 10\.0\.0\.1/);
assert.match(https, /^forward 10\.0\.0\.2/);
