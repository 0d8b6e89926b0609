import assert from 'node:assert/strict';
import { Administration } from 'ipvs/director';

const administration = new Administration();
administration.execute('-A -t 192.0.2.1:80 -s wlc');
administration.execute('-a -t 192.0.2.1:80 -r 10.0.0.1 -m -w 3');
assert.match(administration.execute('-L -n'), /10\.0\.0\.1:80 +Masq +3/);
