/**
 * What a checker asks for, and what comes back.
 */
import type {
  Checker,
  RealServerConfiguration,
  VirtualServerConfiguration,
} from '../configuration.js';

/** A check that is due. */
export interface CheckRequest {
  /** The checker. */
  readonly checker: Checker;
  /** The server it checks. */
  readonly server: RealServerConfiguration;
  /** The server's service. */
  readonly service: VirtualServerConfiguration;
  /** Which of the checker's URLs is asked for; 0 for other kinds. */
  readonly url: number;
}

/** How a check ended. */
export interface CheckResult {
  /** Whether the server is well. */
  readonly good: boolean;
  /**
   * What made it good or bad, where a log line says so: `status`, `digest` or `regex` of HTTP; an exit
   * status, a signal or a timeout of a script; a response code of DNS.
   */
  readonly cause?:
    | 'status'
    | 'digest'
    | 'regex'
    | { readonly exitStatus: number }
    | { readonly signal: number }
    | { readonly responseCode: number }
    | 'timeout';
}

/**
 * Makes a check.
 *
 * @param request - What is to be checked.
 * @param done - Takes the result, once; never called before the function has returned unless the result is known.
 * @returns Gives the check up.
 */
export type RunCheck = (request: CheckRequest, done: (result: CheckResult) => void) => () => void;
