import assert from 'node:assert/strict';
import { Director } from 'ipvs/director';
import { procServices } from 'ipvs/ipvsadm';

const director = new Director();
director.execute('-A -t 192.0.2.1:80 -s rr');
director.execute('-a -t 192.0.2.1:80 -r 10.0.0.3:80 -m');

const rows = procServices(director.services).split('\n').slice(3);
assert.deepEqual(rows, [
  'TCP  C0000201:0050 rr  ',
  '  -> 0A000003:0050      Masq    1      0          0         ',
  '',
]);
