/**
 * Small datagrams: how many a second of processor time forwards.
 *
 * The kernel forwards in the sender's system call, or in the engine's, so the sender's own part is measured first, by
 * datagrams that a link drops, and taken off. The server's kernel counts what arrives and drops it, so no program
 * receives. Kernel threads, which take over when a queue is full, are not counted.
 */
import type { LabNetwork } from '../../src/run/lab/lab-network.js';
import { type BenchDirector, PORT, root } from './bench-director.js';
import { median } from './table.js';

const LOAD = `'${process.execPath}' '${root}bench/live/load.mjs'`;
/** An address beyond a link whose other end drops, since the link address is no one's. */
const NOWHERE = '198.18.0.1';
const NOBODY = '02:00:00:00:00:09';

/**
 * Prepares a laboratory: the server's kernel counts and drops, the director's last link carries one datagram each.
 *
 * @param lab - The laboratory.
 */
export function countDatagrams(lab: LabNetwork): void {
  lab.run(
    's1',
    `nft 'table inet count { counter small { }
       chain in { type filter hook input priority 0; udp dport ${PORT} counter name small drop; }; }'`,
  );
  lab.run('director', 'ethtool -K back tx-udp-segmentation off');
  lab.run(
    'c1',
    `ip link add sink type veth peer name drain; ip link set sink up; ip link set drain up
     ip route add ${NOWHERE} dev sink; ip neigh add ${NOWHERE} dev sink lladdr ${NOBODY}`,
  );
}

/** Measures in one laboratory. */
export class SmallDatagrams {
  private readonly lab: LabNetwork;
  private readonly seconds: number;
  private readonly times: number;
  private readonly sender: number;

  /**
   * @param lab - The laboratory.
   * @param times - How often each figure is measured.
   * @param seconds - For how long each.
   */
  constructor(lab: LabNetwork, times: number, seconds: number) {
    this.lab = lab;
    this.times = times;
    this.seconds = seconds;
    this.sender = this.repeated(() => {
      const { sent, processor } = this.send(NOWHERE);
      return processor / sent;
    });
  }

  /**
   * Measures a path.
   *
   * @param address - Where datagrams are sent.
   * @param director - The director on the path; absent: there is none.
   * @returns How many thousands arrive per second of processor time without the sender's own.
   */
  perSecond(address: string, director?: BenchDirector): number {
    return this.repeated(() => {
      const [before, engine] = [this.arrived(), director?.engineSeconds() ?? 0];
      const { sent, processor } = this.send(address);
      const spent = processor + (director?.engineSeconds() ?? 0) - engine - sent * this.sender;
      return (this.arrived() - before) / Math.max(spent, Number.EPSILON) / 1000;
    });
  }

  private send(address: string): { sent: number; processor: number } {
    const { stdout } = this.lab.run('c1', `${LOAD} datagrams ${address} ${PORT} ${this.seconds}`);
    const [sent, processor] = stdout.split(' ').map(Number);
    return { sent, processor };
  }

  private arrived(): number {
    const { stdout } = this.lab.run('s1', 'nft list counter inet count small');
    return Number(/packets (\d+)/.exec(stdout)?.[1]);
  }

  private repeated(measure: () => number): number {
    return median(Array.from({ length: this.times }, measure));
  }
}
