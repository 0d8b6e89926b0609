/**
 * An undici `Dispatcher` that spreads requests over several origins by weighted least connection.
 *
 *   setGlobalDispatcher(new BalancingDispatcher(servers));   // now fetch() is balanced
 */
import { createFlow } from 'ipvs';
import { weightedLeastConnection } from 'ipvs/schedulers/weighted-least-connection';
import { Agent, Dispatcher } from 'undici';

/** How a request ends, in both of undici's handler interfaces. */
const ENDS = ['onResponseEnd', 'onResponseError', 'onComplete', 'onError'];
const UPGRADES = ['onRequestUpgrade', 'onUpgrade'];

/** wlc looks at the servers alone: any flow will do. */
const flow = createFlow({ source: '0.0.0.0', destination: '0.0.0.0' });

/**
 * Passes everything on to a handler, and calls back once, when the request is over.
 *
 * @param {Dispatcher.DispatchHandler} handler
 * @param {(error?: unknown) => void} whenOver
 */
function watch(handler, whenOver) {
  let over = false;
  /** @param {unknown} [error] */
  const finish = (error) => {
    if (!over) whenOver(error);
    over = true;
  };
  return new Proxy(handler, {
    get(target, name) {
      const method = Reflect.get(target, name, target);
      if (typeof method !== 'function') return method;
      return (/** @type {unknown[]} */ ...args) => {
        const failure = args.find((each) => each instanceof Error);
        if (ENDS.includes(String(name))) finish(failure);
        // An upgraded connection lasts as long as its socket, which is the last argument.
        if (UPGRADES.includes(String(name)))
          /** @type {import('node:net').Socket} */ (args.at(-1)).once('close', () => finish());
        return method.apply(target, args);
      };
    },
  });
}

/** @param {unknown} error */
function isAbort(error) {
  return (
    error instanceof Error &&
    (error.name === 'AbortError' || ('code' in error && error.code === 'UND_ERR_ABORTED'))
  );
}

/** Sends each request to one of a list of servers, whatever its origin says. */
export class BalancingDispatcher extends Dispatcher {
  /**
   * @param {import('ipvs').ServerList} servers - Edit it at any time: requests under way are not touched.
   * @param {{ agent?: Dispatcher, checker?: import('ipvs/health').HealthChecker }} [options]
   */
  constructor(servers, { agent = new Agent(), checker } = {}) {
    super();
    this.scheduler = weightedLeastConnection()(servers);
    this.agent = agent;
    this.checker = checker;
  }

  /** @type {Dispatcher['dispatch']} */
  dispatch(options, handler) {
    const server = this.scheduler.schedule(flow);
    if (server === undefined) throw new Error('No server is available');
    server.open();
    const watched = watch(handler, (error) => {
      server.close();
      // A request that its caller aborts says nothing about the server.
      if (!isAbort(error)) this.checker?.report(server, error === undefined, error);
    });
    return this.agent.dispatch({ ...options, origin: `http://${server}` }, watched);
  }

  close() {
    this.scheduler.close();
    return this.agent.close();
  }

  destroy() {
    this.scheduler.close();
    return this.agent.destroy();
  }
}
