import assert from 'node:assert/strict';
import { parseKeepalived } from 'ipvs/keepalived';
import { planReload } from 'ipvs/operations';

const read = (server: string) =>
  parseKeepalived(
    `virtual_server 192.0.2.1 80 {
      protocol TCP
      lb_algo rr
      lb_kind NAT
      alpha
      real_server ${server} 80 {
        TCP_CHECK {
        }
      }
    }`,
    { behavior: 'asRecorded' },
  ).configuration;

const { steps } = planReload(read('10.0.0.1'), read('10.0.0.2'));
assert.deepEqual(
  steps.map(({ rule, afterSeconds }) => [rule, afterSeconds]),
  [
    ['-d -t 192.0.2.1:80 -r 10.0.0.1:80', 0],
    ['-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 1', 1],
  ],
);
