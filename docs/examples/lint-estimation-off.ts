import assert from 'node:assert/strict';
import { directorOf, serversOf } from './lint-client.js';

const figures = (example: 'found' | 'clean'): string => {
  const subject = directorOf('LVS509', example);
  serversOf(subject, { to: '192.0.2.1', port: 80 }, 100);
  subject.clock.advance(10_000);
  subject.director.advance();
  return subject.director.execute('-L -n --stats');
};
assert.match(figures('clean'), /192\.0\.2\.1:80 +100/);
assert.match(figures('found'), /192\.0\.2\.1:80 +0/);
