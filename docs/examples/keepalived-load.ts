import assert from 'node:assert/strict';
import { Director } from 'ipvs/director';
import { saveRules } from 'ipvs/ipvsadm';
import { loadConfiguration, parseKeepalived } from 'ipvs/keepalived';

const { configuration } = parseKeepalived(`
virtual_server_group WEB {
    192.0.2.3-4 80
}
virtual_server group WEB {
    lb_algo wrr
    lb_kind NAT
    protocol TCP
    real_server 10.0.0.2 8080 {
        weight 3
    }
}`);
const director = new Director();
assert.deepEqual(loadConfiguration(configuration, director), []);
assert.match(saveRules(director.services), /-a -t 192\.0\.2\.4:80 -r 10\.0\.0\.2:8080 -m -w 3/);
