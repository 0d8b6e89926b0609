import assert from 'node:assert/strict';
import { createFlow, ServerList } from 'ipvs';
import { destinationHashing } from 'ipvs/schedulers/destination-hashing';

// Caches for many web sites: each site always meets the same cache.
const servers = new ServerList([
  { address: '172.16.0.1', port: 3128 },
  { address: '172.16.0.2', port: 3128 },
  { address: '172.16.0.3', port: 3128 },
]);
const scheduler = destinationHashing()(servers);
const first = createFlow({ source: '198.51.100.7', destination: '10.0.0.1' });
const second = createFlow({ source: '203.0.113.9', destination: '10.0.0.1' });
assert.equal(scheduler.schedule(first), scheduler.schedule(second));
