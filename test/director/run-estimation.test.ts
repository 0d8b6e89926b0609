/** When the statistics are renewed, through whole packets. */
import { expect, it } from 'vitest';
import { tcp } from './support/packets.js';
import { sceneOf } from './support/scene.js';

const VIP = '192.0.2.1:80';
const RULES = `-A -t ${VIP} -s rr\n-a -t ${VIP} -r 10.0.0.1:80 -m`;

it('run_estimation 0 freezes what the statistics show, and 1 lets them catch up', () => {
  const scene = sceneOf(RULES, { tunables: { run_estimation: 0 } });
  const shown = (): number => scene.director.statistics.total.totals().connections;
  scene.director.receive(tcp('198.51.100.7:1024', VIP));
  scene.wait(60_000);
  expect(shown()).toBe(0);
  scene.director.setTunable('run_estimation', 1);
  scene.wait(2001);
  expect(shown()).toBe(1);
});
