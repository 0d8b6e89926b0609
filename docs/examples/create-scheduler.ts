import assert from 'node:assert/strict';
import { createFlow, ServerList } from 'ipvs';
import { createScheduler } from 'ipvs/schedulers';

const servers = new ServerList([{ address: '10.0.0.1', port: 80 }]);
const scheduler = createScheduler('wlc', servers); // the names that ipvsadm takes
const flow = createFlow({ source: '198.51.100.7', destination: '192.0.2.1' });
assert.equal(scheduler.schedule(flow), servers.first);
