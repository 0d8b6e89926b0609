import assert from 'node:assert/strict';
import { Director } from 'ipvs/director';
import { planRules } from 'ipvs/ipvsadm';

const present = new Director();
present.execute('-A -t 192.0.2.1:80 -s rr');
present.execute('-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m');

const wanted = new Director();
wanted.execute('-A -t 192.0.2.1:80 -s wlc');
wanted.execute('-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m');

assert.deepEqual(
  planRules(present.services, wanted.services).map(({ rule }) => rule),
  [
    '-E -t 192.0.2.1:80 -s wlc',
    '-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 1',
    '-d -t 192.0.2.1:80 -r 10.0.0.1:80',
  ],
);
