/**
 * What cannot be avoided: the least that any implementation of a job has to do, measured in the same run.
 */
import { runInNewContext } from 'node:vm';
import type { Flow } from 'ipvs';

/** A server that is one counter. */
export class CountingServer {
  total = 0;

  open(): void {
    this.total += 1;
  }

  close(): void {
    // The limit is one counter update for an operation.
  }
}

/** A scheduler without anything to choose from: a monomorphic call that returns the only server. */
export class EmptyScheduler {
  private readonly pick: (server: CountingServer, flow: Flow) => CountingServer;
  private readonly server = new CountingServer();

  constructor() {
    // A function of another realm is called and never inlined: what is measured is a call, and not
    // its disappearance in a loop that can see through it.
    this.pick = runInNewContext('(server, flow) => server') as typeof this.pick;
  }

  schedule(flow: Flow): CountingServer {
    return this.pick(this.server, flow);
  }
}
