/**
 * An undici `Dispatcher` that spreads requests over several origins by weighted least connection.
 *
 *   setGlobalDispatcher(new BalancingDispatcher(servers));   // now fetch() is balanced
 */
import { Agent, Dispatcher } from 'undici';
import { isServersFault, isUnsent, ServerChoice } from './choose-server.mjs';
/** @import { RealServer, ServerList } from 'ipvs' @import { HealthChecker } from 'ipvs/health' */

/** How a request ends, in both of undici's handler interfaces. */
const ENDS = ['onResponseEnd', 'onResponseError', 'onComplete', 'onError'];
const UPGRADES = ['onRequestUpgrade', 'onUpgrade'];

/**
 * Passes everything on to a handler, and calls back once, when the request is over.
 *
 * @param {Dispatcher.DispatchHandler} handler
 * @param {(error?: unknown) => boolean} whenOver - Returns whether the handler must not know.
 */
function watch(handler, whenOver) {
  let over = false;
  /** @param {unknown} [error] */
  const finish = (error) => {
    if (over) return false;
    over = true;
    return whenOver(error);
  };
  return new Proxy(handler, {
    get(target, name) {
      const method = Reflect.get(target, name, target);
      if (typeof method !== 'function') return method;
      return (/** @type {unknown[]} */ ...args) => {
        const failure = args.find((each) => each instanceof Error);
        if (ENDS.includes(String(name)) && finish(failure)) return;
        // An upgraded connection lasts as long as its socket, which is the last argument.
        if (UPGRADES.includes(String(name)))
          /** @type {import('node:net').Socket} */ (args.at(-1)).once('close', () => finish());
        return method.apply(target, args);
      };
    },
  });
}

/** Sends each request to one of a list of servers, whatever its origin says, and past those that refuse it. */
export class BalancingDispatcher extends Dispatcher {
  /**
   * @param {ServerList} servers - Edit it at any time: requests under way are not touched.
   * @param {{ agent?: Dispatcher, checker?: HealthChecker }} [options]
   */
  constructor(servers, { agent = new Agent({ connectTimeout: 3000 }), checker } = {}) {
    super();
    this.choice = new ServerChoice(servers);
    this.agent = agent;
    this.checker = checker;
  }

  /** @type {Dispatcher['dispatch']} */
  dispatch(options, handler) {
    const server = this.choice.next();
    if (server === undefined) throw new Error('No server is available');
    return this.attempt(options, handler, server, []);
  }

  /**
   * @param {Dispatcher.DispatchOptions} options @param {Dispatcher.DispatchHandler} handler
   * @param {RealServer} server @param {RealServer[]} tried
   */
  attempt(options, handler, server, tried) {
    const watched = watch(handler, (error) => {
      server.close();
      const failed = isServersFault(error);
      if (failed || error === undefined) this.checker?.report(server, !failed, error);
      const next = isUnsent(error) ? this.choice.next([...tried, server]) : undefined;
      if (next !== undefined) this.attempt(options, handler, next, [...tried, server]);
      return next !== undefined;
    });
    server.open();
    return this.agent.dispatch({ ...options, origin: `http://${server}` }, watched);
  }

  close() {
    this.choice.close();
    return this.agent.close();
  }

  destroy() {
    this.choice.close();
    return this.agent.destroy();
  }
}
